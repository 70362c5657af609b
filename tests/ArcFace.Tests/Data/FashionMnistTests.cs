using System.IO.Compression;
using ArcFace.Data;
using CsCheck;
using TorchSharp;

namespace ArcFace.Tests.Data;

public sealed class FashionMnistTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = torch.NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Files_of_a_given_folder_become_labelled_images(bool compressed)
    {
        Write("t10k-images-idx3-ubyte", Idx([2, 2, 3], [0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 0]), compressed);
        Write("t10k-labels-idx1-ubyte", Idx([2], [9, 0]), compressed);
        using LabeledImages set = FashionMnist.LoadTest(_folder.Path);
        Assert.Equal([2, 1, 2, 3], set.Images.shape);
        Assert.Equal([0, 0.2f, 0.4f, 0.6f, 0.8f, 1], set.Images[0].data<float>().ToArray());
        Assert.Equal([9L, 0], set.Labels.data<long>().ToArray());
        Assert.Equal("ankle boot", set.ClassNames[9]);
    }

    [Fact]
    public void The_files_of_the_system_are_the_published_ones()
    {
        const string System = "/usr/share/datasets/fashion-mnist";
        Assert.SkipUnless(Directory.Exists(System), "needs Debian's package dataset-fashion-mnist");
        using LabeledImages test = FashionMnist.LoadTest(System);
        Assert.Equal([10_000, 1, 28, 28], test.Images.shape);
        Assert.All(test.CountPerClass(), count => Assert.Equal(1000, count));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<FileNotFoundException>(() => FashionMnist.LoadTraining(_folder.Path));
        Assert.Contains(_folder.File("train-images-idx3-ubyte.gz"), error.Message);
    }

    [Fact]
    public void The_first_folder_that_has_a_file_wins()
    {
        string path = _folder.Write("second/file", [1]);
        _folder.Write("third/file.gz", [1]);
        Assert.Equal(path, FashionMnist.Find("file.gz", null, _folder.File("first"), _folder.File("second"), _folder.File("third")));
        Assert.Null(FashionMnist.Find("other.gz", _folder.File("second")));
    }

    [Fact]
    public void Labels_that_do_not_fit_the_images_are_refused()
    {
        Write("t10k-images-idx3-ubyte", Idx([1, 1, 1], [0]), compressed: false);
        Write("t10k-labels-idx1-ubyte", Idx([2], [0, 0]), compressed: false);
        Assert.Contains("2 labels for the 1 images", Refused(() => FashionMnist.LoadTest(_folder.Path)));
        Write("t10k-labels-idx1-ubyte", Idx([1], [10]), compressed: false);
        Assert.Contains("label 1 is 10", Refused(() => FashionMnist.LoadTest(_folder.Path)));
    }

    [Fact]
    public void A_header_that_promises_more_than_the_file_can_hold_is_refused_before_memory_is_taken()
    {
        string plain = Write("huge", Idx([1 << 15, 1 << 10, 1 << 5], []), compressed: false);
        string packed = Write("huge", Idx([1 << 15, 1 << 10, 1 << 5], []), compressed: true);
        string overflowing = Write("overflow", Idx([int.MaxValue, int.MaxValue, int.MaxValue], []), compressed: false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (string path in new[] { plain, packed, overflowing })
        {
            Assert.Contains("more than the file can hold", Refused(() => IdxFile.Read(path, 3)));
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Other_formats_and_other_dimensions_are_refused()
    {
        Assert.Contains("no IDX file", Refused(() => IdxFile.Read(_folder.Write("png", [0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]), 1)));
        Assert.Contains("no IDX file", Refused(() => IdxFile.Read(Write("labels", Idx([2], [1, 2]), compressed: false), 3)));
        Assert.Contains("outside 1..", Refused(() => IdxFile.Read(Write("empty", Idx([0], []), compressed: false), 1)));
        Assert.Contains("goes on after", Refused(() => IdxFile.Read(Write("long", Idx([2], [1, 2, 3]), compressed: false), 1)));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] plain = Idx([3, 4, 5], new byte[60]);
        byte[] values = [.. Enumerable.Range(0, 60).Select(i => (byte)(i * i))];
        byte[] packed = File.ReadAllBytes(Write("whole", Idx([3, 4, 5], values), compressed: true));
        Gen.Select(Gen.Bool, Gen.Int[0, 1000]).Sample(
            (compressed, draw) =>
            {
                byte[] whole = compressed ? packed : plain;
                string path = _folder.Write(compressed ? "cut.gz" : "cut", whole.AsSpan(0, draw % whole.Length));
                Assert.StartsWith(path, Refused(() => IdxFile.Read(path, 3)));
            },
            seed: "0000000000004",
            iter: 200,
            threads: 1);
    }

    private static string Refused(Func<object> act) => Assert.Throws<InvalidDataException>(act).Message;

    private static string Refused(Func<(int[], byte[])> act) => Refused(() => (object)act());

    private static byte[] Idx(int[] shape, byte[] values) =>
    [
        0, 0, 8, (byte)shape.Length,
        .. shape.SelectMany(size => new[] { (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size }),
        .. values,
    ];

    private string Write(string name, byte[] content, bool compressed)
    {
        if (!compressed)
        {
            return _folder.Write(name, content);
        }

        using (var gzip = new GZipStream(File.Create(_folder.File(name + ".gz")), CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return _folder.File(name + ".gz");
    }
}
