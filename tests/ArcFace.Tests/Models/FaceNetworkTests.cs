using ArcFace.Models;
using static TorchSharp.torch;

namespace ArcFace.Tests.Models;

public sealed class FaceNetworkTests
{
    public static TheoryData<IResNetDepth, int[], long> Depths => new()
    {
        { IResNetDepth.R18, [2, 2, 2, 2], 24_025_600 },
        { IResNetDepth.R34, [3, 4, 6, 3], 34_139_328 },
        { IResNetDepth.R50, [3, 4, 14, 3], 43_590_848 },
        { IResNetDepth.R100, [3, 13, 30, 3], 65_156_160 },
        { IResNetDepth.R200, [6, 26, 60, 6], 118_833_920 },
    };

    [Theory]
    [MemberData(nameof(Depths))]
    public void IResNet_has_the_names_shapes_and_parameter_count_of_InsightFace(IResNetDepth depth, int[] blocks, long parameterCount)
    {
        using var model = new IResNet(depth);
        Assert.Equal(InsightFaceLayout.IResNet(blocks, 512, 7).Order(StringComparer.Ordinal), Layout(model));
        Assert.Equal(parameterCount, model.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void MobileFaceNet_has_the_names_shapes_and_parameter_count_of_InsightFace()
    {
        using var model = new MobileFaceNet();
        Assert.Equal(InsightFaceLayout.MobileFaceNet(512).Order(StringComparer.Ordinal), Layout(model));
        Assert.Equal(2_059_520, model.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void A_smaller_input_and_embedding_change_the_last_layers_alone()
    {
        using var model = new IResNet(IResNetDepth.R18, embeddingSize: 64, inputSize: 50);
        Assert.Equal(InsightFaceLayout.IResNet([2, 2, 2, 2], 64, 4).Order(StringComparer.Ordinal), Layout(model));
    }

    [Fact]
    public void The_slope_of_the_last_normalisation_is_not_trained()
    {
        using var model = new IResNet(IResNetDepth.R18, 8, 16);
        Assert.Equal(["features.weight"], model.named_parameters().Where(p => !p.parameter.requires_grad).Select(p => p.name));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Gradients_reach_every_trained_parameter_in_float32(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (var (model, side) in new (nn.Module<Tensor, Tensor>, long)[]
            {
                (new IResNet(IResNetDepth.R18, 16, 32, dropout: 0.1), 32),
                (new MobileFaceNet(16), 112),
                (new ConvolutionalEmbedder(16, 20, channels: 3, width: 4), 20),
            })
        {
            using var owned = model;
            foreach (var convolution in model.modules().OfType<ConvolutionLayer>())
            {
                convolution.ComputeType = type;
            }

            var embeddings = model.call(Images(4, 3, side));
            Assert.Equal([4L, 16L], embeddings.shape);
            Assert.Equal(ScalarType.Float32, embeddings.dtype);
            (embeddings * arange(16)).pow(2).sum().backward();
            foreach (var (name, parameter) in model.named_parameters().Where(p => p.parameter.requires_grad))
            {
                Assert.True(parameter.grad is not null, name);
                Assert.True(parameter.grad.dtype == ScalarType.Float32 && parameter.grad.isfinite().all().item<bool>(), name);
            }
        }
    }

    [Fact]
    public void Bfloat16_gives_nearly_the_embeddings_of_float32()
    {
        using var scope = NewDisposeScope();
        using var model = new IResNet(IResNetDepth.R18, 16, 32);
        model.eval();
        var images = Images(4, 3, 32);
        var exact = model.call(images);
        foreach (var convolution in model.modules().OfType<ConvolutionLayer>())
        {
            convolution.ComputeType = ScalarType.BFloat16;
        }

        // bfloat16 has 8 bits: half a per cent a layer, and about 20 layers in a row.
        var cosines = nn.functional.cosine_similarity(exact, model.call(images), 1);
        Assert.True(cosines.min().item<float>() > 0.99f, $"{cosines.min().item<float>()}");
    }

    [Fact]
    public void A_block_computes_what_its_layers_do_one_by_one()
    {
        using var scope = NewDisposeScope();
        using var model = new IResNet(IResNetDepth.R18, 16, 16);
        model.eval();
        var state = model.state_dict();
        Tensor Norm(Tensor x, string at) => nn.functional.batch_norm(
            x, state[$"{at}.running_mean"], state[$"{at}.running_var"], state[$"{at}.weight"], state[$"{at}.bias"]);
        Tensor Conv(Tensor x, string at, long stride, long padding) =>
            nn.functional.conv2d(x, state[$"{at}.weight"], strides: [stride, stride], padding: [padding, padding]);
        Tensor Block(Tensor x, string at, long stride)
        {
            var y = Conv(Norm(x, $"{at}.bn1"), $"{at}.conv1", 1, 1);
            y = nn.functional.prelu(Norm(y, $"{at}.bn2"), state[$"{at}.prelu.weight"]);
            y = Norm(Conv(y, $"{at}.conv2", stride, 1), $"{at}.bn3");
            return y + (stride == 1 ? x : Norm(Conv(x, $"{at}.downsample.0", stride, 0), $"{at}.downsample.1"));
        }

        var images = Images(2, 3, 16);
        var x = nn.functional.prelu(Norm(Conv(images, "conv1", 1, 1), "bn1"), state["prelu.weight"]);
        for (int stage = 1; stage <= 4; stage++)
        {
            x = Block(Block(x, $"layer{stage}.0", 2), $"layer{stage}.1", 1);
        }

        x = nn.functional.linear(Norm(x, "bn2").flatten(1), state["fc.weight"], state["fc.bias"]);
        x = Norm(x, "features");

        // The same operations in the same order on the same machine.
        Assert.True(x.allclose(model.call(images), rtol: 1e-6, atol: 1e-6));
    }

    [Fact]
    public void Images_of_another_size_are_refused_with_the_size_that_fits()
    {
        using var scope = NewDisposeScope();
        using var resnet = new IResNet(IResNetDepth.R18, 16, 32);
        using var mobile = new MobileFaceNet(16);
        Assert.Contains("[N, 3, 32, 32]", Assert.Throws<ArgumentException>(() => resnet.call(Images(2, 3, 31))).Message);
        Assert.Contains("[N, 3, 112, 112]", Assert.Throws<ArgumentException>(() => mobile.call(Images(2, 1, 112))).Message);
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => resnet.call(zeros(2, 3, 32, 32, ScalarType.Int64))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new IResNet((IResNetDepth)19));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IResNet(IResNetDepth.R18, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IResNet(IResNetDepth.R18, dropout: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MobileFaceNet(0));
    }

    private static Tensor Images(long count, long channels, long side)
    {
        using var generator = new Generator(7);
        return randn(count, channels, side, side, generator: generator);
    }

    private static IEnumerable<string> Layout(nn.Module model) => model
        .state_dict().Select(pair => $"{pair.Key}:{string.Join(",", pair.Value.shape)}").Order(StringComparer.Ordinal);
}
