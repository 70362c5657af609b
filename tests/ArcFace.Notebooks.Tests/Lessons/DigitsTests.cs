using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ArcFace.Data;
using ArcFace.Notebooks.Lessons;
using CsCheck;
using TorchSharp;

namespace ArcFace.Notebooks.Tests;

public sealed class DigitsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_shipped_digits_are_complete()
    {
        using LabeledImages digits = Digits.Load();

        Assert.Equal([1797, 1, 8, 8], digits.Images.shape);
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], digits.ClassNames);
        // The counts in the set's own documentation.
        Assert.Equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180], digits.CountPerClass());
        Assert.Equal(0, digits.Images.min().item<float>());
        Assert.Equal(1, digits.Images.max().item<float>());
    }

    [Fact]
    public void The_first_line_becomes_the_first_image_row_by_row()
    {
        using LabeledImages digits = Digits.Load();

        float[] firstRows = digits.Flatten()[0].mul(16).data<float>().Take(16).ToArray();
        Assert.Equal([0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0], firstRows);
        Assert.Equal([0L, 1, 2, 3], digits.Labels.data<long>().Take(4));
    }

    [Fact]
    public void A_file_of_the_same_format_loads_from_anywhere()
    {
        using LabeledImages digits = Digits.Load(Gzip($"{Line(16, 3)}\n{Line(0, 9)}\n"));

        Assert.Equal([3L, 9], digits.Labels.data<long>().ToArray());
        Assert.Equal(64, digits.Images.sum().item<float>());
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string path = _folder["nothing.csv.gz"];
        var error = Assert.Throws<FileNotFoundException>(() => Digits.Load(path));
        Assert.Contains(path, error.Message);
    }

    [Theory]
    [InlineData("{0}\n{1}", 2, "cut short")]
    [InlineData("{0}\n\n{1}\n", 2, "value 1 is not a pixel")]
    [InlineData("{0}\n1,2,3\n", 2, "3 values instead of 65")]
    [InlineData("{0}\n{0},4\n", 2, "more than 65 values")]
    [InlineData("{0}\n{1}\n17,{0}\n", 3, "value 1 is not a pixel, a whole number from 0 to 16")]
    [InlineData("-1,{0}\n", 1, "value 1 is not a pixel")]
    [InlineData("+1,{0}\n", 1, "value 1 is not a pixel")]
    [InlineData(" 1,{0}\n", 1, "value 1 is not a pixel")]
    [InlineData("1.5,{0}\n", 1, "value 1 is not a pixel")]
    [InlineData("001,{0}\n", 1, "value 1 is not a pixel")]
    [InlineData("{0}1\n", 1, "value 65 is not a digit, a whole number from 0 to 9")]
    [InlineData("{0}\r\n", 1, "value 65 is not a digit")]
    public void A_malformed_line_is_named(string text, int line, string what)
    {
        string path = Gzip(text.Replace("{0}", Line(7, 1)).Replace("{1}", Line(8, 2)));
        var error = Assert.Throws<InvalidDataException>(() => Digits.Load(path));
        Assert.StartsWith($"{path}, line {line}: ", error.Message);
        Assert.Contains(what, error.Message);
    }

    [Fact]
    public void A_file_without_an_image_is_refused()
    {
        string path = _folder.Write("empty.csv.gz", Convert.FromHexString("1f8b080000000000000303000000000000000000"));
        var error = Assert.Throws<InvalidDataException>(() => Digits.Load(path));
        Assert.Equal($"{path}, line 1: the file holds no image", error.Message);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused_with_file_and_line()
    {
        byte[] whole = File.ReadAllBytes(Gzip(string.Concat(Enumerable.Range(0, 200).Select(i => Line(i % 17, i % 10) + "\n"))));
        Gen.Int[0, whole.Length - 1].Sample(
            length =>
            {
                string path = _folder.Write("cut.csv.gz", whole.AsSpan(0, length));
                var error = Assert.Throws<InvalidDataException>(() => Digits.Load(path));
                Assert.Matches($"^{path}, line [0-9]+: ", error.Message);
            },
            seed: "0000000000001",
            iter: 300,
            threads: 1);
    }

    [Fact]
    public void A_file_that_is_not_gzip_is_refused()
    {
        string path = _folder.Write("digits.csv.gz", Encoding.ASCII.GetBytes(Line(1, 1) + "\n"));
        var error = Assert.Throws<InvalidDataException>(() => Digits.Load(path));
        Assert.StartsWith($"{path}, line 1: the gzip stream is damaged", error.Message);
    }

    [Fact]
    public void A_file_that_unfolds_without_end_is_refused()
    {
        string path = _folder["bomb.csv.gz"];
        using (var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 65; i++)
            {
                gzip.Write(zeros);
            }
        }

        var error = Assert.Throws<InvalidDataException>(() => Digits.Load(path));
        Assert.Contains("more than 67108864 bytes of text", error.Message);
    }

    [Fact]
    public void The_shipped_file_is_found_from_a_folder_below_and_named_in_full()
    {
        string path = ShippedData.Locate(Digits.FileName);
        Assert.True(Path.IsPathFullyQualified(path));
        Assert.EndsWith(Path.Combine("data", "digits.csv.gz"), path);
    }

    [Fact]
    public void A_shipped_file_that_is_not_there_is_named_with_the_folders_searched()
    {
        var error = Assert.Throws<FileNotFoundException>(() => ShippedData.Locate("no-such-file.csv"));
        Assert.Contains("data/no-such-file.csv", error.Message);
        Assert.Contains(AppContext.BaseDirectory, error.Message);
    }

    [Fact]
    public void A_file_that_its_manifest_vouches_for_is_read()
    {
        byte[] content = [1, 2, 3];
        string path = _folder.Write("some.bin", content);
        Manifest($"{new string('0', 64)}  other.bin", $"{Digest(content)}  some.bin");
        Assert.Equal(content, ShippedData.ReadVerified(path));
    }

    [Fact]
    public void An_altered_file_is_refused_with_the_manifest_line()
    {
        byte[] content = File.ReadAllBytes(ShippedData.Locate(Digits.FileName));
        Manifest($"{Digest(content)}  {Digits.FileName}");
        content[content.Length / 2] ^= 1;
        string path = _folder.Write(Digits.FileName, content);

        var error = Assert.Throws<InvalidDataException>(() => ShippedData.ReadVerified(path));
        Assert.StartsWith($"{path}: ", error.Message);
        Assert.Contains($"{ShippedData.ManifestName}, line 1", error.Message);
    }

    [Fact]
    public void A_manifest_that_is_missing_is_named()
    {
        string path = _folder.Write("some.bin", [1]);
        var error = Assert.Throws<FileNotFoundException>(() => ShippedData.ReadVerified(path));
        Assert.Contains(_folder[ShippedData.ManifestName], error.Message);
    }

    [Fact]
    public void A_malformed_manifest_is_named_with_its_line()
    {
        string path = _folder.Write("some.bin", [1]);
        Manifest($"{new string('0', 64)}  other.bin", "some.bin is fine");
        var error = Assert.Throws<InvalidDataException>(() => ShippedData.ReadVerified(path));
        Assert.Contains($"{ShippedData.ManifestName}, line 2", error.Message);
    }

    [Fact]
    public void A_file_that_the_manifest_does_not_list_is_refused()
    {
        string path = _folder.Write("some.bin", [1]);
        Manifest($"{new string('0', 64)}  other.bin");
        var error = Assert.Throws<InvalidDataException>(() => ShippedData.ReadVerified(path));
        Assert.Contains("no line names some.bin", error.Message);
    }

    private static string Line(int ink, int digit) => string.Concat(Enumerable.Repeat($"{ink},", 64)) + digit;

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private void Manifest(params string[] lines) => File.WriteAllLines(_folder[ShippedData.ManifestName], lines);

    private string Gzip(string text)
    {
        string path = _folder["digits.csv.gz"];
        using var gzip = new GZipStream(File.Create(path), CompressionLevel.Optimal);
        gzip.Write(Encoding.ASCII.GetBytes(text));
        return path;
    }
}
