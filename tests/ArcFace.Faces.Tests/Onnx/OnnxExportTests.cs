using ArcFace.Faces.Onnx;
using ArcFace.Models;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

[Collection(TensorCounts.Name)]
public sealed class OnnxExportTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(3);

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(IResNetDepth.R18, 112)]
    [InlineData(IResNetDepth.R34, 33)]
    [InlineData(IResNetDepth.R50, 32)]
    [InlineData(IResNetDepth.R100, 16)]
    [InlineData(IResNetDepth.R200, 16)]
    public void IResNet_of_every_depth_gives_the_same_embeddings_in_ONNX_Runtime(IResNetDepth depth, long side)
    {
        using var body = new IResNet(depth, embeddingSize: 24, inputSize: side, dropout: 0.4).Settled(3, side, side);
        AssertSame(body, [3, side, side]);
    }

    [Fact]
    public void MobileFaceNet_gives_the_same_embeddings_in_ONNX_Runtime()
    {
        using var body = new MobileFaceNet(24).Settled(3, 112, 112);
        AssertSame(body, [3, 112, 112]);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(28, 3)]
    public void The_small_models_give_the_same_numbers_in_ONNX_Runtime(long side, long channels)
    {
        using var embedder = new ConvolutionalEmbedder(8, side, channels, width: 4).Settled(channels, side, side);
        using var perceptron = new Perceptron(side * side, 3, 9, 5);
        using var softmax = new SoftmaxRegression(side, 4);
        using var unbiased = new SoftmaxRegression(side, 4, bias: false);
        Disturb(softmax, unbiased);
        AssertSame(embedder, [channels, side, side]);
        AssertSame(perceptron, [side * side]);
        AssertSame(perceptron, [1, side, side], new() { InputShape = [1, side, side] });
        AssertSame(softmax, [side]);
        AssertSame(unbiased, [side]);
    }

    [Fact]
    public void A_sequence_of_models_and_of_TorchSharp_s_layers_gives_the_same_numbers_in_ONNX_Runtime()
    {
        using var layers = nn.Sequential(
            ("normalise", new PixelNormalization()),
            ("conv", nn.Conv2d(3, 8, (3, 5), stride: (2, 1), padding: (1, 2), dilation: (1, 2), groups: 1)),
            ("norm", nn.BatchNorm2d(8)),
            ("slope", nn.PReLU(8)),
            ("grouped", nn.Conv2d(8, 8, 3, groups: 4, bias: false)),
            ("plain", nn.BatchNorm2d(8, affine: false)),
            ("one", nn.PReLU(1)),
            ("drop2d", nn.Dropout2d(0.5)),
            ("flat", nn.Flatten()),
            ("drop", nn.Dropout(0.5)),
            ("fc", nn.Linear(8 * 5 * 8, 12)),
            ("norm1d", nn.BatchNorm1d(12)),
            ("relu", nn.ReLU()),
            ("inner", nn.Sequential(nn.Linear(12, 6, hasBias: false), nn.Sigmoid(), nn.Identity(), nn.Tanh())));
        layers.Settled(3, 13, 14);
        AssertSame(layers, [3, 13, 14], new() { InputShape = [3, 13, 14] });

        using var chain = nn.Sequential(new PixelNormalization(), new ConvolutionalEmbedder(8, 16, 3, 4), new Perceptron(8, 4, 6)).Settled(3, 16, 16);
        AssertSame(chain, [3, 16, 16]);
    }

    [Fact]
    public void Preparation_and_unit_length_can_be_inside()
    {
        using var body = new IResNet(IResNetDepth.R18, 8, 16).Settled(3, 16, 16);
        OnnxExport.Save(body, _folder["bytes.onnx"], new() { TakesBytes = true, UnitLength = true, InputName = "picture", OutputName = "face" });
        Tensor bytes = randint(0, 256, [5, 3, 16, 16], ScalarType.Byte);
        Tensor expected = nn.functional.normalize(body.call((bytes.to(ScalarType.Float32) / 127.5) - 1), dim: 1);
        using var session = new InferenceSession(_folder["bytes.onnx"]);
        using var input = OrtValue.CreateTensorValueFromMemory(bytes.data<byte>().ToArray(), bytes.shape);
        using var outputs = session.Run(new(), ["picture"], [input], ["face"]);
        AssertNear(expected, outputs[0]);
        Assert.Equal(["0..255", "RGB", "16x16", "True"], Metadata(session, "input_range", "channel_order", "input_size", "unit_length"));
    }

    [Fact]
    public void The_metadata_say_what_the_network_takes_and_who_wrote_the_file()
    {
        using var signed = new IResNet(IResNetDepth.R18, 8, 16);
        using var unit = nn.Sequential(new PixelNormalization(), new ConvolutionalEmbedder(8, 12, 1, 2));
        OnnxExport.Save(signed, _folder["signed.onnx"]);
        OnnxExport.Save(unit, _folder["unit.onnx"]);
        OnnxExport.Save(unit, _folder["own.onnx"], new() { InputRange = new(0, 2.5) });
        using (var session = new InferenceSession(_folder["signed.onnx"]))
        {
            Assert.Equal(["-1..1", "RGB", "16x16", "False"], Metadata(session, "input_range", "channel_order", "input_size", "unit_length"));
            Assert.StartsWith("ArcFace 0.", Assert.Single(Metadata(session, "library")));
            Assert.Equal([-1, 3, 16, 16], session.InputMetadata["input"].Dimensions);
            Assert.Equal([-1, 8], session.OutputMetadata["embedding"].Dimensions);
        }

        using (var session = new InferenceSession(_folder["unit.onnx"]))
        {
            Assert.Equal(["0..1", "grey"], Metadata(session, "input_range", "channel_order"));
        }

        using var own = new InferenceSession(_folder["own.onnx"]);
        Assert.Equal(["0..2.5"], Metadata(own, "input_range"));
    }

    [Fact]
    public void A_module_without_a_translation_is_named_with_its_place_and_the_old_file_stays()
    {
        _folder.Write("old.onnx", "old"u8);
        using var body = nn.Sequential(("stem", nn.Linear(4, 4)), ("block", nn.Sequential(("act", nn.GELU()))));
        var error = Assert.Throws<NotSupportedException>(() => OnnxExport.Save(body, _folder["old.onnx"]));
        Assert.Contains("'block.act' of type TorchSharp.Modules.GELU", error.Message);
        using var same = nn.Sequential(("conv", nn.Conv2d(3, 4, 3, padding: Padding.Same)));
        error = Assert.Throws<NotSupportedException>(() => OnnxExport.Save(same, _folder["old.onnx"], new() { InputShape = [3, 8, 8] }));
        Assert.Contains("'conv' of type TorchSharp.Modules.Conv2d", error.Message);
        Assert.Equal("old", File.ReadAllText(_folder["old.onnx"]));
        Assert.Equal(["old.onnx"], _folder.Names);
    }

    [Fact]
    public void Options_and_layers_that_do_not_fit_are_refused_with_the_remedy()
    {
        using var relu = nn.ReLU();
        using var misfit = nn.Sequential(("first", nn.Linear(4, 4)), ("second", nn.Linear(5, 4)));
        using var linear = nn.Linear(3, 2);
        using var convolution = nn.Conv2d(3, 2, 3);
        string path = _folder["x.onnx"];
        Assert.Contains("InputShape", Assert.Throws<ArgumentException>(() => OnnxExport.Save(relu, path)).Message);
        Assert.Contains("'second' of type Linear takes [N, 5], and gets [N, 4]", Assert.Throws<ArgumentException>(() => OnnxExport.Save(misfit, path)).Message);
        Assert.Throws<ArgumentException>(() => OnnxExport.Save(relu, path, new() { InputShape = [3, 0] }));
        Assert.Throws<ArgumentException>(() => OnnxExport.Save(convolution, path, new() { InputShape = [3, 8, 8], UnitLength = true }));
        Assert.Throws<ArgumentException>(() => OnnxExport.Save(linear, path, new() { InputName = "" }));
        Assert.ThrowsAny<IOException>(() => OnnxExport.Save(linear, _folder["none/x.onnx"]));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void The_body_stays_in_training_and_no_tensor_is_left()
    {
        using var body = nn.Sequential(new PixelNormalization(), new ConvolutionalEmbedder(8, 16, 3, 4), nn.BatchNorm1d(8, affine: false));
        body.train();
        OnnxExport.Save(body, _folder["a.onnx"]);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        OnnxExport.Save(body, _folder["a.onnx"], new() { TakesBytes = true, UnitLength = true });
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.True(body.modules().All(module => module.training));
    }

    private static string[] Metadata(InferenceSession session, params string[] names) => [.. names.Select(name => session.ModelMetadata.CustomMetadataMap[name])];

    private static void Disturb(params nn.Module[] modules)
    {
        using var frozen = no_grad();
        foreach (var parameter in modules.SelectMany(module => module.parameters()))
        {
            parameter.copy_(randn(parameter.shape));
        }
    }

    /// <summary>Saves, and compares on two random batches, in one session with all optimisations.</summary>
    private void AssertSame(nn.Module<Tensor, Tensor> body, long[] shape, OnnxExportOptions? options = null)
    {
        string path = _folder["body.onnx"];
        OnnxExport.Save(body, path, options);
        body.eval();
        using var frozen = no_grad();
        using var session = new InferenceSession(path);
        foreach (int count in new[] { 1, _random.Next(2, 6) })
        {
            Tensor input = randn([count, .. shape]);
            using var value = OrtValue.CreateTensorValueFromMemory(input.data<float>().ToArray(), input.shape);
            using var outputs = session.Run(new(), ["input"], [value], ["embedding"]);
            AssertNear(body.call(input), outputs[0]);
        }
    }

    private static void AssertNear(Tensor expected, OrtValue actual)
    {
        Assert.Equal(expected.shape, actual.GetTensorTypeAndShape().Shape);
        float[] wanted = expected.data<float>().ToArray();
        double largest = wanted.Max(Math.Abs), difference = wanted.Zip(actual.GetTensorDataAsSpan<float>().ToArray(), (a, b) => Math.Abs((double)a - b)).Max();
        Assert.True(difference <= 1e-5 * largest, $"{difference / largest:E1} of the largest value, {largest:G3}");
    }
}
