using System.Text.Json;

namespace ArcFace.Interchange;

/// <summary>Turns one member of a safetensors header into an entry; every number is checked.</summary>
internal static class SafetensorsEntryParser
{
    /// <summary>Far above what torch's own operations handle, and low enough that a shape prints.</summary>
    private const int MostDimensions = 64;

    /// <summary>Parses the description of the tensor <paramref name="name"/>.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="value">The JSON value under that name.</param>
    /// <param name="start">Where the elements begin in the file.</param>
    /// <param name="byteCount">How many bytes of elements the file has.</param>
    public static SafetensorsEntry Parse(string name, JsonElement value, long start, long byteCount)
    {
        var members = Members(name, value);
        if (members["dtype"].ValueKind != JsonValueKind.String || !SafetensorsType.TryParse(members["dtype"].GetString()!, out var type))
        {
            throw Bad(name, $"has the dtype {members["dtype"].GetRawText()}, and what can be read is {SafetensorsType.Names}");
        }

        var shape = Numbers(name, "shape", members["shape"]);
        if (shape.Length > MostDimensions)
        {
            throw Bad(name, $"has {shape.Length} dimensions, and {MostDimensions} are allowed");
        }

        var offsets = Numbers(name, "data_offsets", members["data_offsets"]);
        if (offsets.Length != 2)
        {
            throw Bad(name, $"has {offsets.Length} data_offsets, and 2 are expected: begin and end");
        }

        if (offsets[0] > offsets[1] || offsets[1] > byteCount)
        {
            throw Bad(name, $"lies at [{offsets[0]}, {offsets[1]}], outside the file's {byteCount} bytes of elements");
        }

        long claimed = offsets[1] - offsets[0];
        if (ByteCount(shape, SafetensorsType.SizeOf(type)) is not { } needed || needed != claimed)
        {
            string shapeText = string.Join(", ", shape);
            throw Bad(name, $"of shape [{shapeText}] and type {members["dtype"].GetString()} does not fit its {claimed} bytes");
        }

        return new SafetensorsEntry(name, type, shape, start + offsets[0], claimed);
    }

    private static Dictionary<string, JsonElement> Members(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Bad(name, $"is described by a JSON {value.ValueKind}, not by an object");
        }

        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (!members.TryAdd(member.Name, member.Value))
            {
                throw Bad(name, $"has '{member.Name}' twice");
            }
        }

        foreach (string required in (string[])["dtype", "shape", "data_offsets"])
        {
            if (!members.ContainsKey(required))
            {
                throw Bad(name, $"has no '{required}'");
            }
        }

        return members;
    }

    private static long[] Numbers(string name, string member, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Bad(name, $"has a {member} that is a JSON {value.ValueKind}, not an array");
        }

        return [.. value.EnumerateArray().Select(
            item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long number) && number >= 0
                ? number
                : throw Bad(name, $"has {item.GetRawText()} in its {member}, where a whole number from 0 is expected"))];
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

    private static InvalidDataException Bad(string name, string what) => new($"tensor '{name}' {what}");
}
