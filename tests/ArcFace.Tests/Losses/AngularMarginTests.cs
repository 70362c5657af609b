using ArcFace.Losses;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

public sealed class AngularMarginTests
{
    private const double Degree = Math.PI / 180;

    private static readonly Gen<AngularMargin> Margins = Gen.Select(Gen.Double[0.5, 4], Gen.Double[0, 1], Gen.Double[0, 0.5])
        .Select((m1, m2, m3) => new AngularMargin(m1, m2, m3));

    public static TheoryData<MarginBoundary> Boundaries() => [.. Enum.GetValues<MarginBoundary>()];

    [Fact]
    public void The_margins_of_the_papers_have_their_defaults()
    {
        Assert.Equal(new AngularMargin(1, 0, 0), AngularMargin.None);
        Assert.Equal(new AngularMargin(1, 0.5, 0), AngularMargin.ArcFace());
        Assert.Equal(new AngularMargin(1, 0, 0.35), AngularMargin.CosFace());
        Assert.Equal(new AngularMargin(1.35, 0, 0), AngularMargin.SphereFace());
    }

    // Figure 4 of the paper, to its four digits; SphereFace m=4 there is annealed: (cos θ·λ + ψ)/(1 + λ) with λ = 5.
    [Theory]
    [InlineData(30, .8660, .6384, .7604, .5203, .5160, .4796, .4939)]
    [InlineData(60, .5000, .1667, .1564, .0236, .1500, .0217, .0763)]
    [InlineData(90, 0, -.5, -.5225, -.4794, -.35, -.4955, -.3905)]
    public void Target_logits_are_those_of_figure_4(
        double degrees, double softmax, double annealed, double sphereFace, double arcFace, double cosFace, double first, double second)
    {
        double angle = degrees * Degree;
        double Target(AngularMargin margin) => margin.TargetCosine(angle, MarginBoundary.Monotone);
        double target = AngularMargin.SphereFace(4).TargetCosine(angle);
        const double fourDigits = 5.0001e-5;
        Assert.Equal(softmax, Target(AngularMargin.None), fourDigits);
        Assert.Equal(annealed, ((5 * Math.Cos(angle)) + target) / 6, fourDigits);
        Assert.Equal(sphereFace, Target(AngularMargin.SphereFace()), fourDigits);
        Assert.Equal(arcFace, Target(AngularMargin.ArcFace()), fourDigits);
        Assert.Equal(cosFace, Target(AngularMargin.CosFace()), fourDigits);
        Assert.Equal(first, Target(new AngularMargin(1, 0.3, 0.2)), fourDigits);
        Assert.Equal(second, Target(new AngularMargin(0.9, 0.4, 0.15)), fourDigits);
    }

    [Theory]
    [InlineData(10, 3.59654, MarginBoundary.Monotone)]
    [InlineData(45, 1.35701, MarginBoundary.Monotone)]
    [InlineData(90, 0.87758, MarginBoundary.Monotone)]
    [InlineData(151.352110, 0, MarginBoundary.Raw)]
    [InlineData(160, -0.43963, MarginBoundary.Raw)]
    [InlineData(160, 0.43963, MarginBoundary.Monotone)]
    [InlineData(160, 1, MarginBoundary.Linear)]
    [InlineData(100, 1, MarginBoundary.Easy)]
    public void Gradient_ratio_of_ArcFace_is_sine_of_theta_plus_m_over_sine_of_theta(double degrees, double ratio, MarginBoundary boundary)
    {
        double angle = degrees * Degree;
        Assert.Equal(ratio, AngularMargin.ArcFace().TargetSlope(angle, boundary) / -Math.Sin(angle), 5.0001e-6);
    }

    [Fact]
    public void Constants_of_half_a_radian_are_those_of_common_implementations()
    {
        AngularMargin arcFace = AngularMargin.ArcFace();
        Assert.Equal(0.8775825619, arcFace.TargetCosine(0), 5e-11);
        Assert.Equal(-0.4794255386, arcFace.TargetCosine(Math.PI / 2), 5e-11);
        double justPast = (151.352110 * Degree) + 1e-6;
        Assert.Equal(Math.Cos(justPast) - 0.2397127693, arcFace.TargetCosine(justPast, MarginBoundary.Linear), 5e-11);
    }

    [Fact]
    public void Monotone_never_rises_and_has_no_jump() => Gen.Select(Margins, Gen.Double[0, Math.PI], Gen.Double[1e-9, 0.1])
        .Holds((margin, angle, step) =>
        {
            double next = Math.Min(angle + step, Math.PI);
            double fall = margin.TargetCosine(angle) - margin.TargetCosine(next);
            // No slope exceeds m1; what is left is the rounding of values up to about 10.
            Assert.InRange(fall, -1e-14, (margin.M1 * (next - angle)) + 1e-14);
        });

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(4, 0)]
    [InlineData(1.35, 0)]
    public void Monotone_has_no_kink_where_phi_passes_pi(double m1, double m2)
    {
        AngularMargin margin = new(m1, m2, 0);
        double seam = (Math.PI - m2) / m1;
        Assert.Equal(-1, margin.TargetCosine(seam), 1e-15);
        Assert.Equal(0, margin.TargetSlope(seam - 1e-9), 1e-7);
        Assert.Equal(0, margin.TargetSlope(seam + 1e-9), 1e-7);
    }

    [Fact]
    public void Linear_jumps_down_and_easy_jumps_up()
    {
        AngularMargin margin = AngularMargin.ArcFace();
        double seam = Math.PI - 0.5;
        Assert.Equal(-1, margin.TargetCosine(seam - 1e-12, MarginBoundary.Linear), 1e-11);
        Assert.Equal(-1.117, margin.TargetCosine(seam + 1e-12, MarginBoundary.Linear), 5e-4);
        Assert.Equal(-Math.Sin(0.5), margin.TargetCosine((Math.PI / 2) - 1e-12, MarginBoundary.Easy), 1e-11);
        Assert.Equal(0, margin.TargetCosine((Math.PI / 2) + 1e-12, MarginBoundary.Easy), 1e-11);
    }

    // Tensor and scalar form round differently; a slope near a seam of the boundary may land on either side of it.
    [Theory]
    [MemberData(nameof(Boundaries))]
    public void Tensor_form_and_its_gradient_equal_the_scalar_form_and_its_slope(MarginBoundary boundary) =>
        Gen.Select(Margins, Gen.Double[0, Math.PI].Array[1, 20]).Holds((margin, angles) =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor leaf = tensor(angles, requires_grad: true);
            Tensor targets = margin.TargetCosine(leaf, boundary);
            targets.sum().backward();
            for (int i = 0; i < angles.Length; i++)
            {
                Assert.Equal(margin.TargetCosine(angles[i], boundary), targets[i].item<double>(), 1e-13);
                Assert.Equal(margin.TargetSlope(angles[i], boundary), leaf.grad![i].item<double>(), 1e-13);
            }
        });

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void Slope_equals_the_difference_quotient(MarginBoundary boundary)
    {
        AngularMargin margin = new(0.9, 0.4, 0.15);
        const double h = 1e-6;
        for (double angle = 0.05; angle < Math.PI - 0.01; angle += 0.1)
        {
            double quotient = (margin.TargetCosine(angle + h, boundary) - margin.TargetCosine(angle - h, boundary)) / (2 * h);
            // h² and 1e-16/h; no grid point comes within h of a seam.
            Assert.Equal(quotient, margin.TargetSlope(angle, boundary), 1e-9);
        }
    }

    [Fact]
    public void Bad_input_is_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        AngularMargin margin = AngularMargin.ArcFace();
        Assert.Throws<ArgumentOutOfRangeException>(() => margin.TargetCosine(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => margin.TargetSlope(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => margin.TargetCosine(1, (MarginBoundary)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => margin.TargetSlope(1, (MarginBoundary)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => margin.TargetCosine(zeros(2), (MarginBoundary)9));
        Assert.Throws<ArgumentException>(() => margin.TargetCosine(zeros(2, ScalarType.Int64)));
        Assert.Throws<ArgumentNullException>(() => margin.TargetCosine(null!));
    }
}
