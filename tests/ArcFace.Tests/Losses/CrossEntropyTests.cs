using ArcFace.Losses;
using ArcFace.Notebooks.Lessons;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

public sealed class CrossEntropyTests
{
    [Fact]
    public void One_hot_labels_reduce_it_to_minus_log_p_of_the_label()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Draw.Normal(1, 6, 4);
        Tensor labels = Draw.Labels(2, 6, 4);
        double sum = 0;
        for (int i = 0; i < 6; i++)
        {
            sum -= Math.Log(Softmax.Probabilities(logits[i].data<double>().ToArray())[labels[i].item<long>()]);
        }

        Assert.Equal(sum / 6, CrossEntropy.FromLogits(logits, labels).item<double>(), 1e-14);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(0.9)]
    public void Smoothing_is_the_cross_entropy_to_the_smoothed_target(double smoothing)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Draw.Normal(3, 6, 4);
        Tensor labels = Draw.Labels(4, 6, 4);
        Tensor target = (nn.functional.one_hot(labels, 4).to(ScalarType.Float64) * (1 - smoothing)) + (smoothing / 4);
        double expected = CrossEntropy.Between(target, Softmax.Probabilities(logits)).mean().item<double>();
        Assert.Equal(expected, CrossEntropy.FromLogits(logits, labels, smoothing).item<double>(), 1e-14);
    }

    // By hand and by autograd the roundings differ; differences with h = 1e-5 are off by about h² = 1e-10.
    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void Gradient_is_p_minus_target_over_N(double smoothing)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Draw.Normal(5, 5, 3) * 4;
        Tensor labels = Draw.Labels(6, 5, 3);
        Tensor target = (nn.functional.one_hot(labels, 3).to(ScalarType.Float64) * (1 - smoothing)) + (smoothing / 3);
        Tensor byHand = (Softmax.Probabilities(logits) - target) / 5;
        Tensor Loss(Tensor[] inputs) => CrossEntropy.FromLogits(inputs[0], labels, smoothing);
        (_, Tensor[] byAutograd) = Gradient.ByAutograd(Loss, logits);

        Assert.InRange(Gradient.LargestDifference(byHand, byAutograd[0]), 0, 1e-15);
        Assert.InRange(Gradient.LargestDifference(byHand, Gradient.ByDifferences(Loss, [logits], 1e-5)[0]), 0, 1e-9);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Logits_of_ten_thousand_stay_exact(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Draw.Vector(1e4, -1e4, 0, -1e4, 1e4, 0).reshape(2, 3).to(type);
        (double loss, Tensor[] gradients) = Gradient.ByAutograd(
            inputs => CrossEntropy.FromLogits(inputs[0], zeros(2, ScalarType.Int64)), logits);
        Assert.Equal(1e4, loss);
        Assert.Equal([0, 0, 0, -0.5, 0.5, 0], gradients[0].to(ScalarType.Float64).data<double>().ToArray());
    }

    [Fact]
    public void Half_precision_logits_are_computed_in_single()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor half = Draw.Normal(7, 4, 5).to(ScalarType.Float16);
        Tensor labels = Draw.Labels(8, 4, 5);
        Tensor loss = CrossEntropy.FromLogits(half, labels);
        Assert.Equal(ScalarType.Float32, loss.dtype);
        Assert.Equal(CrossEntropy.FromLogits(half.to(ScalarType.Float32), labels).item<float>(), loss.item<float>());
    }

    [Fact]
    public void One_class_costs_nothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(0, CrossEntropy.FromLogits(Draw.Normal(1, 3, 1), zeros(3, ScalarType.Int64)).item<double>());
    }

    // H(p, q), H(p) and KL(p ‖ q) of (1/2, 1/4, 1/4) and (1/4, 1/4, 1/2), in nats: 7/4, 3/2 and 1/4 bits.
    [Fact]
    public void Cross_entropy_entropy_and_divergence_have_the_known_values()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor p = Draw.Vector(0.5, 0.25, 0.25);
        Tensor q = Draw.Vector(0.25, 0.25, 0.5);
        Assert.Equal(1.75 * Math.Log(2), CrossEntropy.Between(p, q).item<double>(), 1e-15);
        Assert.Equal(1.5 * Math.Log(2), Entropy.Of(p).item<double>(), 1e-15);
        Assert.Equal(0.25 * Math.Log(2), KullbackLeibler.Divergence(p, q).item<double>(), 1e-15);
    }

    [Fact]
    public void Divergence_is_cross_entropy_minus_entropy_and_never_negative() =>
        Gen.Select(Gen.Double[-20, 20].Array[2, 9], Gen.Int[0, 1000]).Holds((logits, seed) =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor p = tensor(Softmax.Probabilities(logits));
            Tensor q = Softmax.Probabilities(Draw.Normal(seed, logits.Length));
            double divergence = KullbackLeibler.Divergence(p, q).item<double>();
            Assert.Equal(CrossEntropy.Between(p, q).item<double>() - Entropy.Of(p).item<double>(), divergence, 1e-13);
            // A sum of terms of both signs, each rounded at about 1e-16.
            Assert.True(divergence > -1e-14, $"{divergence}");
            Assert.Equal(0, KullbackLeibler.Divergence(p, p).item<double>());
        });

    [Fact]
    public void Zero_times_log_zero_is_zero_and_the_impossible_costs_infinity()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor certain = Draw.Vector(1.0, 0);
        Tensor other = Draw.Vector(0.0, 1);
        Tensor even = Draw.Vector(0.5, 0.5);
        Assert.Equal(0, Entropy.Of(certain).item<double>());
        Assert.Equal(0, CrossEntropy.Between(certain, certain).item<double>());
        Assert.Equal(Math.Log(2), KullbackLeibler.Divergence(certain, even).item<double>(), 1e-15);
        Assert.Equal(double.PositiveInfinity, KullbackLeibler.Divergence(even, certain).item<double>());
        Assert.Equal(double.PositiveInfinity, CrossEntropy.Between(other, certain).item<double>());
    }

    [Fact]
    public void Rows_are_measured_one_by_one()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor p = Softmax.Probabilities(Draw.Normal(1, 3, 4));
        Tensor q = Softmax.Probabilities(Draw.Normal(2, 3, 4));
        Assert.Equal([3L], Entropy.Of(p).shape);
        Assert.Equal(KullbackLeibler.Divergence(p[1], q[1]).item<double>(), KullbackLeibler.Divergence(p, q)[1].item<double>(), 1e-15);
    }

    [Fact]
    public void Bad_logits_and_labels_are_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = zeros(2, 3);
        Tensor labels = zeros(2, ScalarType.Int64);
        Assert.Throws<ArgumentNullException>(() => CrossEntropy.FromLogits(null!, labels));
        Assert.Throws<ArgumentNullException>(() => CrossEntropy.FromLogits(logits, null!));
        Assert.Throws<ArgumentException>(() => CrossEntropy.FromLogits(zeros(3), labels));
        Assert.Throws<ArgumentException>(() => CrossEntropy.FromLogits(zeros(0, 3), zeros(0, ScalarType.Int64)));
        Assert.Throws<ArgumentException>(() => CrossEntropy.FromLogits(zeros(2, 3, ScalarType.Int64), labels));
        Assert.Throws<ArgumentException>(() => CrossEntropy.FromLogits(logits / 0, labels));
        Assert.Throws<ArgumentException>(() => CrossEntropy.FromLogits(logits, zeros(2)));
        Assert.Throws<ArgumentException>(() => CrossEntropy.FromLogits(logits, zeros(3, ScalarType.Int64)));
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.FromLogits(logits, labels - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropy.FromLogits(logits, labels, 1));
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            () => CrossEntropy.FromLogits(logits, labels + 12));
        Assert.Contains("class label 12 is outside 0..2 (3 classes)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_distribution_is_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor p = Draw.Vector(0.5, 0.5);
        Assert.Throws<ArgumentNullException>(() => Entropy.Of(null!));
        Assert.Throws<ArgumentException>(() => Entropy.Of(tensor(1.0)));
        Assert.Throws<ArgumentException>(() => Entropy.Of(ones(1, ScalarType.Int64)));
        Assert.Throws<ArgumentException>(() => Entropy.Of(Draw.Vector(1.5, -0.5)));
        Assert.Throws<ArgumentException>(() => Entropy.Of(Draw.Vector(0.5, 0.4)));
        Assert.Throws<ArgumentException>(() => Entropy.Of(Draw.Vector(0.5, double.NaN)));
        Assert.Throws<ArgumentException>(() => CrossEntropy.Between(p, Draw.Vector(1.0)));
        Assert.Throws<ArgumentException>(() => KullbackLeibler.Divergence(p, p.to(ScalarType.Float32)));
        Assert.Throws<ArgumentException>(() => Entropy.Of(Draw.Vector(0.5, 0.4).to(ScalarType.Float32)));
        Assert.Throws<ArgumentException>(() => Entropy.Of(Draw.Vector(0.5, 0.4).to(ScalarType.BFloat16)));
    }
}
