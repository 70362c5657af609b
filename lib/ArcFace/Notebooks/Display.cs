namespace ArcFace.Notebooks;

/// <summary>Where shown values go.</summary>
public static class Display
{
    private static IDisplayHost? _registered;

    /// <summary>Makes <paramref name="host"/> the place where values are shown, for the rest of the process.</summary>
    public static void Register(IDisplayHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _registered = host;
    }

    internal static IDisplayHost? Registered => _registered;
}
