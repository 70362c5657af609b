using ArcFace.Losses;
using ArcFace.Notebooks.Lessons;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>Rows of any length: the margin losses see their directions alone, and what cannot be held is refused.</summary>
public sealed class ScaleInvarianceTests
{
    // L(αx, βW) = L(x, W), and the gradients shrink as the rows grow.
    [Theory]
    [InlineData(ScalarType.Float32, 1e20, 1, 1e-4)]
    [InlineData(ScalarType.Float32, 1e-20, 1, 1e-4)]
    [InlineData(ScalarType.Float32, 1, 1e20, 1e-4)]
    [InlineData(ScalarType.Float32, 1, 1e-20, 1e-4)]
    [InlineData(ScalarType.Float32, 1e20, 1e-20, 1e-4)]
    [InlineData(ScalarType.Float32, 1e30, 1e30, 1e-4)]
    [InlineData(ScalarType.Float64, 1e150, 1, 1e-11)]
    [InlineData(ScalarType.Float64, 1e-150, 1, 1e-11)]
    [InlineData(ScalarType.Float64, 1, 1e150, 1e-11)]
    [InlineData(ScalarType.Float64, 1, 1e-150, 1e-11)]
    [InlineData(ScalarType.Float64, 1e-150, 1e150, 1e-11)]
    [InlineData(ScalarType.Float64, 1e300, 1e300, 1e-11)]
    public void Only_directions_count_at_any_scale(ScalarType type, double alpha, double beta, double tolerance)
    {
        foreach (string name in LossCase.All.Keys.Where(name => name.StartsWith("margin", StringComparison.Ordinal) || name.StartsWith("partial", StringComparison.Ordinal)))
        {
            using DisposeScope scope = NewDisposeScope();
            LossCase one = LossCase.All[name];
            (double expected, Tensor[] gradients) = Gradient.ByAutograd(inputs => one.Loss(inputs, one.Constants()), [.. one.Inputs.Select(input => input.to(type))]);
            Tensor[] scaled = [.. one.Inputs.Zip([alpha, beta], (input, factor) => (input * factor).to(type).requires_grad_())];
            Tensor loss = one.Loss(scaled, one.Constants());
            loss.backward();
            Assert.Equal(expected, loss.to(ScalarType.Float64).item<double>(), tolerance * expected);
            foreach ((Tensor gradient, Tensor leaf, double factor) in gradients.Zip(scaled, [alpha, beta]))
            {
                LossCase.AssertEqual([gradient.Dense().to(ScalarType.Float64)], [leaf.grad!.Dense().to(ScalarType.Float64) * factor], tolerance);
            }
        }
    }

    [Theory]
    [InlineData(MarginKernel.Eager)]
    [InlineData(MarginKernel.Fused)]
    public void A_gradient_that_no_number_can_hold_is_refused_and_the_value_is_not(MarginKernel kernel)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 6, 4), w = Draw.Normal(2, 5, 4), y = Draw.Labels(3, 6, 5);
        MarginSoftmaxOptions options = new() { Kernel = kernel };
        double expected = MarginSoftmaxLoss.Evaluate(x, w, y, options).item<double>();
        Tensor tiny = (w * 1e-37).to(ScalarType.Float32);
        Assert.Contains("so short", Assert.Throws<ArgumentException>("weight", () => MarginSoftmaxLoss.Evaluate(x, tiny.clone().requires_grad_(), y, options)).Message);
        Assert.Equal(expected, MarginSoftmaxLoss.Evaluate(x, tiny, y, options).item<double>(), 1e-4 * expected);
    }

    [Theory]
    [InlineData(1e25)]
    [InlineData(1e-25)]
    public void What_has_no_such_invariance_is_finite_or_refused(double factor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = (Draw.Normal(1, 6, 4) * factor).to(ScalarType.Float32).requires_grad_(), y = Draw.Labels(3, 6, 4);
        foreach (Func<Tensor> loss in (Func<Tensor>[])[
            () => TripletLoss.Euclidean(x[..2], x[2..4], x[4..]), () => PairwiseDistances.SquaredEuclidean(x).sum(), () => CrossEntropy.FromLogits(x, y),
            () => SquaredError.FromLogits(x, y),
            () => NormalizedLogits.Norms(x).mean(), () => NormalizedLogits.Angles(x, x).sum(), () => TripletLoss.Angular(x[..2], x[2..4], x[4..])])
        {
            try
            {
                Tensor value = loss();
                x.grad = null;
                value.backward();
                Assert.True(Gradient.IsFinite(value) && Gradient.IsFinite(x.grad!));
            }
            catch (ArgumentException error)
            {
                Assert.True(factor > 1, error.Message);
            }
        }
    }
}
