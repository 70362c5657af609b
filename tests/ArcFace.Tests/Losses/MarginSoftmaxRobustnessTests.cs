using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>Corners: angles of 0 and π, duplicates, zero vectors, one of everything, extreme scales, half precision.</summary>
public sealed class MarginSoftmaxRobustnessTests
{
    private static readonly AngularMargin[] Margins =
    [
        AngularMargin.None, AngularMargin.ArcFace(), AngularMargin.CosFace(), AngularMargin.SphereFace(), AngularMargin.SphereFace(4),
        new(0.9, 0.4, 0.15),
    ];

    public static TheoryData<ScalarType, MarginGradient> Kinds() => new()
    {
        { ScalarType.Float64, MarginGradient.Exact },
        { ScalarType.Float64, MarginGradient.Detached },
        { ScalarType.Float32, MarginGradient.Exact },
        { ScalarType.Float32, MarginGradient.Detached },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Parallel_antiparallel_duplicate_and_zero_vectors_give_finite_losses_and_gradients(ScalarType type, MarginGradient gradient)
    {
        foreach (AngularMargin margin in Margins)
        {
            foreach (MarginBoundary boundary in Enum.GetValues<MarginBoundary>())
            {
                foreach (double scale in new[] { 1e-3, 1, 64, 1e4 })
                {
                    using DisposeScope scope = NewDisposeScope();
                    Tensor w = cat([Draw.Normal(1, 3, 4), zeros(1, 4, ScalarType.Float64)]).to(type);
                    Tensor x = cat([w[..3], -2 * w[..3], zeros(2, 4, type), w[..1], w[..1] * 3]);
                    Tensor y = tensor(new long[] { 0, 1, 2, 0, 1, 2, 0, 3, 0, 3 });
                    MarginSoftmaxOptions options = new() { Margin = margin, Boundary = boundary, Scale = scale, Gradient = gradient };
                    (double loss, Tensor[] gradients) = Gradient.ByAutograd(
                        inputs => MarginSoftmaxLoss.Evaluate(inputs[0], inputs[1], y, options), x, w);

                    Assert.True(double.IsFinite(loss) && Gradient.IsFinite(gradients[0]) && Gradient.IsFinite(gradients[1]), $"{options}");
                    // |∂θ/∂x| ≤ 1/‖x‖ bounds what a row may get: 2s, times m1 for the target, over N and the norm.
                    Tensor length = gradients[0].norm(1) * x.norm(1) * x.shape[0];
                    double bound = scale * (1 + margin.M1) * 1.0001;
                    Assert.InRange(length.max().to(ScalarType.Float64).item<double>(), 0, bound);
                    Assert.Equal(0, gradients[0][6..8].abs().max().to(ScalarType.Float64).item<double>());
                    Assert.Equal(0, gradients[1][3].abs().max().to(ScalarType.Float64).item<double>());
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(180)]
    public void Loss_at_angle_zero_and_pi_has_the_value_of_the_formula(double degrees)
    {
        using DisposeScope scope = NewDisposeScope();
        double theta = degrees * Math.PI / 180;
        double target = 16 * AngularMargin.ArcFace().TargetCosine(theta);
        double other = 16 * Math.Cos(theta - (Math.PI / 2));
        double loss = MarginSoftmaxLoss.Evaluate(
            Draw.OnCircle(degrees), Draw.OnCircle(0, 90), zeros(1, ScalarType.Int64), new() { Scale = 16 }).item<double>();
        Assert.Equal(Math.Log(1 + Math.Exp(other - target)), loss, 1e-13);
    }

    [Fact]
    public void A_zero_embedding_counts_as_perpendicular_to_every_class()
    {
        using DisposeScope scope = NewDisposeScope();
        double loss = MarginSoftmaxLoss.Evaluate(
            zeros(1, 3, ScalarType.Float64), Draw.Normal(1, 4, 3), zeros(1, ScalarType.Int64), new() { Scale = 10 }).item<double>();
        Assert.Equal(Math.Log(1 + (3 * Math.Exp(10 * Math.Sin(0.5)))), loss, 1e-13);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e-5)]
    [InlineData(0.01)]
    public void Near_parallel_the_gradient_is_still_exact(double angle)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Vector(Math.Cos(angle), Math.Sin(angle)).reshape(1, 2);
        Tensor w = Draw.OnCircle(0, 180);
        MarginSoftmaxOptions options = new() { Scale = 4 };
        (_, Tensor[] gradients) = Gradient.ByAutograd(
            inputs => MarginSoftmaxLoss.Evaluate(inputs[0], inputs[1], zeros(1, ScalarType.Int64), options), x, w);

        // Turning x by dθ raises the loss by (1 − p)·s·(sin(θ + m) + sin θ)·dθ: its own logit falls, the opposite class's rises.
        double gap = 4 * (Math.Cos(angle + 0.5) + Math.Cos(angle));
        double expected = 1 / (1 + Math.Exp(gap)) * 4 * (Math.Sin(angle + 0.5) + Math.Sin(angle));
        Tensor direction = Draw.Vector(-Math.Sin(angle), Math.Cos(angle));
        // The direction of the difference of two vectors 1e-9 apart is known to 1e-16/1e-9.
        Assert.Equal(expected, gradients[0][0].dot(direction).item<double>(), 1e-6 * expected);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Half_precision_embeddings_are_computed_in_single_and_get_their_gradient_in_half(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 4, 6).to(type);
        Tensor w = Draw.Normal(2, 5, 6).to(ScalarType.Float32);
        Tensor y = Draw.Labels(3, 4, 5);
        (double loss, Tensor[] half) = Gradient.ByAutograd(i => MarginSoftmaxLoss.Evaluate(i[0], i[1], y), x, w);
        (double single, Tensor[] full) = Gradient.ByAutograd(i => MarginSoftmaxLoss.Evaluate(i[0], i[1], y), x.to(ScalarType.Float32), w);
        Assert.Equal(single, loss);
        Assert.Equal(type, half[0].dtype);
        Assert.Equal(ScalarType.Float32, half[1].dtype);
        Assert.Equal(0, Gradient.LargestDifference(full[0].to(type), half[0]));
    }

    [Fact]
    public void One_class_costs_nothing_and_pulls_nowhere()
    {
        using DisposeScope scope = NewDisposeScope();
        (double loss, Tensor[] gradients) = Gradient.ByAutograd(
            i => MarginSoftmaxLoss.Evaluate(i[0], i[1], zeros(2, ScalarType.Int64)), Draw.Normal(1, 2, 3), Draw.Normal(2, 1, 3));
        Assert.Equal(0, loss);
        Assert.Equal(0, gradients[0].abs().max().item<double>());
        Assert.Equal(0, gradients[1].abs().max().item<double>());
    }

    [Fact]
    public void Embeddings_of_one_dimension_have_only_angles_zero_and_pi()
    {
        using DisposeScope scope = NewDisposeScope();
        (double loss, Tensor[] gradients) = Gradient.ByAutograd(
            i => MarginSoftmaxLoss.Evaluate(i[0], i[1], zeros(2, ScalarType.Int64)),
            Draw.Vector(2, -3).reshape(2, 1),
            Draw.Vector(1, -1).reshape(2, 1));
        Assert.True(double.IsFinite(loss));
        Assert.Equal(0, gradients[0].abs().max().item<double>());
    }
}
