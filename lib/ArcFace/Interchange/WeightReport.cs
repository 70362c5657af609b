namespace ArcFace.Interchange;

/// <summary>How a set of named tensors and a model's parameters and buffers met.</summary>
/// <param name="Loaded">The names that were copied.</param>
/// <param name="Missing">What the model has and the tensors do not.</param>
/// <param name="Unexpected">What the tensors have and the model does not.</param>
/// <param name="Mismatched">Names that both have in different shapes, with both shapes.</param>
public sealed record WeightReport(
    IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<string> Mismatched)
{
    private const int MostNames = 5;

    /// <summary>Whether every name agreed in both directions.</summary>
    public bool IsComplete => Missing.Count + Unexpected.Count + Mismatched.Count == 0;

    /// <summary>One line that names what did not agree.</summary>
    public override string ToString() => $"{Loaded.Count} loaded{Differences}";

    /// <summary>What a strict load says where it refused.</summary>
    internal string Refusal => $"nothing was loaded, though {Loaded.Count} names fit{Differences}";

    private string Differences => Part("missing", Missing) + Part("unexpected", Unexpected) + Part("of another shape", Mismatched);

    private static string Part(string what, IReadOnlyList<string> names) => names.Count switch
    {
        0 => "",
        <= MostNames => $"; {names.Count} {what}: {string.Join(", ", names)}",
        _ => $"; {names.Count} {what}: {string.Join(", ", names.Take(MostNames))}, …",
    };
}
