namespace ArcFace;

/// <summary>What the environment sets.</summary>
internal static class EnvironmentVariable
{
    /// <summary>The value without spaces around it; null where the variable is unset or blank.</summary>
    public static string? Read(string name) => Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;
}
