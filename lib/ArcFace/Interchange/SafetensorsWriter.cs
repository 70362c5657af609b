using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ArcFace.Interchange;

/// <summary>Lays out a safetensors file.</summary>
internal static class SafetensorsWriter
{
    private const int Alignment = 8;
    private const int BufferSize = 1 << 20;

    /// <summary>Checks <paramref name="tensors"/> and puts them in the order of the file: large elements first, so that every tensor is
    /// aligned to its element, and by name, so that the same tensors give the same bytes.</summary>
    public static List<KeyValuePair<string, Tensor>> Order(IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentException.ThrowIf(tensors.ContainsKey(SafetensorsHeader.MetadataName),
            $"the name '{SafetensorsHeader.MetadataName}' is taken by the format: choose another for this tensor", nameof(tensors));
        RequireDense(tensors);
        return [.. tensors
            .OrderByDescending(pair => SafetensorsType.SizeOf(pair.Value.dtype))
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)];
    }

    /// <summary>Requires tensors that have elements a file can hold.</summary>
    public static void RequireDense(IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach (var (name, tensor) in tensors)
        {
            ArgumentException.ThrowIf(tensor is null, $"tensor '{name}' is null", nameof(tensors));
            ArgumentException.ThrowIf(tensor.IsInvalid, $"tensor '{name}' is disposed", nameof(tensors));
            string? what = tensor.is_sparse ? "sparse" : tensor.device_type == DeviceType.META ? "without content"
                : SafetensorsType.NameOf(tensor.dtype) is null ? $"of type {tensor.dtype}" : null;
            ArgumentException.ThrowIf(what is not null,
                $"tensor '{name}' is {what}; only dense {SafetensorsType.Names} can be carried: convert it first", nameof(tensors));
        }
    }

    public static void Write(
        Stream stream, IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var header = Header(tensors, metadata);
        ArgumentException.ThrowIf(header.Length > SafetensorsHeader.LongestHeader,
            $"the names and metadata take {header.Length} bytes, and {SafetensorsHeader.LongestHeader} are allowed: shorten them");
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, tensor) in tensors)
        {
            using var scope = NewDisposeScope();
            if (tensor.numel() > 0)
            {
                tensor.detach().cpu().contiguous().WriteBytesToStream(stream, BufferSize);
            }
        }
    }

    private static byte[] Header(IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataName);
                foreach (var (name, text) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(name, text);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsType.NameOf(tensor.dtype));
                WriteNumbers(json, "shape", tensor.shape);
                long end = offset + (tensor.numel() * SafetensorsType.SizeOf(tensor.dtype));
                WriteNumbers(json, "data_offsets", [offset, end]);
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        int padding = (Alignment - (buffer.WrittenCount % Alignment)) % Alignment;
        return [.. buffer.WrittenSpan, .. Encoding.ASCII.GetBytes(new string(' ', padding))];
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, long[] numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
