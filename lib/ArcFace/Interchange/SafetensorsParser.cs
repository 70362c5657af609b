using System.Text.Json;

namespace ArcFace.Interchange;

/// <summary>Takes the JSON of a safetensors header apart, believing nothing of it. The elements begin at <paramref name="start"/>.</summary>
internal sealed class SafetensorsParser(byte[] header, long start, long byteCount)
{
    // Dimensions far above what torch's own operations handle, and few enough that a shape prints.
    private const int MostDimensions = 64, MostDepth = 8;

    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string is no text.</exception>
    /// <exception cref="InvalidDataException">It is JSON that describes no tensors.</exception>
    public SafetensorsHeader Parse()
    {
        // All of it is JSON and text before any of it is taken for something.
        var whole = new Utf8JsonReader(header, new JsonReaderOptions { MaxDepth = MostDepth });
        while (whole.Read())
        {
            _ = whole.ValueIsEscaped ? whole.GetString() : null;
        }

        using var document = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = MostDepth });
        JsonElement root = document.RootElement;
        InvalidDataException.ThrowIf(root.ValueKind != JsonValueKind.Object, $"its header is a JSON {root.ValueKind}, not an object");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<SafetensorsEntry>();
        foreach (var member in root.EnumerateObject())
        {
            string name = member.Name;
            InvalidDataException.ThrowIf(!names.Add(name), $"the name '{name}' stands in its header twice");
            if (name == SafetensorsHeader.MetadataName)
            {
                ReadMetadata(member.Value, metadata);
            }
            else
            {
                entries.Add(Entry(name, member.Value));
            }
        }

        entries.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.ByteCount.CompareTo(b.ByteCount));
        RequireNoGap(entries);
        return new SafetensorsHeader(entries, metadata);
    }

    private static void ReadMetadata(JsonElement map, Dictionary<string, string> metadata)
    {
        const string here = SafetensorsHeader.MetadataName;
        InvalidDataException.ThrowIf(map.ValueKind != JsonValueKind.Object, $"{here} is a JSON {map.ValueKind}, not an object");
        foreach (var member in map.EnumerateObject())
        {
            string name = member.Name;
            InvalidDataException.ThrowIf(
                member.Value.ValueKind != JsonValueKind.String, $"{here} maps '{name}' to a JSON {member.Value.ValueKind}, not to text");
            InvalidDataException.ThrowIf(!metadata.TryAdd(name, member.Value.GetString()!), $"the name '{name}' stands in {here} twice");
        }
    }

    private SafetensorsEntry Entry(string name, JsonElement description)
    {
        InvalidDataException.ThrowIf(
            description.ValueKind != JsonValueKind.Object, $"{Named(name)} is described by a JSON {description.ValueKind}, not by an object");
        var dtype = Member(name, description, "dtype");
        var type = (dtype.ValueKind == JsonValueKind.String ? SafetensorsType.Parse(dtype.GetString()) : null)
            ?? throw Bad(name, $"has the dtype {Text(dtype)}, and what can be read is {SafetensorsType.Names}");
        long[] shape = Numbers(name, description, "shape"), offsets = Numbers(name, description, "data_offsets");
        InvalidDataException.ThrowIf(
            offsets.Length != 2, $"{Named(name)} has {offsets.Length} data_offsets, and 2 are expected: begin and end");
        (long begin, long end) = (offsets[0], offsets[1]);
        InvalidDataException.ThrowIf(
            begin > end || end > byteCount, $"{Named(name)} lies at [{begin}, {end}], outside the file's {byteCount} bytes of elements");
        InvalidDataException.ThrowIf(ByteCount(shape, SafetensorsType.SizeOf(type)) != end - begin, $"{Named(name)} of shape "
            + $"[{string.Join(", ", shape)}] and type {SafetensorsType.NameOf(type)} does not fit its {end - begin} bytes");
        return new SafetensorsEntry(name, type, shape, start + begin, end - begin);
    }

    private static JsonElement Member(string name, JsonElement description, string member)
    {
        JsonElement[] found = [.. description.EnumerateObject().Where(one => one.NameEquals(member)).Take(2).Select(one => one.Value)];
        return found is [var only] ? only : throw Bad(name, found.Length == 0 ? $"has no '{member}'" : $"has '{member}' twice");
    }

    private static long[] Numbers(string name, JsonElement description, string member)
    {
        var array = Member(name, description, member);
        InvalidDataException.ThrowIf(
            array.ValueKind != JsonValueKind.Array, $"{Named(name)} has a {member} that is a JSON {array.ValueKind}, not an array");
        InvalidDataException.ThrowIf(
            array.GetArrayLength() > MostDimensions, $"{Named(name)} has more than {MostDimensions} numbers in its {member}");
        return [.. array.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number) && number >= 0
                ? number
                : throw Bad(name, $"has {Text(item)} in its {member}, where a whole number from 0 is expected"))];
    }

    private void RequireNoGap(List<SafetensorsEntry> entries)
    {
        long end = start;
        foreach (var entry in entries)
        {
            string what = entry.Offset < end ? "overlaps the tensor before it" : "leaves a gap after the tensor before it";
            InvalidDataException.ThrowIf(
                entry.Offset != end, $"{Named(entry.Name)} {what}: it begins at {entry.Offset - start}, and {end - start} is expected");
            end += entry.ByteCount;
        }

        InvalidDataException.ThrowIf(end != start + byteCount, $"its tensors take {end - start} bytes, and {byteCount} follow the header");
    }

    /// <summary>The product of the sizes, or null where it does not fit 64 bits.</summary>
    private static long? ByteCount(long[] shape, int elementSize)
    {
        try
        {
            // A size of 0 counts as 1 here: torch computes strides from the others, and they must fit too.
            long bytes = shape.Aggregate((long)elementSize, (product, size) => checked(product * Math.Max(size, 1)));
            return shape.Contains(0) ? 0 : bytes;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>A value as it stands, cut where it is long.</summary>
    private static string Text(JsonElement value) => string.Concat(value.GetRawText().Take(40));

    private static string Named(string name) => $"tensor '{(name.Length > 100 ? name[..100] + "…" : name)}'";

    private static InvalidDataException Bad(string name, string what) => new($"{Named(name)} {what}");
}
