using ArcFace.Losses;
using ArcFace.Notebooks.Lessons;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

/// <summary>Each rung equals its neighbour at the limiting setting, to the last bit.</summary>
public sealed class LossLadderTests
{
    [Fact]
    public void What_is_changed_in_place_after_the_loss_does_not_count()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = Draw.Labels(2, 6, 2);
        Holds(inputs => LossLadder.Evaluate(inputs[0], inputs[1], inputs[2], y, LossRung.Logistic), Draw.Normal(1, 6, 3), Draw.Normal(3, 1, 3), Draw.Vector(0.4));
        Holds(inputs => LossLadder.Evaluate(inputs[0], inputs[1], inputs[2], y, LossRung.Softmax), Draw.Normal(1, 6, 3), Draw.Normal(3, 2, 3), Draw.Vector(0.4, 1));
        Holds(inputs => Logistic.Loss(inputs[0], y), Draw.Normal(1, 6));

        static void Holds(Func<Tensor[], Tensor> function, params Tensor[] inputs)
        {
            (_, Tensor[] expected) = Gradient.ByAutograd(function, inputs);
            Tensor[] leaves = [.. inputs.Select(input => input.detach().clone().requires_grad_())];
            Tensor loss = function(leaves);
            using (no_grad())
            {
                Array.ForEach(leaves, leaf => leaf.mul_(0));
            }

            loss.backward();
            Assert.All(expected.Zip(leaves), pair => Assert.Equal(0, Gradient.LargestDifference(pair.First, pair.Second.grad!)));
        }
    }

    [Fact]
    public void Softmax_of_two_classes_whose_first_is_zero_equals_logistic()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 6, 3);
        Tensor y = Draw.Labels(2, 6, 2);
        Tensor w = Draw.Normal(3, 1, 3);
        Tensor b = Draw.Vector(0.4);
        Tensor wide = cat([zeros_like(w), w]);
        Assert.Equal(Loss(x, w, b, y, LossRung.Logistic), Loss(x, wide, cat([zeros_like(b), b]), y, LossRung.Softmax));
    }

    // Another formula for the same number.
    [Fact]
    public void The_logistic_rung_equals_the_logistic_loss()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 6, 3);
        Tensor y = Draw.Labels(2, 6, 2);
        Tensor w = Draw.Normal(3, 1, 3);
        double expected = Logistic.Loss(x.matmul(w.t()).squeeze(1) + 0.4, y).item<double>();
        Assert.Equal(expected, Loss(x, w, Draw.Vector(0.4), y, LossRung.Logistic), 1e-15);
    }

    [Fact]
    public void Softmax_with_zero_bias_equals_softmax_without()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch();
        double without = Loss(x, w, null, y, LossRung.NoBias);
        Assert.Equal(without, Loss(x, w, zeros(4, ScalarType.Float64), y, LossRung.Softmax));
        Assert.Equal(without, Loss(x, w, ones(4, ScalarType.Float64), y, LossRung.NoBias));
        Assert.NotEqual(without, Loss(x, w, Draw.Vector(1, 0, 0, 0), y, LossRung.Softmax));
    }

    [Fact]
    public void Normalised_equals_softmax_without_bias_if_all_norms_are_one()
    {
        using DisposeScope scope = NewDisposeScope();
        // Signed axes and halves: their norms are 1 without any rounding.
        Tensor x = Draw.Vector(1, 0, 0, 0, 0, -1, 0, 0, 0.5, 0.5, -0.5, 0.5).reshape(3, 4);
        Tensor w = Draw.Vector(0.5, 0.5, 0.5, 0.5, 0, 0, 1, 0, -0.5, 0.5, 0.5, 0.5).reshape(3, 4);
        Tensor y = tensor(new long[] { 0, 2, 1 });
        Assert.Equal(Loss(x, w, null, y, LossRung.NoBias), Loss(x, w, null, y, LossRung.Normalized));
        Assert.NotEqual(Loss(x * 2, w, null, y, LossRung.NoBias), Loss(x * 2, w, null, y, LossRung.Normalized));
    }

    [Fact]
    public void Scaled_by_one_equals_normalised()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch();
        Assert.Equal(Loss(x, w, null, y, LossRung.Normalized), Loss(x, w, null, y, LossRung.Scaled(1)));
        Assert.NotEqual(Loss(x, w, null, y, LossRung.Normalized), Loss(x, w, null, y, LossRung.Scaled()));
    }

    [Fact]
    public void ArcFace_with_zero_margin_equals_scaled()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch();
        Assert.Equal(Loss(x, w, null, y, LossRung.Scaled(30)), Loss(x, w, null, y, LossRung.ArcFace(30, 0)));
        Assert.NotEqual(Loss(x, w, null, y, LossRung.Scaled(30)), Loss(x, w, null, y, LossRung.ArcFace(30)));
    }

    [Fact]
    public void The_top_rung_is_the_margin_softmax_loss()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch();
        Assert.Equal(MarginSoftmaxLoss.Evaluate(x, w, y).item<double>(), Loss(x, w, null, y, LossRung.ArcFace()));
    }

    // Differences with h = 1e-5 at s = 4 are off by some 1e-8 of the gradient.
    [Fact]
    public void The_gradient_of_every_rung_equals_differences()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch();
        Tensor b = Draw.Normal(4, 4);
        foreach (LossRung rung in new[] { LossRung.Softmax, LossRung.NoBias, LossRung.Normalized, LossRung.Scaled(4), LossRung.ArcFace(4) })
        {
            Tensor Function(Tensor[] i) => LossLadder.Evaluate(i[0], i[1], i[2], y, rung);
            Tensor[] autograd = Gradient.ByAutograd(Function, x, w, b).Gradients;
            Tensor[] differences = Gradient.ByDifferences(Function, [x, w, b], 1e-5);
            Assert.All(autograd.Zip(differences), pair => Assert.InRange(Gradient.RelativeError(pair.Second, pair.First), 0, 1e-7));
        }
    }

    [Fact]
    public void Bad_input_is_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch();
        Tensor b = zeros(4, ScalarType.Float64);
        Assert.Throws<ArgumentNullException>(() => LossLadder.Evaluate(x, w, b, y, null!));
        Assert.Throws<ArgumentNullException>("bias", () => LossLadder.Evaluate(x, w, null, y, LossRung.Softmax));
        Assert.Throws<ArgumentException>("bias", () => LossLadder.Evaluate(x, w, b[..3], y, LossRung.Softmax));
        Assert.Throws<ArgumentException>("bias", () => LossLadder.Evaluate(x, w, y, y, LossRung.Softmax));
        Assert.Throws<ArgumentException>("weight", () => LossLadder.Evaluate(x, w, b, y, LossRung.Logistic));
        Assert.Throws<ArgumentException>("embeddings", () => LossLadder.Evaluate(x[.., ..2], w, b, y, LossRung.Softmax));
        Assert.Throws<ArgumentException>("rung", () => LossLadder.Evaluate(x, w, b, y, LossRung.Normalized with { Bias = true }));
        Assert.Throws<ArgumentException>("rung", () => LossLadder.Evaluate(x, w, b, y, LossRung.Normalized with { OneLogit = true }));
        Assert.Throws<ArgumentException>("rung", () => LossLadder.Evaluate(x, w, b, y, LossRung.NoBias with { Scale = 2 }));
        LossRung marginWithoutAngles = LossRung.NoBias with { Margin = AngularMargin.ArcFace() };
        Assert.Throws<ArgumentException>("rung", () => LossLadder.Evaluate(x, w, b, y, marginWithoutAngles));
        Assert.Throws<ArgumentOutOfRangeException>(() => LossLadder.Evaluate(x, w, b, y, LossRung.Scaled(0)));
    }

    private static (Tensor X, Tensor W, Tensor Y) Batch() => (Draw.Normal(1, 6, 3), Draw.Normal(2, 4, 3), Draw.Labels(3, 6, 4));

    private static double Loss(Tensor x, Tensor w, Tensor? b, Tensor y, LossRung rung) =>
        LossLadder.Evaluate(x, w, b, y, rung).item<double>();
}
