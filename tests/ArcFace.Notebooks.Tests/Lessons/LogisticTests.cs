using ArcFace.Notebooks.Lessons;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

public sealed class LogisticTests
{
    private static readonly Gen<double> Logits = Gen.Double[-700, 700];

    // The values of the exact functions, to the digits that a double holds.
    [Theory]
    [InlineData(0, 0.5, 0.6931471805599453)]
    [InlineData(1, 0.7310585786300049, 1.3132616875182228)]
    [InlineData(-1, 0.2689414213699951, 0.31326168751822286)]
    [InlineData(-50, 1.9287498479639178e-22, 1.9287498479639178e-22)]
    [InlineData(1e4, 1, 1e4)]
    [InlineData(-1e4, 0, 0)]
    public void Probability_and_softplus_have_the_known_values(double logit, double probability, double softplus)
    {
        Assert.Equal(probability, Logistic.Probability(logit), probability * 4e-16);
        Assert.Equal(softplus, Logistic.Softplus(logit), softplus * 4e-16);
    }

    // Within ±700 the bare formula e^z does not overflow either, and each of the three rounds a few times.
    [Fact]
    public void Naive_vectorised_and_stable_forms_agree_where_none_overflows() =>
        Gen.Select(Logits, Gen.Bool).Holds((logit, label) =>
        {
            using DisposeScope scope = NewDisposeScope();
            double y = label ? 1 : 0;
            double naiveProbability = 1 / (1 + Math.Exp(-logit));
            double naiveLoss = Math.Log(1 + Math.Exp(logit)) - (logit * y);
            Tensor logits = Draw.Vector(logit);
            Tensor labels = Draw.Vector(y);

            Assert.Equal(naiveProbability, Logistic.Probability(logit), 1e-15);
            Assert.Equal(naiveProbability, Logistic.Probability(logits).item<double>(), 1e-15);
            Assert.Equal(naiveLoss, Logistic.Loss(logit, y), 1e-12);
            Assert.Equal(naiveLoss, Logistic.Loss(logits, labels).item<double>(), 1e-12);
        });

    [Fact]
    public void The_naive_loss_overflows_where_the_stable_one_is_exact()
    {
        Assert.Equal(double.PositiveInfinity, Math.Log(1 + Math.Exp(1000)));
        Assert.Equal(1000, Logistic.Loss(1000, 0));
        Assert.Equal(0, Logistic.Loss(1000, 1));
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(500, Logistic.Loss(Draw.Vector(1e3, 1e3), Draw.Vector(0.0, 1.0)).item<double>());
    }

    // A probability near 1 holds the small 1 − p only to 1e-16, so the logit comes back to 1e-16·e^|z|.
    [Fact]
    public void Logit_undoes_probability() =>
        Gen.Double[-15, 15].Holds(logit => Assert.Equal(logit, Logistic.Logit(Logistic.Probability(logit)), 1e-9));

    [Fact]
    public void Probabilities_of_opposite_logits_sum_to_one() =>
        Logits.Holds(logit => Assert.Equal(1, Logistic.Probability(logit) + Logistic.Probability(-logit), 1e-15));

    // By hand and by autograd the roundings differ; differences with h = 1e-5 are off by h² and 1e-16/h.
    [Fact]
    public void Gradient_by_hand_by_autograd_and_by_differences_agree()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = cat([Draw.Normal(1, 12) * 3, Draw.Vector(0.0, 40, -40, 1e4, -1e4)]);
        Tensor labels = Draw.Labels(2, 17, 2);
        Tensor byHand = Logistic.Gradient(logits, labels);
        (_, Tensor[] byAutograd) = Gradient.ByAutograd(inputs => Logistic.Loss(inputs[0], labels), logits);
        Tensor byDifferences = Gradient.ByDifferences(inputs => Logistic.Loss(inputs[0], labels), [logits], 1e-5)[0];

        Assert.InRange(Gradient.LargestDifference(byHand, byAutograd[0]), 0, 1e-15);
        Assert.InRange(Gradient.LargestDifference(byHand, byDifferences), 0, 1e-7);
    }

    [Fact]
    public void A_label_between_zero_and_one_weighs_both_losses()
    {
        double both = (0.25 * Logistic.Loss(2, 1)) + (0.75 * Logistic.Loss(2, 0));
        Assert.Equal(both, Logistic.Loss(2, 0.25), 1e-15);
    }

    [Fact]
    public void Bad_input_is_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = zeros(3);
        Assert.Throws<ArgumentOutOfRangeException>(() => Logistic.Logit(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Logistic.Loss(0, 2));
        Assert.Throws<ArgumentNullException>(() => Logistic.Probability(null!));
        Assert.Throws<ArgumentNullException>(() => Logistic.Loss(logits, null!));
        Assert.Throws<ArgumentException>(() => Logistic.Probability(zeros(3, ScalarType.Int64)));
        Assert.Throws<ArgumentException>(() => Logistic.Probability(Draw.Vector(0, double.NaN)));
        Assert.Throws<ArgumentException>(() => Logistic.Loss(logits, zeros(4)));
        Assert.Throws<ArgumentException>(() => Logistic.Loss(zeros(0), zeros(0)));
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => Logistic.Loss(logits, Draw.Vector(0, 1, 2).to(ScalarType.Int64)));
        Assert.Contains("label 2 is outside 0..1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Logistic.Gradient(logits, Draw.Vector(0, 1, -1).to(ScalarType.Int64)));
    }
}
