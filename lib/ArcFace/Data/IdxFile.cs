using System.Buffers.Binary;
using System.IO.Compression;

namespace ArcFace.Data;

/// <summary>Reads the IDX format of the MNIST family: unsigned bytes in an array of up to four dimensions.</summary>
/// <remarks>
/// Two zero bytes, the type (8: unsigned byte), the number of dimensions, each dimension as a big-endian 32-bit number, the
/// values. A file that ends in <c>.gz</c> is decompressed. Sizes are checked before memory is taken for them.
/// </remarks>
internal static class IdxFile
{
    private const long MaximumValues = 1L << 30;

    // Deflate cannot do better, so a smaller file cannot hold what its header promises.
    private const long LargestCompression = 1032;

    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">The file is not an IDX file of bytes with that many dimensions, or is damaged.</exception>
    public static (int[] Shape, byte[] Values) Read(string path, int dimensions)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: no such file", path);
        }

        try
        {
            using FileStream file = File.OpenRead(path);
            bool compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
            uint announced = compressed ? AnnouncedLength(file) : 0;
            using Stream content = compressed ? new GZipStream(file, CompressionMode.Decompress) : file;
            int[] shape = ReadShape(content, dimensions);
            long count = shape.Aggregate(1L, (product, size) => product > MaximumValues ? product : product * size);
            long possible = compressed ? file.Length * LargestCompression : file.Length - 4 - (4 * dimensions);
            if (count > MaximumValues || count > possible)
            {
                throw new InvalidDataException($"the header promises {string.Join("×", shape)} values, more than the file can hold");
            }

            byte[] values = new byte[count];
            content.ReadExactly(values);
            if (content.ReadByte() >= 0)
            {
                throw new InvalidDataException($"the file goes on after the {count} values that its header promises");
            }

            return !compressed || announced == 4 + (4 * dimensions) + count
                ? (shape, values)
                : throw new InvalidDataException("the file is cut short after its last value");
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            string reason = error is EndOfStreamException ? "the file is cut short" : error.Message;
            throw new InvalidDataException($"{path}: {reason}", error);
        }
    }

    /// <summary>The last four bytes of gzip: how long the content is. The decompressor does not miss them.</summary>
    private static uint AnnouncedLength(FileStream file)
    {
        Span<byte> word = stackalloc byte[4];
        file.Position = Math.Max(0, file.Length - word.Length);
        file.ReadExactly(word);
        file.Position = 0;
        return BinaryPrimitives.ReadUInt32LittleEndian(word);
    }

    private static int[] ReadShape(Stream content, int dimensions)
    {
        Span<byte> word = stackalloc byte[4];
        content.ReadExactly(word);
        int expected = (8 << 8) | dimensions;
        if (BinaryPrimitives.ReadInt32BigEndian(word) != expected)
        {
            throw new InvalidDataException(
                $"starts with {Convert.ToHexString(word)} instead of {expected:X8}: no IDX file of bytes in {dimensions} dimensions");
        }

        int[] shape = new int[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            content.ReadExactly(word);
            shape[i] = BinaryPrimitives.ReadInt32BigEndian(word);
            if (shape[i] <= 0)
            {
                throw new InvalidDataException($"dimension {i + 1} is {(uint)shape[i]}, outside 1..{int.MaxValue}");
            }
        }

        return shape;
    }
}
