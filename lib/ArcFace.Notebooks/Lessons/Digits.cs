using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Compression;
using ArcFace.Data;
using TorchSharp;

namespace ArcFace.Notebooks.Lessons;

/// <summary>1,797 handwritten digits of 8×8 grey levels, which come with the repository.</summary>
/// <remarks>
/// Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998,
/// doi 10.24432/C50P49, licence CC BY 4.0: credit the authors wherever the digits are shown.
/// </remarks>
public static class Digits
{
    /// <summary>The file in the repository's <c>data</c> folder.</summary>
    public const string FileName = "digits.csv.gz";

    /// <summary>Height and width of an image, in pixels.</summary>
    public const int Side = 8;

    private const int PixelCount = Side * Side;
    private const int Ink = 16;
    private const int ClassCount = 10;
    private const long MaximumFileLength = 16 << 20;
    private const int MaximumTextLength = 64 << 20;

    /// <summary>
    /// The digits of the repository's <c>data</c> folder (<see cref="ShippedData.Locate"/>), checked against its manifest.
    /// </summary>
    /// <returns>Images [1797, 1, 8, 8] from 0 (paper) to 1 (ink), labels 0..9 with the class names "0" to "9".</returns>
    /// <exception cref="FileNotFoundException">There is no such folder above the program, or the file or manifest is missing.</exception>
    /// <exception cref="InvalidDataException">The file is not the one that the manifest describes.</exception>
    public static LabeledImages Load()
    {
        string path = ShippedData.Locate(FileName);
        return Parse(ShippedData.ReadVerified(path), path);
    }

    /// <summary>Digits from a file of the same format that lies anywhere, with no manifest.</summary>
    /// <remarks>A file has at most 16 MB and its text 64 MB, and reading takes at most 12 times as much memory as the text has bytes.</remarks>
    /// <param name="path">gzip of ASCII lines: 64 pixels 0..16 row by row, then the digit 0..9, separated by commas.</param>
    /// <returns>Images [N, 1, 8, 8] from 0 to 1, labels [N].</returns>
    /// <exception cref="FileNotFoundException">No such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or malformed: the message names the file and the line.</exception>
    public static LabeledImages Load(string path) => Parse(ShippedData.ReadBounded(path, MaximumFileLength), path);

    private static LabeledImages Parse(byte[] compressed, string path)
    {
        byte[] text = Decompress(compressed, path);
        int count = text.AsSpan().Count((byte)'\n');
        float[] pixels = new float[count * PixelCount];
        long[] labels = new long[count];
        int start = 0;
        for (int row = 0; row < count; row++)
        {
            int length = text.AsSpan(start).IndexOf((byte)'\n');
            ParseLine(text.AsSpan(start, length), pixels.AsSpan(row * PixelCount, PixelCount), out labels[row], path, row + 1);
            start += length + 1;
        }

        InvalidDataException.ThrowIf(
            start != text.Length, $"{path}, line {count + 1}: the last line has no line feed at its end, so the file was cut short");
        InvalidDataException.ThrowIf(count == 0, $"{path}, line 1: the file holds no image");
        torch.Tensor images = torch.tensor(pixels, [count, 1, Side, Side]);
        return new LabeledImages(images, torch.tensor(labels), [.. Enumerable.Range(0, ClassCount).Select(digit => $"{digit}")]);
    }

    private static void ParseLine(ReadOnlySpan<byte> line, Span<float> pixels, out long label, string path, int number)
    {
        label = 0;
        int column = 0;
        foreach (Range field in line.Split((byte)','))
        {
            InvalidDataException.ThrowIf(column > PixelCount, $"{path}, line {number}: more than {PixelCount + 1} values");
            (string what, int maximum) = column < PixelCount ? ("pixel", Ink) : ("digit", ClassCount - 1);
            bool isNumber = Utf8Parser.TryParse(line[field], out byte value, out int length) && length == line[field].Length && length <= 2;
            InvalidDataException.ThrowIf(!isNumber || value > maximum,
                $"{path}, line {number}: value {column + 1} is not a {what}, a whole number from 0 to {maximum}");
            if (column < PixelCount)
            {
                pixels[column] = value / (float)Ink;
            }

            label = value;
            column++;
        }

        InvalidDataException.ThrowIf(column != PixelCount + 1, $"{path}, line {number}: {column} values instead of {PixelCount + 1}");
    }

    private static byte[] Decompress(byte[] compressed, string path)
    {
        using var text = new MemoryStream();
        try
        {
            using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
            byte[] buffer = new byte[1 << 16];
            for (int read = gzip.Read(buffer); read > 0; read = gzip.Read(buffer))
            {
                text.Write(buffer, 0, read);
                InvalidDataException.ThrowIf(text.Length > MaximumTextLength, $"more than {MaximumTextLength} bytes of text");
            }

            // The reader takes a stream that stops early for a complete one; the length in the last four bytes tells.
            bool isWhole = compressed.Length >= 18 && BinaryPrimitives.ReadUInt32LittleEndian(compressed.AsSpan(^4)) == text.Length;
            InvalidDataException.ThrowIf(!isWhole, "the gzip stream is cut short");
            return text.ToArray();
        }
        catch (InvalidDataException error)
        {
            int line = text.ToArray().AsSpan().Count((byte)'\n') + 1;
            throw new InvalidDataException($"{path}, line {line}: the gzip stream is damaged: {error.Message}", error);
        }
    }
}
