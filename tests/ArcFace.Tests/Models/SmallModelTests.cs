using ArcFace.Models;
using static TorchSharp.torch;

namespace ArcFace.Tests.Models;

public sealed class SmallModelTests
{
    [Theory]
    [InlineData(true, 650)]
    [InlineData(false, 640)]
    public void Softmax_regression_starts_with_even_odds(bool bias, long parameterCount)
    {
        using var scope = NewDisposeScope();
        using var model = new SoftmaxRegression(64, 10, bias);
        Assert.Equal(parameterCount, model.parameters().Sum(p => p.numel()));
        var logits = model.call(ones(5, 1, 8, 8));
        Assert.Equal([5L, 10L], logits.shape);
        Assert.Equal(0, logits.abs().max().item<float>());
    }

    [Fact]
    public void Perceptron_applies_its_layers_in_turn()
    {
        using var scope = NewDisposeScope();
        using var model = new Perceptron(64, 2, 64);
        Assert.Equal(4_290, model.parameters().Sum(p => p.numel()));
        var state = model.state_dict();
        var x = linspace(-1, 1, 3 * 64).reshape(3, 64);
        var hidden = (x.matmul(state["layers.0.weight"].t()) + state["layers.0.bias"]).clamp_min(0);
        var expected = hidden.matmul(state["layers.2.weight"].t()) + state["layers.2.bias"];

        // The fused product may round differently in the last place.
        Assert.True(expected.allclose(model.call(x), rtol: 1e-5, atol: 1e-6));
    }

    [Theory]
    [InlineData(8, 1, 70_816)]
    [InlineData(28, 1, 360_160)]
    [InlineData(64, 1, 508_000)]
    [InlineData(33, 3, 0)]
    public void The_embedder_takes_every_size_from_8_to_64(long side, long channels, long parameterCount)
    {
        using var scope = NewDisposeScope();
        using var model = new ConvolutionalEmbedder(128, side, channels);
        Assert.Equal([2L, 128L], model.call(rand(2, channels, side, side)).shape);
        if (parameterCount > 0)
        {
            Assert.Equal(parameterCount, model.parameters().Sum(p => p.numel()));
        }
    }

    [Fact]
    public void A_model_made_inside_a_scope_outlives_it()
    {
        nn.Module<Tensor, Tensor>[] models;
        using (NewDisposeScope())
        {
            models =
            [
                new SoftmaxRegression(64, 2), new Perceptron(64, 2, 3),
                new ConvolutionalEmbedder(2, 8), new IResNet(IResNetDepth.R18, 2, 8),
            ];
        }

        foreach (var model in models)
        {
            Assert.All(model.state_dict().Values, tensor => Assert.False(tensor.IsInvalid));
            model.Dispose();
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_at_the_door()
    {
        using var scope = NewDisposeScope();
        using var softmax = new SoftmaxRegression(64, 2);
        using var embedder = new ConvolutionalEmbedder(2, 8);
        Assert.Contains("64", Assert.Throws<ArgumentException>(() => softmax.call(ones(2, 63))).Message);
        Assert.Throws<ArgumentException>(() => softmax.call(ones(2, 64, ScalarType.Int64)));
        Assert.Contains("[N, 1, 8, 8]", Assert.Throws<ArgumentException>(() => embedder.call(ones(2, 64))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConvolutionalEmbedder(2, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConvolutionalEmbedder(2, 65));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Perceptron(64, 2, 0));
        Assert.Throws<ArgumentException>(() => new ConvolutionLayer(6, 4, 3, groups: 4));
    }
}
