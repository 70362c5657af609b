using ArcFace.Losses;
using ArcFace.Notebooks.Lessons;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

public sealed class SquaredErrorTests
{
    // p = (0.8, 0.2) against (1, 0): 0.2² + 0.2².
    [Fact]
    public void It_is_the_sum_over_classes_and_the_mean_over_the_batch()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Draw.Vector(Math.Log(4), 0, 0, Math.Log(4)).reshape(2, 2);
        Assert.Equal(0.08, SquaredError.FromLogits(logits, tensor(new long[] { 0, 1 })).item<double>(), 1e-15);
        Assert.Equal((0.08 + 1.28) / 2, SquaredError.FromLogits(logits, tensor(new long[] { 0, 0 })).item<double>(), 1e-15);
    }

    // Each way rounds on its own; differences with h = 1e-5 are off by about h².
    [Fact]
    public void Gradient_by_hand_by_autograd_and_by_differences_agree()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Draw.Normal(1, 5, 4) * 2;
        Tensor labels = Draw.Labels(2, 5, 4);
        Tensor p = Softmax.Probabilities(logits);
        Tensor error = p - nn.functional.one_hot(labels, 4);
        Tensor byHand = 2 * p * (error - (p * error).sum(1, keepdim: true)) / 5;
        Tensor Loss(Tensor[] inputs) => SquaredError.FromLogits(inputs[0], labels);
        Assert.InRange(Gradient.LargestDifference(byHand, Gradient.ByAutograd(Loss, logits).Gradients[0]), 0, 1e-15);
        Assert.InRange(Gradient.LargestDifference(byHand, Gradient.ByDifferences(Loss, [logits], 1e-5)[0]), 0, 1e-9);
    }

    [Fact]
    public void Its_gradient_vanishes_where_the_model_is_most_wrong_and_that_of_cross_entropy_does_not()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = Draw.Vector(-30, 30).reshape(1, 2);
        Tensor label = zeros(1, ScalarType.Int64);
        Tensor squared = Gradient.ByAutograd(i => SquaredError.FromLogits(i[0], label), logits).Gradients[0];
        Tensor entropy = Gradient.ByAutograd(i => CrossEntropy.FromLogits(i[0], label), logits).Gradients[0];
        Assert.InRange(squared.abs().max().item<double>(), 0, 1e-20);
        Assert.Equal(-1, entropy[0, 0].item<double>(), 1e-15);
    }

    [Fact]
    public void Bad_input_is_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => SquaredError.FromLogits(zeros(3), zeros(3, ScalarType.Int64)));
        Assert.Throws<ArgumentOutOfRangeException>(() => SquaredError.FromLogits(zeros(1, 3), ones(1, ScalarType.Int64) * 3));
    }
}
