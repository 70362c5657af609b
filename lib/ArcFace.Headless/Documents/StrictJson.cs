using System.Text.Unicode;

namespace ArcFace.Headless.Documents;

/// <summary>Reads JSON that comes from outside. What the usual reader refuses only later, wherever the value is touched first, is refused
/// at once: a key twice in one object, half a surrogate pair, bytes that are not UTF-8.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions EachKeyOnce = new() { AllowDuplicateProperties = false };

    /// <exception cref="JsonException">The text is not JSON, or JSON that cannot be written again.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw new JsonException("it is not UTF-8");
        }

        var reader = new Utf8JsonReader(utf8);
        try
        {
            while (reader.Read())
            {
                _ = reader.ValueIsEscaped ? reader.GetString() : null;
            }
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException("a text has half a surrogate pair", exception);
        }

        return JsonNode.Parse(utf8, documentOptions: EachKeyOnce);
    }
}
