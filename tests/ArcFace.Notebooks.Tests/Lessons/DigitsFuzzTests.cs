using System.IO.Compression;
using System.Text;
using ArcFace.Notebooks.Lessons;

namespace ArcFace.Notebooks.Tests;

public sealed class DigitsFuzzTests
{
    private static readonly byte[] Text = Encoding.ASCII.GetBytes(string.Concat(
        Enumerable.Range(0, 10).Select(digit => string.Join(',', Enumerable.Range(0, 64).Select(i => (i + digit) % 17)) + $",{digit}\n")));

    [Fact]
    public void A_damaged_text_of_digits_is_read_or_refused() =>
        Fuzz.Files<InvalidDataException>(".csv.gz", [Text], path => Digits.Load(path).Dispose(), Compressed);

    [Fact]
    public void A_damaged_archive_of_digits_is_read_or_refused() =>
        Fuzz.Files<InvalidDataException>(".csv.gz", [Compressed(Text)], path => Digits.Load(path).Dispose());

    private static byte[] Compressed(byte[] text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(text);
        }

        return compressed.ToArray();
    }
}
