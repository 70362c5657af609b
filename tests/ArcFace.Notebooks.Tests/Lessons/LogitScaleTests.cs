using ArcFace.Losses;
using ArcFace.Notebooks.Lessons;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

public sealed class LogitScaleTests
{
    [Fact]
    public void Floors_bounds_and_starting_points_have_the_known_values()
    {
        Assert.Equal(1.37693, LogitScale.LossFloor(1, 10), 5e-6);
        Assert.Equal(1.46985, LogitScale.LossFloor(1, 10, AngularMargin.ArcFace()), 5e-6);
        Assert.Equal(11.462, LogitScale.CosFaceBound(10575, 0.9), 5e-4);
        Assert.Equal(6.113, LogitScale.CosFaceBound(10, 0.99), 5e-4);
        Assert.Equal(3.107, LogitScale.AdaCos(10), 5e-4);
        Assert.Equal(41.6, LogitScale.ExpectedStartLoss(64, AngularMargin.ArcFace(), 1000, 512), 0.05);
    }

    // Three classes at 120° to each other are equidistant in the plane.
    [Theory]
    [InlineData(0.5)]
    [InlineData(4)]
    [InlineData(12)]
    public void Samples_on_equidistant_centers_attain_the_floor(double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor corners = Draw.OnCircle(0, 120, 240);
        Tensor y = arange(3, ScalarType.Int64);
        foreach (AngularMargin margin in new[] { AngularMargin.None, AngularMargin.ArcFace(), AngularMargin.CosFace() })
        {
            double loss = MarginSoftmaxLoss.Evaluate(corners, corners, y, new() { Scale = scale, Margin = margin }).item<double>();
            double floor = LogitScale.LossFloor(scale, 3, margin);
            // The logits round at 1e-16 times s, whatever is left of the loss.
            Assert.Equal(floor, loss, 1e-14);
        }
    }

    [Fact]
    public void No_batch_of_a_class_each_gets_below_the_floor() =>
        Gen.Select(Gen.Int[2, 8], Gen.Double[0.1, 40], Gen.Int[0, 1_000_000]).Holds((classCount, scale, seed) =>
        {
            using DisposeScope scope = NewDisposeScope();
            MarginSoftmaxOptions options = new() { Scale = scale, Margin = AngularMargin.None };
            Tensor x = Draw.Normal(seed, classCount, 5);
            Tensor w = Draw.Normal(seed + 1, classCount, 5);
            double loss = MarginSoftmaxLoss.Evaluate(x, w, arange(classCount, ScalarType.Int64), options).item<double>();
            Assert.True(loss > LogitScale.LossFloor(scale, classCount));
        });

    [Fact]
    public void At_CosFaces_bound_perfect_embeddings_just_reach_the_target_probability() =>
        Gen.Select(Gen.Long[2, 100_000], Gen.Double[0.05, 0.99])
            .Where(pair => pair.Item2 > 1.5 / pair.Item1)
            .Holds((classCount, probability) =>
            {
                double scale = LogitScale.CosFaceBound(classCount, probability);
                Assert.Equal(probability, Math.Exp(-LogitScale.LossFloor(scale, classCount)), 1e-12);
            });

    // The mean of 64 target logits scatters by s/√(64·512) = 0.35, and the approximation takes the logarithm of a mean for the mean of
    // logarithms, which for cosines that spread e^{s·cos θ} by s/√D = 2.8 nats is a few tenths too high: 1.1 is three times the first.
    [Fact]
    public void A_random_start_has_the_expected_loss()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 64, 512).to(ScalarType.Float32);
        Tensor w = Draw.Normal(2, 1000, 512).to(ScalarType.Float32);
        double loss = MarginSoftmaxLoss.Evaluate(x, w, Draw.Labels(3, 64, 1000)).item<float>();
        Assert.Equal(LogitScale.ExpectedStartLoss(64, AngularMargin.ArcFace(), 1000, 512), loss, 1.1);
    }

    [Fact]
    public void Bad_input_is_refused_at_the_door()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LogitScale.LossFloor(0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogitScale.LossFloor(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogitScale.CosFaceBound(1, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogitScale.CosFaceBound(10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogitScale.AdaCos(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => LogitScale.ExpectedStartLoss(64, AngularMargin.None, 10, 0));
    }
}
