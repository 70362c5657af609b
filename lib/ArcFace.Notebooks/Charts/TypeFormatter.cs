namespace ArcFace.Notebooks.Charts;

/// <summary>Writes one form of a value, by the names that .NET Interactive looks for.</summary>
/// <param name="mimeType">The form.</param>
/// <param name="write">The value in that form, or null where it has none.</param>
internal sealed class TypeFormatter<T>(string mimeType, Func<T, string?> write)
{
    public string MimeType => mimeType;

    public Type Type { get; } = typeof(T);

    public bool Format(object value, TextWriter writer)
    {
        if (value is not T known || write(known) is not { } content)
        {
            return false;
        }

        writer.Write(content);
        return true;
    }
}
