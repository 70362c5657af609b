using System.IO.Compression;
using ArcFace.Faces.Folders;
using ArcFace.Faces.Onnx;
using ArcFace.Faces.Pictures;
using ArcFace.Faces.Recognition;
using ArcFace.Interchange;
using ArcFace.Models;
using TorchSharp;
using TorchSharp.PyBridge;
using static TorchSharp.torch;
using Safetensors = ArcFace.Interchange.Safetensors;

namespace ArcFace.Faces.Tests;

[Collection(TensorCounts.Name)]
public sealed class FaceEmbedderTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void One_network_in_any_kind_of_file_gives_the_same_embeddings()
    {
        using var body = new IResNet(IResNetDepth.R18, 12, 32).Settled(3, 32, 32);
        Weights.Save(_folder["a"], body);
        body.save_py(_folder["compressed"]);
        using (ZipArchive compressed = ZipFile.OpenRead(_folder["compressed"]), stored = ZipFile.Open(_folder["b"], ZipArchiveMode.Create))
        {
            // As PyTorch stores them.
            foreach (var entry in compressed.Entries)
            {
                using Stream from = entry.Open(), to = stored.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                from.CopyTo(to);
            }
        }

        File.Delete(_folder["compressed"]);
        Safetensors.Save(_folder["c"], Weights.StateOf(body).Select(pair => KeyValuePair.Create($"module.{pair.Key}", pair.Value)).Append(new("epoch", ones(1))).ToDictionary());
        OnnxExport.Save(body, _folder["d"]);
        OnnxExport.Save(body, _folder["e"], new() { TakesBytes = true, UnitLength = true });
        Tensor faces = randint(0, 256, [5, 3, 32, 32], ScalarType.Byte).to(ScalarType.Float32) / 255;
        Tensor expected = nn.functional.normalize(body.call((2 * faces) - 1), dim: 1);
        foreach (string name in _folder.Names)
        {
            using var embedder = FaceEmbedder.FromFile(_folder[name], new() { BatchSize = 2 });
            Assert.Equal((3, 32), (embedder.Channels, embedder.ImageSize));
            Assert.True(embedder.Embed(faces).allclose(expected, rtol: 1e-4, atol: 1e-5), name);
        }
    }

    [Fact]
    public void MobileFaceNet_and_the_depth_of_an_IResNet_are_told_by_the_names()
    {
        using var mobile = new MobileFaceNet(10).Settled(3, 112, 112);
        using var deep = new IResNet(IResNetDepth.R34, 10, 16).Settled(3, 16, 16);
        Weights.Save(_folder["mobile"], mobile);
        Weights.Save(_folder["deep"], deep);
        foreach (var (name, body, side) in new (string, nn.Module<Tensor, Tensor>, int)[] { ("mobile", mobile, 112), ("deep", deep, 16) })
        {
            using var embedder = FaceEmbedder.FromFile(_folder[name]);
            Tensor faces = rand(2, 3, side, side);
            Assert.True(embedder.Embed(faces).allclose(nn.functional.normalize(body.call((2 * faces) - 1), dim: 1), rtol: 1e-5, atol: 1e-6));
        }
    }

    [Fact]
    public void Mirror_images_are_averaged_on_request_and_a_training_body_is_put_into_use()
    {
        using var body = nn.Sequential(new PixelNormalization(), new ConvolutionalEmbedder(6, 12, 1, 4)).Settled(1, 12, 12);
        Tensor faces = rand(3, 1, 12, 12), expected = nn.functional.normalize(body.call(faces) + body.call(faces.flip(3)), dim: 1);
        body.train();
        using var embedder = new FaceEmbedder(body, new() { FlipAveraging = true });
        Assert.True(embedder.Embed(faces).allclose(expected, rtol: 1e-5, atol: 1e-6));
        embedder.Dispose();
        body.call(faces);
    }

    [Fact]
    public void A_folder_is_embedded_in_its_order_without_a_tensor_left()
    {
        for (int i = 0; i < 7; i++)
        {
            Directory.CreateDirectory(_folder[$"faces/p{i / 3}"]);
            PictureFile.Save(_folder[$"faces/p{i / 3}/{i}.png"], rand(3, 20, 20));
        }

        using var body = new ConvolutionalEmbedder(6, 16, 3, 4).Settled(3, 16, 16);
        using var embedder = new FaceEmbedder(body, new() { BatchSize = 3 });
        var folder = FaceFolder.Open(_folder["faces"], new() { Size = 16 });
        using var images = folder.Load();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Tensor embeddings = embedder.Embed(folder);
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.True(embeddings.allclose(embedder.Embed(images.Images), rtol: 1e-5, atol: 1e-6));
        Assert.Contains("[3, 16, 16]", Assert.Throws<ArgumentException>(() => embedder.Embed(FaceFolder.Open(_folder["faces"]))).Message);
    }

    [Fact]
    public void What_holds_no_face_network_is_refused_with_the_reason()
    {
        using var small = new ConvolutionalEmbedder(6, 16, 3, 4);
        using var body = new IResNet(IResNetDepth.R18, 12, 16);
        Weights.Save(_folder["small"], small);
        var state = Weights.StateOf(body);
        Safetensors.Save(_folder["partial"], state.Where(pair => pair.Key != "bn2.bias").ToDictionary());
        Safetensors.Save(_folder["headless"], state.Where(pair => pair.Key != "fc.weight").ToDictionary());
        Safetensors.Save(_folder["shallow"], state.Where(pair => !pair.Key.StartsWith("layer3.1", StringComparison.Ordinal)).ToDictionary());
        Refused("small", "no IResNet and no MobileFaceNet");
        Refused("headless", "no IResNet");
        Refused("shallow", "no IResNet");
        Refused("partial", "bn2.bias");
        _folder.Write("text", "I am no network"u8);
        Refused("text", "ONNX");
        _folder.Write("empty", default);
        Refused("empty", "0 bytes");
        Assert.Throws<FileNotFoundException>(() => FaceEmbedder.FromFile(_folder["none"]));

        using var flat = nn.Linear(3, 4);
        Assert.Contains("Linear", Assert.Throws<ArgumentException>(() => new FaceEmbedder(flat)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaceEmbedder(small, new() { BatchSize = 0 }));
        using var embedder = new FaceEmbedder(small);
        Assert.Throws<ArgumentException>(() => embedder.Embed(rand(3, 16, 16)));
    }

    private void Refused(string name, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => FaceEmbedder.FromFile(_folder[name]));
        Assert.Contains(_folder[name], error.Message);
        Assert.Contains(reason, error.Message);
    }
}
