using ArcFace.Data;
using ArcFace.Losses;
using ArcFace.Models;
using ArcFace.Tests.Training;
using ArcFace.Training;
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

        Assert.Equal(theirs.state_dict().Keys, ours.state_dict().Keys);
        Equal([.. theirs.state_dict().Values], [.. ours.state_dict().Values]);
        Assert.Equal(3, ours.state_dict()["num_batches_tracked"].item<long>());

        theirs.eval();
        ours.eval();
        Tensor fresh = randn(shape);
        Equal(Pass(theirs, fresh, fresh), Pass(ours, fresh, fresh));
        Assert.Equal(3, ours.state_dict()["num_batches_tracked"].item<long>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Without_a_variance_the_moving_averages_serve_and_stay(long count)
    {
        using var scope = NewDisposeScope();
        using var layer = new BatchNormalization(Channels);
        layer.call(randn(8, Channels).add(2));
        Dictionary<string, Tensor> before = layer.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.clone());

        Tensor x = randn(count, Channels).requires_grad_(true), y = layer.call(x);
        y.sum().backward();

        Equal([.. before.Values], [.. layer.state_dict().Values]);
        Assert.All([y, x.grad!, layer.weight!.grad!], tensor => Assert.True(tensor.isfinite().all().item<bool>()));
        layer.eval();
        Equal([layer.call(x)], [y]);
    }

    [Fact]
    public void A_batch_of_one_picture_leaves_the_network_sound()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(6);
        using var images = new LabeledImages(rand(9, 1, 8, 8), tensor(new long[] { 0, 1, 2, 0, 1, 2, 0, 1, 2 }), ["a", "b", "c"]);
        using var body = new ConvolutionalEmbedder(2, 8, width: 4);
        using var head = new MarginSoftmaxLoss(2, 3, new() { Scale = 16 });
        new Trainer(body, head, new() { Epochs = 2, Device = CPU }).Train(new ShuffledBatches(images, batchSize: 2, seed: 1));

        Assert.All(body.state_dict().Values, tensor => Assert.True(tensor.isfinite().all().item<bool>()));
        body.eval();
        Assert.True(body.call(images.Images).isfinite().all().item<bool>());
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

    private static void Equal(Tensor[] expected, Tensor[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));
    }
}
