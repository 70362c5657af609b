using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace ArcFace.Interchange;

/// <summary>What a safetensors file says it holds, checked against the size of the file.</summary>
/// <remarks>Layout: eight bytes with the length of the header (unsigned, little-endian), the header (a JSON object in UTF-8 that may end in
/// spaces), then the elements of all tensors, little-endian and row-major, without a gap. The header maps each name to <c>{"dtype": "F32",
/// "shape": [2, 3], "data_offsets": [0, 24]}</c>, offsets counted from the end of the header; the name <c>__metadata__</c> is taken by a
/// map of text to text. Source: the format's description in the safetensors repository.</remarks>
public sealed class SafetensorsHeader
{
    internal const string MetadataName = "__metadata__";

    // The limit of the format's own implementation.
    private const int LongestOfFormat = 100_000_000;

    /// <summary>The longest header that is read, in bytes: some hundred thousand tensors.</summary>
    internal const int LongestHeader = 16 << 20;

    internal const int MostMemory = 32;

    internal SafetensorsHeader(IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata) =>
        (Entries, Metadata) = (entries, metadata);

    /// <summary>The tensors, in the order in which their elements stand in the file.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The free text that whoever wrote the file put beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    internal static SafetensorsHeader Read(Stream stream)
    {
        long available = stream.Length - sizeof(ulong);
        InvalidDataException.ThrowIf(
            available < 0, $"it has {stream.Length} bytes, and the length of the header alone takes {sizeof(ulong)}");
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        stream.ReadExactly(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        InvalidDataException.ThrowIf(
            length > LongestOfFormat, $"its header claims {length} bytes, and {LongestOfFormat} are allowed: this is no safetensors file");
        InvalidDataException.ThrowIf(
            length > (ulong)available, $"its header claims {length} bytes, and {available} follow: the file is truncated");
        InvalidDataException.ThrowIf(length > LongestHeader, $"its header has {length} bytes, and at most {LongestHeader} are read");
        var header = new byte[length];
        stream.ReadExactly(header);
        try
        {
            InvalidDataException.ThrowIf(!Utf8.IsValid(header), "its header is not JSON: it is not UTF-8");
            return new SafetensorsParser(header, stream.Position, stream.Length - stream.Position).Parse();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter comes of half a surrogate pair, escaped: valid JSON, and no text.
            string what = error is JsonException ? "is not JSON" : "holds a string that is no text";
            throw new InvalidDataException($"its header {what}: {error.Message}", error);
        }
    }
}

/// <summary>One tensor of a safetensors file, as its header describes it.</summary>
/// <param name="Name">The tensor's name, unique in the file.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The sizes of the dimensions, outermost first; empty for a scalar.</param>
/// <param name="Offset">Where the first byte stands, counted from the start of the file.</param>
/// <param name="ByteCount">How many bytes the elements take: their number times the size of one.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape, long Offset, long ByteCount);
