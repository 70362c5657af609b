using ArcFace.Models;
using static TorchSharp.torch;

namespace ArcFace.Tests.Models;

public sealed class ParametricReluTests
{
    private const long Channels = 3;

    public static TheoryData<long[]> Shapes => new([7, Channels], [4, Channels, 5], [4, Channels, 2, 6]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void It_gives_torch_s_numbers_and_gradients_of_both_orders_at_zero_too(long[] shape)
    {
        using var scope = NewDisposeScope();
        using var layer = new ParametricRelu(Channels);
        Tensor slopes = layer.parameters().Single();
        using (no_grad())
        {
            slopes.copy_(tensor(new[] { 0.3f, -0.2f, 0 }));
        }

        random.manual_seed(3);
        Tensor x = cat([randn([.. shape.Select((size, i) => i == 0 ? size - 2 : size)]), zeros([1, .. shape[1..]]), -zeros([1, .. shape[1..]])]);
        Tensor dy = randn(shape);
        Tensor[] ours = Passes(layer.call, x, dy, slopes), theirs = Passes(input => nn.functional.prelu(input, slopes), x, dy, slopes);
        Assert.All(ours.Zip(theirs).Take(3), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));

        // Sums in another order, of float32.
        Assert.All(ours.Zip(theirs).Skip(3), pair => Assert.True(pair.First.allclose(pair.Second, 1e-5, 1e-5)));
    }

    [Fact]
    public void What_is_not_a_number_stays_so_whether_it_is_trained_or_not()
    {
        using var scope = NewDisposeScope();
        using var layer = new ParametricRelu(Channels);
        Tensor x = tensor(new[,] { { float.NaN, float.PositiveInfinity, float.NegativeInfinity } });
        float[] trained = layer.call(x).data<float>().ToArray();
        using (no_grad())
        {
            Assert.Equal([float.NaN, float.PositiveInfinity, float.NegativeInfinity], trained);
            Assert.Equal(trained, layer.call(x).data<float>().ToArray());
        }
    }

    // y, ∂/∂x, ∂/∂a, and of the sum of squares of these two both once more.
    private static Tensor[] Passes(Func<Tensor, Tensor> layer, Tensor x, Tensor dy, Tensor slopes)
    {
        Tensor input = x.clone().requires_grad_(true), y = layer(input);
        IList<Tensor> first = autograd.grad([y], [input, slopes], [dy], retain_graph: true, create_graph: true);
        IList<Tensor> second = autograd.grad([first[0].square().sum() + first[1].square().sum()], [input, slopes]);
        return [y, .. first, .. second];
    }
}
