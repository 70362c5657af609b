using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>Four classes at 0°, 90°, 180° and 270° of a circle, and one sample of the first, at s = 64.</summary>
public sealed class MarginSoftmaxFixtureTests
{
    [Theory]
    [InlineData(45, 0.693147, 27.236304, 27.236304, 22.400000, 28.194958)]
    [InlineData(60, 23.425626, 53.915444, 53.915444, 45.825626, 54.034251)]
    [InlineData(90, 64.000000, 94.683234, 94.683234, 86.400000, 95.713293)]
    [InlineData(160, 120.280655, 123.412715, 135.622273, 142.680655, 136.863305)]
    [InlineData(180, 128.000000, 120.165284, 143.341617, 150.400000, 137.941535)]
    public void Losses_on_the_circle_have_the_known_values(
        double degrees, double softmax, double raw, double linear, double cosFace, double combined)
    {
        const double sixDigits = 5.001e-7;
        Assert.Equal(softmax, Loss(degrees, AngularMargin.None, MarginBoundary.Raw), sixDigits);
        Assert.Equal(raw, Loss(degrees, AngularMargin.ArcFace(), MarginBoundary.Raw), sixDigits);
        Assert.Equal(linear, Loss(degrees, AngularMargin.ArcFace(), MarginBoundary.Linear), sixDigits);
        Assert.Equal(cosFace, Loss(degrees, AngularMargin.CosFace(), MarginBoundary.Raw), sixDigits);
        Assert.Equal(combined, Loss(degrees, new AngularMargin(1, 0.3, 0.2), MarginBoundary.Raw), sixDigits);
    }

    [Fact]
    public void Without_treatment_the_worst_sample_scores_better_than_a_bad_one() =>
        Assert.True(Loss(180, AngularMargin.ArcFace(), MarginBoundary.Raw) < Loss(160, AngularMargin.ArcFace(), MarginBoundary.Raw));

    [Fact]
    public void Monotone_makes_the_worst_sample_the_worst() =>
        Assert.True(
            Loss(180, AngularMargin.ArcFace(), MarginBoundary.Monotone) > Loss(160, AngularMargin.ArcFace(), MarginBoundary.Monotone));

    private static double Loss(double degrees, AngularMargin margin, MarginBoundary boundary)
    {
        using DisposeScope scope = NewDisposeScope();
        MarginSoftmaxOptions options = new() { Margin = margin, Boundary = boundary };
        return MarginSoftmaxLoss.Evaluate(
            Draw.OnCircle(degrees), Draw.OnCircle(0, 90, 180, 270), zeros(1, ScalarType.Int64), options).item<double>();
    }
}
