using ArcFace.Models;
using static TorchSharp.torch;

namespace ArcFace.Tests.Models;

public sealed class ParametricReluTests
{
    private const long Channels = 3;

    public static TheoryData<long[]> Shapes => new([7, Channels], [4, Channels, 5], [4, Channels, 2, 6]);

    [Theory]
    [MemberData(nameof(Shapes))]
    public void It_gives_torch_s_numbers_and_gradients_at_zero_too_and_second_derivatives(long[] shape)
    {
        using var scope = NewDisposeScope();
        using var layer = new ParametricRelu(Channels);
        Tensor slopes = layer.parameters().Single();
        using (no_grad())
        {
            slopes.copy_(tensor(new[] { 0.3f, -0.2f, 0 }));
        }

        random.manual_seed(3);
        Tensor some = randn(shape), none = zeros([2, .. shape[1..]]), dy = randn(shape), x = cat([some[2..], none[..1], -none[1..]]);
        (Tensor[] First, Tensor[] Second) ours = Passes(layer.call, x, dy, slopes);
        (Tensor[] First, Tensor[] Second) theirs = Passes(input => nn.functional.prelu(input, slopes), x, dy, slopes);
        Assert.All(ours.First.Zip(theirs.First), pair => Assert.True(pair.First.equal(pair.Second).all().item<bool>()));

        // At zero torch's own second derivatives belong to neither side. Sums in another order, of float32.
        (ours, theirs) = (Passes(layer.call, some, dy, slopes), Passes(input => nn.functional.prelu(input, slopes), some, dy, slopes));
        Assert.All(ours.Second.Zip(theirs.Second), pair => Assert.True(pair.First.allclose(pair.Second, 1e-5, 1e-5)));
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

    // y, ∂/∂x and ∂/∂a; and of the sum of squares of the two gradients both once more.
    private static (Tensor[] First, Tensor[] Second) Passes(Func<Tensor, Tensor> layer, Tensor x, Tensor dy, Tensor slopes)
    {
        Tensor input = x.clone().requires_grad_(true), y = layer(input);
        IList<Tensor> first = autograd.grad([y], [input, slopes], [dy], retain_graph: true, create_graph: true);
        IList<Tensor> second = autograd.grad([first[0].square().sum() + first[1].square().sum()], [input, slopes]);
        return ([y, .. first], [.. second]);
    }
}
