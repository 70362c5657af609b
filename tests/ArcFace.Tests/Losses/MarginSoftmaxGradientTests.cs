using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>Every combination of options: the gradient by autograd, by differences, and by hand.</summary>
public sealed class MarginSoftmaxGradientTests
{
    private const long Classes = 4;

    private static readonly double[] Smoothings = [0, 0.1];

    private static readonly AngularMargin[] Margins =
    [
        AngularMargin.None, AngularMargin.ArcFace(), AngularMargin.CosFace(), AngularMargin.SphereFace(), AngularMargin.SphereFace(4),
        new(1, 0.3, 0.2), new(0.9, 0.4, 0.15),
    ];

    public static TheoryData<AngularMargin, MarginBoundary> Combinations()
    {
        TheoryData<AngularMargin, MarginBoundary> data = [];
        foreach (AngularMargin margin in Margins)
        {
            foreach (MarginBoundary boundary in Enum.GetValues<MarginBoundary>())
            {
                data.Add(margin, boundary);
            }
        }

        return data;
    }

    // Differences with h = 1e-5 are off by h² times the third derivative, about s³ = 500, and by 1e-15/h: some 1e-7 of the gradient.
    [Theory]
    [MemberData(nameof(Combinations))]
    public void Exact_gradient_equals_differences_of_the_loss(AngularMargin margin, MarginBoundary boundary)
    {
        foreach (MarginSoftmaxOptions options in Variants(margin, boundary, MarginGradient.Exact))
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor x, Tensor w, Tensor y) = Batch(options.CentersPerClass);
            Tensor Loss(Tensor[] inputs) => MarginSoftmaxLoss.Evaluate(inputs[0], inputs[1], y, options);
            (_, Tensor[] autograd) = Gradient.ByAutograd(Loss, x, w);
            Tensor[] differences = Gradient.ByDifferences(Loss, [x, w], 1e-5);
            Assert.InRange(Gradient.RelativeError(differences[0], autograd[0]), 0, 1e-6);
            Assert.InRange(Gradient.RelativeError(differences[1], autograd[1]), 0, 1e-6);
        }
    }

    // The same formula by another way: some tens of roundings, over sines down to 0.1.
    [Theory]
    [MemberData(nameof(Combinations))]
    public void Exact_and_detached_gradients_equal_the_formulas_by_hand(AngularMargin margin, MarginBoundary boundary)
    {
        foreach (MarginGradient gradient in Enum.GetValues<MarginGradient>())
        {
            foreach (MarginSoftmaxOptions options in Variants(margin, boundary, gradient))
            {
                using DisposeScope scope = NewDisposeScope();
                (Tensor x, Tensor w, Tensor y) = Batch(options.CentersPerClass);
                (double loss, Tensor[] autograd) = Gradient.ByAutograd(
                    inputs => MarginSoftmaxLoss.Evaluate(inputs[0], inputs[1], y, options), x, w);
                (double expected, double[,] dx, double[,] dw) = MarginSoftmaxByHand.Evaluate(x, w, y, options);
                Assert.Equal(expected, loss, 1e-12 * Math.Max(1, expected));
                Assert.InRange(Gradient.RelativeError(tensor(dx), autograd[0]), 0, 1e-12);
                Assert.InRange(Gradient.RelativeError(tensor(dw), autograd[1]), 0, 1e-12);
            }
        }
    }

    [Fact]
    public void Detached_gradient_is_that_of_the_scaled_cosines_under_the_margins_probabilities()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch(1);
        MarginSoftmaxOptions options = new() { Scale = 8, Gradient = MarginGradient.Detached };
        (_, Tensor[] detached) = Gradient.ByAutograd(inputs => MarginSoftmaxLoss.Evaluate(inputs[0], inputs[1], y, options), x, w);

        Tensor column = y.unsqueeze(1);
        Tensor target = options.Margin.TargetCosine(NormalizedLogits.Angles(x, w).gather(1, column));
        Tensor p = Softmax.Probabilities(8 * NormalizedLogits.Cosines(x, w).scatter(1, column, target));
        Tensor pull = (p - nn.functional.one_hot(y, Classes)) / x.shape[0];
        (_, Tensor[] plain) = Gradient.ByAutograd(inputs => (pull * NormalizedLogits.Scaled(inputs[0], inputs[1], 8)).sum(), x, w);

        Assert.InRange(Gradient.RelativeError(plain[0], detached[0]), 0, 1e-13);
        Assert.InRange(Gradient.RelativeError(plain[1], detached[1]), 0, 1e-13);
    }

    [Fact]
    public void Detached_has_the_loss_of_exact_but_another_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch(1);
        MarginSoftmaxOptions options = new() { Scale = 8 };
        (double exactLoss, Tensor[] exact) = Gradient.ByAutograd(i => MarginSoftmaxLoss.Evaluate(i[0], i[1], y, options), x, w);
        options = options with { Gradient = MarginGradient.Detached };
        (double detachedLoss, Tensor[] detached) = Gradient.ByAutograd(i => MarginSoftmaxLoss.Evaluate(i[0], i[1], y, options), x, w);
        Assert.Equal(exactLoss, detachedLoss, 1e-13);
        Assert.True(Gradient.RelativeError(exact[0], detached[0]) > 0.01);
    }

    // ∂L/∂θ_y = s(1 − p_y)·sin(θ_y + m), which never exceeds s.
    [Fact]
    public void Slope_in_the_target_angle_is_s_times_one_minus_p_times_sine_of_theta_plus_m()
    {
        for (double angle = 0; angle <= Math.PI; angle += Math.PI / 32)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor logits = Draw.Vector(0, 0.2, -0.4).reshape(1, 3) * 30;
            Tensor y = zeros(1, ScalarType.Int64);
            Tensor Target(Tensor theta) =>
                logits.scatter(1, y.unsqueeze(1), 30 * AngularMargin.ArcFace().TargetCosine(theta, MarginBoundary.Raw));
            Tensor theta = Draw.Vector(angle).reshape(1, 1);
            (_, Tensor[] slope) = Gradient.ByAutograd(inputs => CrossEntropy.FromLogits(Target(inputs[0]), y), theta);
            double p = Softmax.Probabilities(Target(theta))[0, 0].item<double>();
            Assert.Equal(30 * (1 - p) * Math.Sin(angle + 0.5), slope[0].item<double>(), 1e-12);
            Assert.InRange(Math.Abs(slope[0].item<double>()), 0, 30);
        }
    }

    private static IEnumerable<MarginSoftmaxOptions> Variants(AngularMargin margin, MarginBoundary boundary, MarginGradient gradient) =>
        from centers in Enumerable.Range(1, 2)
        from smoothing in Smoothings
        select new MarginSoftmaxOptions
        {
            Margin = margin,
            Boundary = boundary,
            Gradient = gradient,
            Scale = 8,
            CentersPerClass = centers,
            LabelSmoothing = smoothing,
        };

    /// <summary>Five samples; the last two lie past θ + m = π, nearly opposite to their class.</summary>
    private static (Tensor X, Tensor W, Tensor Y) Batch(int centers)
    {
        Tensor y = Draw.Labels(3, 5, Classes);
        Tensor w = Draw.Normal(2, Classes * centers, 3) * 1.7;
        Tensor opposite = -w.reshape(Classes, centers, 3).index_select(0, y[3..5]).mean([1]);
        Tensor x = cat([Draw.Normal(1, 3, 3), opposite + (Draw.Normal(4, 2, 3) * 0.2)]) * 2.3;
        return (x, w, y);
    }
}
