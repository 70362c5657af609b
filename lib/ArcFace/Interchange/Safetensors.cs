using System.Runtime.InteropServices;

namespace ArcFace.Interchange;

/// <summary>Reading and writing of safetensors files: named tensors and text, in a format that can hold no code.</summary>
/// <remarks>Float64, float32, float16, bfloat16, the signed integers of 8 to 64 bits, uint8 and bool are kept bit for bit. The header is
/// verified in full before the first tensor is made. Reading takes as much memory as the tensors have bytes, which are those of the file,
/// and at most <see cref="SafetensorsHeader.MostMemory"/> times the length of the header, which is at most
/// <see cref="SafetensorsHeader.LongestHeader"/>. <see cref="SafetensorsHeader"/> describes the format.</remarks>
public static class Safetensors
{
    private const int BufferSize = 1 << 20;

    /// <summary>Writes <paramref name="tensors"/> to the file <paramref name="path"/>, replacing it in one stroke.</summary>
    /// <param name="path">The file. It is written beside its final name first: a reader sees the old file or the new one, whole.</param>
    /// <param name="tensors">Name to tensor, of any shape and device. They stay the caller's.</param>
    /// <param name="metadata">Text to keep beside the tensors.</param>
    /// <exception cref="ArgumentException">A name is reserved; a tensor is null, disposed, sparse or of an unknown type.</exception>
    /// <exception cref="IOException">The file cannot be written; one that was there is as it was.</exception>
    public static void Save(
        string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var ordered = SafetensorsWriter.Order(tensors);
        AtomicFile.Write(path, stream => SafetensorsWriter.Write(stream, ordered, metadata));
    }

    /// <summary>Reads every tensor of the file <paramref name="path"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the tensors shall live; the CPU if null.</param>
    /// <returns>Name to tensor. The tensors belong to the current <see cref="DisposeScope"/> if there is one, else to the caller.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or of another format; the message says where.</exception>
    public static Dictionary<string, Tensor> Load(string path, Device? device = null) => Load(path, out _, device);

    /// <inheritdoc cref="Load(string, Device?)"/>
    /// <param name="path">The file.</param>
    /// <param name="metadata">The text that stands beside the tensors.</param>
    /// <param name="device">Where the tensors shall live; the CPU if null.</param>
    public static Dictionary<string, Tensor> Load(
        string path, out IReadOnlyDictionary<string, string> metadata, Device? device = null)
    {
        using var stream = BoundedFile.Open(path);
        var header = ReadHeader(stream, path);
        metadata = header.Metadata;

        // The scope takes care of what has been read already should the disk fail halfway.
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in header.Entries)
        {
            tensors.Add(entry.Name, ReadTensor(stream, path, entry, device));
        }

        scope.MoveToOuter(tensors.Values);
        return tensors;
    }

    /// <summary>Reads what the file <paramref name="path"/> holds, without its tensors.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or of another format; the message says where.</exception>
    public static SafetensorsHeader ReadHeader(string path)
    {
        using var stream = BoundedFile.Open(path);
        return ReadHeader(stream, path);
    }

    private static SafetensorsHeader ReadHeader(FileStream stream, string path)
    {
        try
        {
            return SafetensorsHeader.Read(stream);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"'{path}' cannot be read as safetensors: {error.Message}", error);
        }
    }

    private static Tensor ReadTensor(FileStream stream, string path, SafetensorsEntry entry, Device? device)
    {
        using var scope = NewDisposeScope();
        var tensor = Empty(path, entry);
        if (entry.ByteCount > 0)
        {
            stream.Position = entry.Offset;
            tensor.ReadBytesFromStream(stream, (int)Math.Min(BufferSize, entry.ByteCount));
            InvalidDataException.ThrowIf(stream.Position != entry.Offset + entry.ByteCount,
                $"'{path}' ended inside tensor '{entry.Name}': it was changed while it was read");
        }

        return (device is null ? tensor : tensor.to(device)).MoveToOuterDisposeScope();
    }

    private static Tensor Empty(string path, SafetensorsEntry entry)
    {
        try
        {
            return empty([.. entry.Shape], dtype: entry.Type, device: CPU);
        }
        catch (ExternalException error)
        {
            throw new InvalidDataException($"'{path}' cannot be read: there is no room for the {entry.ByteCount} bytes of tensor '{entry.Name}'", error);
        }
    }
}
