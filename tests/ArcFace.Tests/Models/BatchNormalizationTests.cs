using ArcFace.Models;
using static TorchSharp.torch;

namespace ArcFace.Tests.Models;

public sealed class BatchNormalizationTests
{
    private const long Channels = 3;

    public static TheoryData<long[]> Shapes => new([5, Channels], [4, Channels, 2, 6]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void It_gives_the_numbers_of_TorchSharp_s_in_training_and_after(long[] shape)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> theirs = shape.Length == 2 ? nn.BatchNorm1d(Channels) : nn.BatchNorm2d(Channels);
        using var ours = new BatchNormalization(Channels);
        random.manual_seed(6);
        for (int step = 0; step < 3; step++)
        {
            Tensor x = randn(shape).add(2), dy = randn(shape);
            Equal(Pass(theirs, x, dy), Pass(ours, x, dy));
        }

        Equal(State(theirs), State(ours));
        Assert.Equal(3, ours.state_dict()["num_batches_tracked"].item<long>());

        theirs.eval();
        ours.eval();
        Tensor fresh = randn(shape);
        Equal(Pass(theirs, fresh, fresh), Pass(ours, fresh, fresh));
        Assert.Equal(3, ours.state_dict()["num_batches_tracked"].item<long>());
    }

    [Fact]
    public void One_sample_alone_is_its_own_mean()
    {
        using var scope = NewDisposeScope();
        using var layer = new BatchNormalization(Channels);
        Assert.Equal([0f, 0f, 0f], layer.call(ones(1, Channels)).data<float>().ToArray());
    }

    [Theory]
    [InlineData(4L)]
    [InlineData(4L, 2L)]
    [InlineData(4L, 2L, 3L, 3L)]
    public void Other_channels_are_refused(params long[] shape)
    {
        using var scope = NewDisposeScope();
        using var layer = new BatchNormalization(Channels);
        ArgumentException error = Assert.Throws<ArgumentException>(() => layer.call(zeros(shape)));
        Assert.Contains($"[{string.Join(", ", shape)}] is not [N, 3, …]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_channels_there_is_no_layer() =>
        Assert.Throws<ArgumentOutOfRangeException>("channels", () => new BatchNormalization(0));

    /// <summary>The output, the gradient of the input, and those of the parameters so far.</summary>
    private static Tensor[] Pass(nn.Module<Tensor, Tensor> layer, Tensor x, Tensor dy)
    {
        Tensor input = x.clone().requires_grad_(true), output = layer.call(input);
        output.backward([dy]);
        return [output, input.grad!, .. layer.parameters().Select(parameter => parameter.grad!.clone())];
    }

    private static Tensor[] State(nn.Module layer) => [.. layer.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];

    private static void Equal(Tensor[] expected, Tensor[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
    }
}
