using ArcFace.Evaluation;
using ArcFace.Faces.Onnx;
using ArcFace.Faces.Pictures;
using ArcFace.Models;
using global::Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

[Collection(TensorCounts.Name)]
public sealed class OnnxEmbedderTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void It_is_a_body_like_the_one_that_was_exported()
    {
        using var body = new ConvolutionalEmbedder(8, 12, 3, width: 4).Settled(3, 12, 12);
        OnnxExport.Save(body, _folder["a.onnx"]);
        using var embedder = new OnnxEmbedder(_folder["a.onnx"], threads: 1);
        Assert.Equal((3, 12, 8, PixelRange.Unit), (embedder.Channels, embedder.ImageSize, embedder.EmbeddingSize, embedder.InputRange));
        Tensor images = rand(7, 3, 12, 12);
        Assert.True(embedder.call(images).allclose(body.call(images), rtol: 1e-5, atol: 1e-5));
        Assert.True(embedder.call(images[2..3]).allclose(body.call(images[2..3]), rtol: 1e-5, atol: 1e-5));
        using var chain = nn.Sequential(new PixelNormalization(), embedder);
        Assert.Equal([7, 8], FlipAveraging.Embed(chain.call, images).shape);

        Tensor doubles = images.to(ScalarType.Float64);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        embedder.call(doubles).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_file_that_takes_bytes_gets_bytes_of_any_type()
    {
        using var body = new IResNet(IResNetDepth.R18, 8, 16).Settled(3, 16, 16);
        OnnxExport.Save(body, _folder["a.onnx"], new() { TakesBytes = true });
        using var embedder = new OnnxEmbedder(_folder["a.onnx"]);
        Assert.Equal(PixelRange.Bytes, embedder.InputRange);
        Tensor bytes = randint(0, 256, [3, 3, 16, 16], ScalarType.Byte), expected = body.call((bytes.to(ScalarType.Float32) / 127.5) - 1);
        foreach (Tensor input in new[] { bytes, bytes.to(ScalarType.Int64), bytes.to(ScalarType.Float32), (bytes.to(ScalarType.Float32) + 0.3).clamp(0, 255) })
        {
            Assert.True(embedder.call(input).allclose(expected, rtol: 1e-4, atol: 1e-4));
        }
    }

    [Fact]
    public void A_file_for_one_picture_at_a_time_gets_them_one_by_one()
    {
        // As InsightFace names and shapes them: input.1 [1, 3, H, W] → 683 [1, D]; here D = 3·4·4, the pixels themselves.
        var graph = new GraphProto
        {
            Node = { OnnxFiles.Node("Flatten", ["input.1"], ["683"]) },
            Input = { OnnxFiles.Value("input.1", [1, 3, 4, 4]) },
            Output = { OnnxFiles.Value("683", [1, 48]) },
        };
        using var embedder = new OnnxEmbedder(OnnxFiles.Write(_folder["one.onnx"], graph));
        Tensor images = rand(3, 3, 4, 4);
        Assert.True(embedder.call(images).equal(images.flatten(1)).all().item<bool>());
        Assert.Equal(PixelRange.AroundZero, embedder.InputRange);
    }

    [Fact]
    public void A_file_that_takes_any_size_gets_112()
    {
        var graph = new GraphProto
        {
            Node = { OnnxFiles.Node("GlobalAveragePool", ["x"], ["mean"]), OnnxFiles.Node("Flatten", ["mean"], ["y"]) },
            Input = { OnnxFiles.Value("x", [-1, 3, -1, -1]) },
            Output = { OnnxFiles.Value("y", [-1, 3]) },
        };
        using var embedder = new OnnxEmbedder(OnnxFiles.Write(_folder["any.onnx"], graph));
        Assert.Equal((112, 3), (embedder.ImageSize, embedder.EmbeddingSize));
    }

    [Fact]
    public void Files_that_are_no_embedder_are_refused_with_what_they_are()
    {
        string File(string node, long[] input, long[] output, TensorProto.Types.DataType type = TensorProto.Types.DataType.Float, int outputs = 1) => OnnxFiles.Write(
            _folder["bad.onnx"],
            new()
            {
                Node = { Enumerable.Range(0, outputs).Select(i => OnnxFiles.Node(node, ["x"], [$"y{i}"])) },
                Input = { OnnxFiles.Value("x", input, type) },
                Output = { Enumerable.Range(0, outputs).Select(i => OnnxFiles.Value($"y{i}", output, type)) },
            });
        Refused(File("Flatten", [-1, 48], [-1, 48]), "x Float [-1, 48]");
        Refused(File("Flatten", [-1, 3, 4, 6], [-1, 72]), "[-1, 3, 4, 6]");
        Refused(File("Flatten", [-1, 4, 4, 4], [-1, 64]), "[-1, 4, 4, 4]");
        Refused(File("Flatten", [2, 3, 4, 4], [2, 48]), "[2, 3, 4, 4]");
        Refused(File("Flatten", [-1, 3, 4, 4], [-1, 48], outputs: 2), "y1 Float");
        Refused(File("Flatten", [-1, 3, 4, 4], [-1, 48], TensorProto.Types.DataType.Double), "Double");
        Refused(File("Relu", [-1, 3, 4, 4], [-1, 3, 4, 4]), "gives [1, 3, 4, 4]");
        Refused(File("NoSuchOperation", [-1, 3, 4, 4], [-1, 48]), "NoSuchOperation");
        Refused(_folder.Write("empty.onnx", default), "0 bytes");
        Refused(_folder.Write("text.onnx", "I am no network"u8), "");
        Assert.Throws<FileNotFoundException>(() => new OnnxEmbedder(_folder["none.onnx"]));
    }

    [Fact]
    public void Numbers_in_other_files_are_not_read()
    {
        _folder.Write("secret.bin", new byte[48 * 4]);
        foreach (string place in new[] { "secret.bin", _folder["secret.bin"], "../secret.bin" })
        {
            var graph = new GraphProto
            {
                Node = { OnnxFiles.Node("Flatten", ["x"], ["flat"]), OnnxFiles.Node("Add", ["flat", "secret"], ["y"]) },
                Input = { OnnxFiles.Value("x", [-1, 3, 4, 4]) },
                Output = { OnnxFiles.Value("y", [-1, 48]) },
                Initializer =
                {
                    new TensorProto
                    {
                        Name = "secret", DataType = 1, Dims = { 48 }, DataLocation = TensorProto.Types.DataLocation.External,
                        ExternalData = { new StringStringEntryProto { Key = "location", Value = place } },
                    },
                },
            };
            Refused(OnnxFiles.Write(_folder["outside.onnx"], graph), "");
        }
    }

    [Fact]
    public void Pictures_of_another_shape_are_refused_with_the_shape_that_fits()
    {
        using var body = new ConvolutionalEmbedder(8, 12, 1, width: 4);
        OnnxExport.Save(body, _folder["a.onnx"]);
        using var embedder = new OnnxEmbedder(_folder["a.onnx"]);
        Assert.Contains("[N, 1, 12, 12]", Assert.Throws<ArgumentException>(() => embedder.call(rand(2, 3, 12, 12))).Message);
        Assert.Throws<ArgumentException>(() => embedder.call(zeros(0, 1, 12, 12)));
    }

    [Fact]
    public void A_file_cut_anywhere_or_with_bytes_changed_is_opened_or_refused_as_documented()
    {
        using var body = new ConvolutionalEmbedder(2, 8, 1, width: 1);
        OnnxExport.Save(body, _folder["good.onnx"]);
        byte[] good = File.ReadAllBytes(_folder["good.onnx"]);
        var random = new Random(5);
        for (int i = 0; i < 200; i++)
        {
            byte[] bad = i % 2 == 0 ? good[..random.Next(good.Length)] : [.. good];
            if (i % 2 == 1)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                new OnnxEmbedder(_folder.Write("bad.onnx", bad), threads: 1).Dispose();
            }
            catch (InvalidDataException error)
            {
                Assert.Contains("bad.onnx", error.Message);
            }
        }
    }

    private static void Refused(string path, string reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => new OnnxEmbedder(path));
        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
    }
}
