using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ArcFace.Interchange;

/// <summary>Lays out a safetensors file.</summary>
internal static class SafetensorsWriter
{
    private const int Alignment = 8;
    private const int BufferSize = 1 << 20;
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
        var header = new OrderedDictionary<string, object>();
        if (metadata is { Count: > 0 })
        {
            var ordered = metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal);
            header.Add(SafetensorsHeader.MetadataName, new OrderedDictionary<string, string>(ordered));
        }

        long offset = 0;
        foreach (var (name, tensor) in tensors)
        {
            long end = offset + (tensor.numel() * SafetensorsType.SizeOf(tensor.dtype));
            header.Add(name, new { dtype = SafetensorsType.NameOf(tensor.dtype), tensor.shape, data_offsets = (long[])[offset, end] });
            offset = end;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header, Json);
        int padding = (Alignment - (json.Length % Alignment)) % Alignment;
        return [.. json, .. Enumerable.Repeat((byte)' ', padding)];
    }
}
