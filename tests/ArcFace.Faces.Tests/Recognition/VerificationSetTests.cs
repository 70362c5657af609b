using System.Runtime.CompilerServices;
using ArcFace.Evaluation;
using ArcFace.Faces.Onnx;
using ArcFace.Faces.Recognition;
using global::Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

/// <summary>Reads what Python wrote: Golden/make.py.</summary>
[Collection(TensorCounts.Name)]
public sealed class VerificationSetTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("pairs-protocol2.bin")]
    [InlineData("pairs-protocol4.bin")]
    [InlineData("pairs-protocol5.bin")]
    [InlineData("pairs-python2.bin")]
    public void Pictures_and_flags_arrive_from_every_Python(string name)
    {
        var set = VerificationSet.Read(Golden(name));
        Assert.Equal([true, false, true, false], set.Same);
        int[][] colours = [[200, 30, 30], [200, 30, 30], [30, 200, 30], [30, 30, 200], [30, 30, 200], [30, 30, 200], [200, 200, 30], [200, 30, 200]];
        for (int i = 0; i < colours.Length; i++)
        {
            Tensor picture = set.Load(i);
            Assert.Equal([3, 112, 112], picture.shape);
            Assert.Equal(colours[i], (picture.amin([1, 2]) * 255).round().to(ScalarType.Int32).data<int>().ToArray());
            Assert.Equal(colours[i], (picture.amax([1, 2]) * 255).round().to(ScalarType.Int32).data<int>().ToArray());
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => set.Load(8));
    }

    [Fact]
    public void One_call_evaluates_a_network_without_a_tensor_left()
    {
        // The mean colour for an embedding.
        var graph = new GraphProto
        {
            Node = { OnnxFiles.Node("GlobalAveragePool", ["x"], ["mean"]), OnnxFiles.Node("Flatten", ["mean"], ["y"]) },
            Input = { OnnxFiles.Value("x", [-1, 3, 8, 8]) },
            Output = { OnnxFiles.Value("y", [-1, 3]) },
        };
        using var body = new OnnxEmbedder(OnnxFiles.Write(_folder["mean.onnx"], graph));
        using var embedder = new FaceEmbedder(body, new() { BatchSize = 3, InputRange = new(0, 1), FlipAveraging = true });
        var set = VerificationSet.Read(Golden("pairs-protocol4.bin"));
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        VerificationReport report = set.Evaluate(embedder, folds: 2);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal((1.0, 2L, 2L), (report.AreaUnderCurve, report.Roc.GenuineCount, report.Roc.ImpostorCount));

        // Yellow (200, 200, 30) and pink (200, 30, 200) are the most alike of two colours: (200² + 2·200·30) / (2·200² + 30²).
        Assert.Equal(52_000 / 80_900.0, report.Roc.OperatingPointAt(0).Threshold, 1e-6);
    }

    [Theory]
    [InlineData("odd.bin", "5 pictures and 4 flags")]
    [InlineData("empty-lists.bin", "0 pictures")]
    [InlineData("numbers.bin", "")]
    [InlineData("no-flags.bin", "")]
    [InlineData("objects.bin", "__builtin__.complex")]
    [InlineData("text.bin", "")]
    public void What_is_no_verification_set_is_refused_with_the_reason(string name, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => VerificationSet.Read(Golden(name)));
        Assert.Contains(name, error.Message);
        Assert.Contains(reason, error.Message);
        Assert.Throws<FileNotFoundException>(() => VerificationSet.Read(_folder["none.bin"]));
    }

    [Fact]
    public void A_file_cut_anywhere_or_with_any_byte_changed_is_read_or_refused_as_documented()
    {
        byte[] good = File.ReadAllBytes(Golden("pairs-protocol2.bin"));
        var random = new Random(1);
        for (int i = 0; i < 600; i++)
        {
            byte[] bad = i % 3 == 0 ? good[..random.Next(good.Length)] : [.. good];
            if (bad.Length > 0)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            string path = _folder.Write("bad.bin", bad);
            try
            {
                var set = VerificationSet.Read(path);
                for (int picture = 0; picture < 2 * set.Same.Count; picture++)
                {
                    set.Load(picture, 8).Dispose();
                }
            }
            catch (InvalidDataException error)
            {
                Assert.Contains(path, error.Message);
            }
        }
    }

    [Fact]
    public void Sizes_are_checked_before_memory_is_asked_for()
    {
        // BINBYTES of 2³¹ − 1 bytes.
        string path = _folder.Write("large.bin", [0x80, 4, (byte)']', (byte)'B', 0xff, 0xff, 0xff, 0x7f, (byte)'.']);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("claims 2147483647 bytes", Assert.Throws<InvalidDataException>(() => VerificationSet.Read(path)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    private static string Golden(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "Golden", name);
}
