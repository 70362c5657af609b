using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>The paper's intra-class loss L5 and inter-class loss L6.</summary>
public sealed class AngleLossTests
{
    [Fact]
    public void L5_adds_the_mean_target_angle_over_pi()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.OnCircle(30, 120);
        Tensor w = Draw.OnCircle(0, 90, 180, 270);
        Tensor y = tensor(new long[] { 0, 1 });
        double softmax = MarginSoftmaxLoss.Evaluate(x, w, y, new() { Margin = AngularMargin.None, Scale = 8 }).item<double>();
        Assert.Equal(softmax + (30.0 / 180), IntraLoss.Evaluate(x, w, y, 8).item<double>(), 1e-14);
    }

    [Fact]
    public void L6_subtracts_the_mean_angle_to_the_other_classes_over_pi()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.OnCircle(30, 120);
        Tensor w = Draw.OnCircle(0, 90, 180, 280);
        Tensor y = tensor(new long[] { 0, 1 });
        double softmax = MarginSoftmaxLoss.Evaluate(x, w, y, new() { Margin = AngularMargin.None, Scale = 8 }).item<double>();
        double angles = ((90 + 180 + 80) + (90 + 90 + 170)) / 180.0;
        Assert.Equal(softmax - (angles / (2 * 3)), InterLoss.Evaluate(x, w, y, 8).item<double>(), 1e-14);
    }

    // Differences with h = 1e-5 at s = 8 are off by some 1e-8 of the gradient.
    [Fact]
    public void Gradients_equal_differences()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 4, 3);
        Tensor w = Draw.Normal(2, 5, 3);
        Tensor y = Draw.Labels(3, 4, 5);
        foreach (Func<Tensor[], Tensor> loss in new Func<Tensor[], Tensor>[]
        {
            i => IntraLoss.Evaluate(i[0], i[1], y, 8),
            i => InterLoss.Evaluate(i[0], i[1], y, 8),
        })
        {
            Tensor[] autograd = Gradient.ByAutograd(loss, x, w).Gradients;
            Tensor[] differences = Gradient.ByDifferences(loss, [x, w], 1e-5);
            Assert.InRange(Gradient.RelativeError(differences[0], autograd[0]), 0, 1e-6);
            Assert.InRange(Gradient.RelativeError(differences[1], autograd[1]), 0, 1e-6);
        }
    }

    [Fact]
    public void Samples_on_their_class_and_equal_classes_give_finite_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor w = Draw.OnCircle(0, 0, 180);
        Tensor y = tensor(new long[] { 0, 1, 2 });
        foreach (Func<Tensor[], Tensor> loss in new Func<Tensor[], Tensor>[]
        {
            i => IntraLoss.Evaluate(i[0], i[1], y), i => InterLoss.Evaluate(i[0], i[1], y),
        })
        {
            (double value, Tensor[] gradients) = Gradient.ByAutograd(loss, w, w);
            Assert.True(double.IsFinite(value) && Gradient.IsFinite(gradients[0]) && Gradient.IsFinite(gradients[1]));
        }
    }

    [Fact]
    public void Bad_input_is_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = ones(2, ScalarType.Int64);
        Assert.Throws<ArgumentOutOfRangeException>(() => InterLoss.Evaluate(zeros(2, 3), zeros(1, 3), y));
        Assert.Throws<ArgumentOutOfRangeException>(() => IntraLoss.Evaluate(zeros(2, 3), zeros(1, 3), y));
        Assert.Throws<ArgumentOutOfRangeException>(() => IntraLoss.Evaluate(zeros(2, 3), zeros(2, 3), y, -1));
        Assert.Throws<ArgumentException>(() => InterLoss.Evaluate(zeros(2, 3), zeros(2, 4), y));
    }
}
