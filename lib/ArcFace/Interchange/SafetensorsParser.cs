using System.Text;
using System.Text.Json;

namespace ArcFace.Interchange;

/// <summary>Goes through the JSON of a safetensors header token by token, believing nothing of it and keeping no tree of it.</summary>
/// <param name="header">UTF-8.</param>
/// <param name="start">Where the elements begin in the file.</param>
/// <param name="byteCount">How many bytes of elements the file has.</param>
internal ref struct SafetensorsParser(ReadOnlySpan<byte> header, long start, long byteCount)
{
    /// <summary>Far above what torch's own operations handle, and low enough that a shape prints.</summary>
    private const int MostDimensions = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 8 };

    private readonly long _start = start, _byteCount = byteCount;
    private readonly ReadOnlySpan<byte> _header = header;
    private Utf8JsonReader _json = new(header, Options);

    /// <exception cref="JsonException">It is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A string is no text.</exception>
    /// <exception cref="InvalidDataException">It is JSON that describes no tensors.</exception>
    public SafetensorsHeader Parse()
    {
        // All of it is JSON and text before any of it is taken for something.
        var whole = new Utf8JsonReader(_header, Options);
        while (whole.Read())
        {
            _ = whole.ValueIsEscaped ? whole.GetString() : null;
        }

        InvalidDataException.ThrowIf(Next() != JsonTokenType.StartObject, $"its header is a JSON {_json.TokenType}, not an object");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        var entries = new List<SafetensorsEntry>();
        while (Next() == JsonTokenType.PropertyName)
        {
            string name = _json.GetString()!;
            InvalidDataException.ThrowIf(!names.Add(name), $"the name '{name}' stands in its header twice");
            Next();
            if (name == SafetensorsHeader.MetadataName)
            {
                Metadata(metadata);
            }
            else
            {
                entries.Add(Entry(name));
            }
        }

        entries.Sort((a, b) => a.Offset != b.Offset ? a.Offset.CompareTo(b.Offset) : a.ByteCount.CompareTo(b.ByteCount));
        RequireNoGap(entries);
        return new SafetensorsHeader(entries, metadata);
    }

    private JsonTokenType Next()
    {
        _json.Read();
        return _json.TokenType;
    }

    private void Metadata(Dictionary<string, string> metadata)
    {
        InvalidDataException.ThrowIf(
            _json.TokenType != JsonTokenType.StartObject, $"{SafetensorsHeader.MetadataName} is a JSON {_json.TokenType}, not an object");
        while (Next() == JsonTokenType.PropertyName)
        {
            string name = _json.GetString()!;
            InvalidDataException.ThrowIf(
                Next() != JsonTokenType.String, $"{SafetensorsHeader.MetadataName} maps '{name}' to a JSON {_json.TokenType}, not to text");
            InvalidDataException.ThrowIf(
                !metadata.TryAdd(name, _json.GetString()!), $"the name '{name}' stands in {SafetensorsHeader.MetadataName} twice");
        }
    }

    private SafetensorsEntry Entry(string name)
    {
        InvalidDataException.ThrowIf(
            _json.TokenType != JsonTokenType.StartObject, $"{Named(name)} is described by a JSON {_json.TokenType}, not by an object");
        ScalarType? type = null;
        long[]? shape = null, offsets = null;
        while (Next() == JsonTokenType.PropertyName)
        {
            string member = _json.GetString()!;
            Next();
            switch (member)
            {
                case "dtype" when type is null:
                    type = Type(name);
                    break;
                case "shape" when shape is null:
                    shape = Numbers(name, member);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = Numbers(name, member);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Bad(name, $"has '{member}' twice");
                default:
                    _json.Skip();
                    break;
            }
        }

        return Checked(
            name,
            type ?? throw Bad(name, "has no 'dtype'"),
            shape ?? throw Bad(name, "has no 'shape'"),
            offsets ?? throw Bad(name, "has no 'data_offsets'"));
    }

    private readonly SafetensorsEntry Checked(string name, ScalarType type, long[] shape, long[] offsets)
    {
        InvalidDataException.ThrowIf(
            offsets.Length != 2, $"{Named(name)} has {offsets.Length} data_offsets, and 2 are expected: begin and end");
        InvalidDataException.ThrowIf(offsets[0] > offsets[1] || offsets[1] > _byteCount,
            $"{Named(name)} lies at [{offsets[0]}, {offsets[1]}], outside the file's {_byteCount} bytes of elements");
        long claimed = offsets[1] - offsets[0];
        return ByteCount(shape, SafetensorsType.SizeOf(type)) is { } needed && needed == claimed
            ? new SafetensorsEntry(name, type, shape, _start + offsets[0], claimed)
            : throw Bad(name, $"of shape [{string.Join(", ", shape)}] and type {SafetensorsType.NameOf(type)} does not fit its {claimed} bytes");
    }

    private readonly ScalarType Type(string name) =>
        (_json.TokenType == JsonTokenType.String ? SafetensorsType.Parse(_json.GetString()) : null)
            ?? throw Bad(name, $"has the dtype {Text()}, and what can be read is {SafetensorsType.Names}");

    private long[] Numbers(string name, string member)
    {
        InvalidDataException.ThrowIf(
            _json.TokenType != JsonTokenType.StartArray, $"{Named(name)} has a {member} that is a JSON {_json.TokenType}, not an array");
        var numbers = new List<long>();
        while (Next() != JsonTokenType.EndArray)
        {
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out long number) || number < 0)
            {
                throw Bad(name, $"has {Text()} in its {member}, where a whole number from 0 is expected");
            }

            InvalidDataException.ThrowIf(
                numbers.Count == MostDimensions, $"{Named(name)} has more than {MostDimensions} numbers in its {member}");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    /// <summary>The token as it stands, cut where it is long.</summary>
    private readonly string Text() => Encoding.UTF8.GetString(_json.ValueSpan[..Math.Min(_json.ValueSpan.Length, 40)]);

    private readonly void RequireNoGap(List<SafetensorsEntry> entries)
    {
        long end = _start;
        foreach (var entry in entries)
        {
            if (entry.Offset != end)
            {
                string what = entry.Offset < end ? "overlaps the tensor before it" : "leaves a gap after the tensor before it";
                throw Bad(entry.Name, $"{what}: it begins at {entry.Offset - _start}, and {end - _start} is expected");
            }

            end += entry.ByteCount;
        }

        InvalidDataException.ThrowIf(
            end != _start + _byteCount, $"its tensors take {end - _start} bytes, and {_byteCount} follow the header");
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

    private static string Named(string name) => $"tensor '{(name.Length > 100 ? name[..100] + "…" : name)}'";

    private static InvalidDataException Bad(string name, string what) => new($"{Named(name)} {what}");
}
