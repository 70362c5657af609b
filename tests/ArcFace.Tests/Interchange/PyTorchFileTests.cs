using System.IO.Compression;
using System.Runtime.CompilerServices;
using ArcFace.Interchange;
using ArcFace.Losses;
using ArcFace.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Interchange;

/// <summary>Reads what PyTorch itself wrote: Golden/make.py.</summary>
public sealed class PyTorchFileTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_backbone_of_PyTorch_gives_PyTorch_s_embeddings()
    {
        using var network = new IResNet(IResNetDepth.R18);
        Assert.Equal(187, Weights.Load(Golden("iresnet18-float16.pth"), network).Loaded.Count);
        AssertEmbeds(network, "iresnet18");
    }

    [Fact]
    public void A_prefix_is_removed_on_request()
    {
        using var network = new MobileFaceNet();
        Assert.Throws<InvalidDataException>(() => Weights.Load(Golden("mobilefacenet-module.pth"), network));
        Assert.True(Weights.Load(Golden("mobilefacenet-module.pth"), network, prefix: "module.").IsComplete);
        AssertEmbeds(network, "mobilefacenet");
    }

    [Fact]
    public void A_body_and_class_centers_come_out_of_a_checkpoint_that_holds_more()
    {
        using var body = nn.Linear(4, 3);
        Weights.Load(Golden("checkpoint.pt"), body, prefix: "state_dict_backbone.");
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (float)i), body.weight.data<float>().ToArray());
        Assert.Equal([0.5f, 0.25f, 0.125f], body.bias!.data<float>().ToArray());

        using var head = new MarginSoftmaxLoss(3, 5);
        Weights.Load(Golden("checkpoint.pt"), head, prefix: "state_dict_softmax_fc.");
        Assert.Equal(Enumerable.Range(0, 15).Select(i => (float)i), head.Weight.data<float>().ToArray());
        Assert.Contains("state_optimizer.state.0.momentum_buffer", Weights.Read(Golden("checkpoint.pt")).Keys);
    }

    [Fact]
    public void Views_types_and_shared_storages_arrive_as_they_were()
    {
        var tensors = Weights.Read(Golden("views.pth"));
        Tensor all = arange(24, ScalarType.Float32);
        Assert.True(tensors["transposed"].equal(all.reshape(4, 6).t()).all().item<bool>());
        Assert.True(tensors["tail"].equal(all[20..]).all().item<bool>());
        Assert.Equal(Enumerable.Range(0, 12).Select(i => 2f * i), tensors["even"].data<float>().ToArray());
        Assert.Equal([1.5f, 2.5f, 1.5f, 2.5f, 1.5f, 2.5f], tensors["expanded"].flatten().data<float>().ToArray());
        Assert.Equal([3, 2], tensors["expanded"].shape);
        tensors["expanded"].zero_();
        Assert.Equal([1.5f, 2.5f], tensors["tied"].data<float>().ToArray());
        Assert.Equal(7, tensors["scalar"].item<long>());
        Assert.Empty(tensors["scalar"].shape);
        Assert.Equal([0, 3], tensors["empty"].shape);
        Assert.Equal([true, false], tensors["bool"].data<bool>().ToArray());
        Assert.Equal(ScalarType.BFloat16, tensors["bfloat16"].dtype);
        Assert.Equal([1.5f, -2f], tensors["bfloat16"].to(ScalarType.Float32).data<float>().ToArray());
        Assert.Equal([(sbyte)-3], tensors["int8"].data<sbyte>().ToArray());
    }

    [Theory]
    [InlineData("old-format.pth", "before version 1.6")]
    [InlineData("whole-module.pth", "torch.nn.modules.linear.Linear")]
    [InlineData("parameters.pth", "")]
    [InlineData("complex.pth", "ComplexFloat32")]
    [InlineData("script.pt", "__torch__")]
    public void What_is_no_state_dictionary_is_refused_with_the_reason(string name, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => Weights.Read(Golden(name)));
        Assert.Contains(name, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void A_file_cut_anywhere_or_with_any_byte_changed_is_read_or_refused_as_documented()
    {
        byte[] good = File.ReadAllBytes(Golden("checkpoint.pt"));
        for (int length = 0; length < good.Length; length += 7)
        {
            string path = _folder.Write("cut.pt", good.AsSpan(0, length));
            Assert.Throws<InvalidDataException>(() => Weights.Read(path));
        }

        var random = new Random(1);
        for (int i = 0; i < 3_000; i++)
        {
            byte[] bad = [.. good];
            bad[random.Next(bad.Length)] = (byte)random.Next(256);
            string path = _folder.Write("bad.pt", bad);
            try
            {
                using var scope = NewDisposeScope();
                Weights.Read(path);
            }
            catch (InvalidDataException error)
            {
                Assert.Contains(path, error.Message);
            }
        }
    }

    [Fact]
    public void A_pickle_that_names_other_Python_objects_is_not_carried_out()
    {
        // cos\nsystem\n(X\x02\0\0\0lstR. : os.system("ls")
        string path = Zip(("x/data.pkl", [0x80, 2, .. "cos\nsystem\n("u8, (byte)'X', 2, 0, 0, 0, .. "lstR."u8]));
        Assert.Contains("os.system", Assert.Throws<InvalidDataException>(() => Weights.Read(path)).Message);
    }

    [Fact]
    public void Sizes_are_checked_before_memory_is_asked_for()
    {
        byte[] compressed = new byte[1 << 20];
        string bomb = Zip(CompressionLevel.Optimal, ("x/data.pkl", compressed));
        Assert.Contains("compressed", Assert.Throws<InvalidDataException>(() => Weights.Read(bomb)).Message);

        byte[] text = [0x80, 2, (byte)'X', 0xff, 0xff, 0xff, 0x7f, (byte)'.'];
        Assert.Contains("claims 2147483647 bytes", Assert.Throws<InvalidDataException>(() => Weights.Read(Zip(("x/data.pkl", text)))).Message);

        // A tensor of 2³⁰ elements over a storage of one, step 0; then with step 1.
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Contains("more than", Assert.Throws<InvalidDataException>(() => Weights.Read(Zip(("x/data.pkl", Tensor(1 << 30, 0)), ("x/data/0", new byte[4])))).Message);
        Assert.Contains("reaches past", Assert.Throws<InvalidDataException>(() => Weights.Read(Zip(("x/data.pkl", Tensor(1 << 30, 1)), ("x/data/0", new byte[4])))).Message);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 10 << 20);
    }

    private static byte[] Tensor(int size, byte step) =>
    [
        0x80, 2, (byte)'}', (byte)'X', 1, 0, 0, 0, (byte)'w',
        .. "ctorch._utils\n_rebuild_tensor_v2\n(("u8, (byte)'X', 7, 0, 0, 0, .. "storagectorch\nFloatStorage\n"u8,
        (byte)'X', 1, 0, 0, 0, (byte)'0', (byte)'X', 3, 0, 0, 0, .. "cpuK"u8, 1, .. "tQK"u8, 0,
        (byte)'J', .. BitConverter.GetBytes(size), 0x85, (byte)'K', step, 0x85, 0x89, .. "NtRs."u8,
    ];

    private string Zip(params (string Name, byte[] Content)[] entries) => Zip(CompressionLevel.NoCompression, entries);

    private string Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        string path = _folder[$"{Guid.NewGuid():N}.pth"];
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, content) in entries)
        {
            using var stream = archive.CreateEntry(name, level).Open();
            stream.Write(content);
        }

        return path;
    }

    private static void AssertEmbeds(nn.Module<Tensor, Tensor> network, string answer)
    {
        network.eval();
        using var frozen = no_grad();
        Tensor expected = Weights.Read(Golden("embeddings.pth"))[answer];
        Tensor found = network.call(Pictures(2));

        // Overlapping weights condition a network badly: PyTorch's own float32 is up to 1e-4 of the largest value from its float64, which was stored.
        Assert.InRange((found - expected).abs().max().item<float>(), 0, 2e-4f * expected.abs().max().item<float>());
    }

    /// <summary>The pictures that make.py draws by a formula.</summary>
    private static Tensor Pictures(long count)
    {
        Tensor n = arange(count, ScalarType.Float64).view(-1, 1, 1, 1), c = arange(3, ScalarType.Float64).view(1, -1, 1, 1);
        Tensor x = arange(112, ScalarType.Float64).view(1, 1, 1, -1), y = arange(112, ScalarType.Float64).view(1, 1, -1, 1);
        return (((c + 1) * x / 9) + (y / (n + 5)) + c).sin().to(ScalarType.Float32);
    }

    private static string Golden(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "Golden", name);
}
