using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace ArcFace.Interchange;

/// <summary>What a safetensors file says it holds, checked against the size of the file.</summary>
/// <remarks>
/// Layout: eight bytes with the length of the header (unsigned, little-endian), the header (a JSON object in UTF-8 that may
/// end in spaces), then the elements of all tensors, little-endian and row-major, without a gap. The header maps each name to
/// <c>{"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}</c>, offsets counted from the end of the header; the name
/// <c>__metadata__</c> is taken by a map of text to text. Source: the format's description in the safetensors repository.
/// </remarks>
public sealed class SafetensorsHeader
{
    internal const string MetadataName = "__metadata__";

    /// <summary>The longest header that is read. The format's own implementation has the same limit.</summary>
    internal const int LongestHeader = 100_000_000;

    private SafetensorsHeader(IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        Entries = entries;
        Metadata = metadata;
    }

    /// <summary>The tensors, in the order in which their elements stand in the file.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The free text that whoever wrote the file put beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Reads and verifies the header at the start of <paramref name="stream"/>.</summary>
    internal static SafetensorsHeader Read(Stream stream)
    {
        long available = stream.Length - sizeof(ulong);
        if (available < 0)
        {
            throw new InvalidDataException($"it has {stream.Length} bytes, and the length of the header alone takes {sizeof(ulong)}");
        }

        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader)
        {
            throw new InvalidDataException(
                $"its header claims {length} bytes, and {LongestHeader} are allowed: this is no safetensors file");
        }

        if (length > (ulong)available)
        {
            throw new InvalidDataException($"its header claims {length} bytes, and {available} follow: the file is truncated");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        try
        {
            // Utf8JsonReader would pass over a malformed string that is never asked for.
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetCharCount(header);
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 8 });
            return Parse(json.RootElement, start: stream.Position, byteCount: stream.Length - stream.Position);
        }
        catch (Exception error) when (error is JsonException or DecoderFallbackException)
        {
            throw new InvalidDataException($"its header is not JSON: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // Half of a surrogate pair, escaped: valid JSON, and no text.
            throw new InvalidDataException($"its header holds a string that is no text: {error.Message}", error);
        }
    }

    private static SafetensorsHeader Parse(JsonElement root, long start, long byteCount)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"its header is a JSON {root.ValueKind}, not an object");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<SafetensorsEntry>();
        foreach (var property in root.EnumerateObject())
        {
            string name = property.Name;
            if (!names.Add(name))
            {
                throw new InvalidDataException($"the name '{name}' stands in its header twice");
            }

            if (name == MetadataName)
            {
                ParseMetadata(property.Value, metadata);
            }
            else
            {
                entries.Add(SafetensorsEntryParser.Parse(name, property.Value, start, byteCount));
            }
        }

        entries.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.ByteCount.CompareTo(b.ByteCount));
        RequireNoGap(entries, start, byteCount);
        return new SafetensorsHeader(entries, metadata);
    }

    private static void ParseMetadata(JsonElement value, Dictionary<string, string> metadata)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{MetadataName} is a JSON {value.ValueKind}, not an object");
        }

        foreach (var pair in value.EnumerateObject())
        {
            if (pair.Value.ValueKind != JsonValueKind.String)
            {
                throw new InvalidDataException($"{MetadataName} maps '{pair.Name}' to a JSON {pair.Value.ValueKind}, not to text");
            }

            if (!metadata.TryAdd(pair.Name, pair.Value.GetString()!))
            {
                throw new InvalidDataException($"the name '{pair.Name}' stands in {MetadataName} twice");
            }
        }
    }

    private static void RequireNoGap(List<SafetensorsEntry> entries, long start, long byteCount)
    {
        long end = start;
        foreach (var entry in entries)
        {
            if (entry.Offset != end)
            {
                string what = entry.Offset < end ? "overlaps the tensor before it" : "leaves a gap after the tensor before it";
                throw new InvalidDataException(
                    $"tensor '{entry.Name}' {what}: it begins at {entry.Offset - start}, and {end - start} is expected");
            }

            end += entry.ByteCount;
        }

        if (end != start + byteCount)
        {
            throw new InvalidDataException($"its tensors take {end - start} bytes, and {byteCount} follow the header");
        }
    }
}
