using ArcFace.Data;
using ArcFace.Models;
using ArcFace.Notebooks.Charts;
using ArcFace.Notebooks.Lessons;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

[Collection(TensorCounts.Name)]
public class NetworksTests
{
    private static readonly SmallTraining Short = new(EmbeddingSize: 4, Epochs: 10, LearningRate: 0.01, CPU);

    [Fact]
    public void A_small_training_learns_with_either_head_and_leaves_no_tensor_behind()
    {
        using LabeledImages digits = Digits.Load();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (Parts parts = Parts.Of(digits, 0.6, seed: 1))
        {
            Assert.Equal(digits.Count, parts.Train.Count + parts.Validation.Count + parts.Test.Count);
            Assert.InRange(parts.Test.Count - parts.Validation.Count, -10, 10);
            (double margin, double error) = Short.Margin(parts.Train, 1, new() { Scale = 16 }, (body, head) =>
                (Networks.Accuracy(head.Logits(body.call(parts.Test.Images)), parts.Test.Labels), body.EqualErrorRate(parts.Test)));
            Assert.InRange(margin, 0.5, 1);
            Assert.InRange(error, 0.001, 0.4);
            Assert.InRange(Short.Softmax(parts.Train, 1, (body, head) => nn.Sequential(body, head).Accuracy(parts.Test)), 0.5, 1);
            Assert.Equal(margin, Short.Margin(parts.Train, 1, new() { Scale = 16 }, (body, head) =>
                Networks.Accuracy(head.Logits(body.call(parts.Test.Images)), parts.Test.Labels)));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_centered_training_does_not_see_how_bright_all_images_are_together()
    {
        using LabeledImages digits = Digits.Load();
        using LabeledImages dark = new(digits.Images * 0.5, digits.Labels.clone(), digits.ClassNames);
        using LabeledImages bright = new((digits.Images * 0.5) + 0.5, digits.Labels.clone(), digits.ClassNames);
        double LargestDifference(bool centered)
        {
            SmallTraining training = Short with { Epochs = 1, Centered = centered };
            double[] Embedded(LabeledImages images) => training.Softmax(images, 1, (body, _) => body.Embed(images).ToDoubles());
            return Embedded(dark).Zip(Embedded(bright)).Max(pair => Math.Abs(pair.First - pair.Second));
        }

        Assert.InRange(LargestDifference(centered: true), 0, 0.01);   // the two means are rounded differently, and 15 steps follow
        Assert.InRange(LargestDifference(centered: false), 0.5, 100);
    }

    [Fact]
    public void What_a_network_makes_of_images_has_no_gradient_and_outlives_the_call()
    {
        using LabeledImages digits = Digits.Load();
        using var network = new Perceptron(64, 3);
        using Tensor embeddings = network.Embed(digits);
        Assert.Equal([digits.Count, 3], embeddings.shape);
        Assert.False(embeddings.requires_grad);
    }

    [Fact]
    public void Batches_that_are_observed_move_the_averages_of_normalisation_and_nothing_else()
    {
        using LabeledImages digits = Digits.Load();
        using var network = nn.Sequential(nn.Flatten(), new BatchNormalization(64), new Perceptron(64, 3));
        double Sum(IEnumerable<Tensor> tensors) => tensors.Where(t => t.is_floating_point()).Sum(t => t.abs().sum().item<float>());
        (double weights, double averages) = (Sum(network.parameters()), Sum(network.buffers()));

        network.Observe(new ShuffledBatches(digits, 128, seed: 1).Epoch(0));

        Assert.False(network.training);
        Assert.Equal(weights, Sum(network.parameters()));
        Assert.NotEqual(averages, Sum(network.buffers()), 1.0);
    }

    [Fact]
    public void Finite_differences_are_the_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor at = tensor(new[] { 0.5, -1, 2, 0.25 }, [2, 2]);
        double[] found = FiniteDifferences.Gradient(x => x.pow(3).sum(), at);
        double[] right = [0.75, 3, 12, 0.1875];
        Assert.All(found.Zip(right), p => Assert.Equal(p.Second, p.First, 1e-8));   // h² = 1e-10 times a third derivative of 6, over 6
    }
}
