using ArcFace.Losses;
using ArcFace.Notebooks.Lessons;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>A loss with what it is a function of, in float64, and what it is not.</summary>
internal sealed record LossCase(Tensor[] Inputs, Tensor[] Others, Func<Tensor[], Tensor[], Tensor> Loss)
{
    /// <summary>Every loss of the library by name.</summary>
    public static readonly Dictionary<string, LossCase> All = new()
    {
        ["margin, eager"] = Margin(new() { Kernel = MarginKernel.Eager, Scale = 8 }),
        ["margin, fused"] = Margin(new() { Kernel = MarginKernel.Fused, Scale = 8 }),
        ["margin, eager, centers"] = Margin(new() { Kernel = MarginKernel.Eager, Scale = 8, CentersPerClass = 2, LabelSmoothing = 0.1 }),
        ["margin, fused, centers"] = Margin(new() { Kernel = MarginKernel.Fused, Scale = 8, CentersPerClass = 2, LabelSmoothing = 0.1, WorkspaceBytes = 100 }),
        ["margin, none"] = Margin(new() { Kernel = MarginKernel.Fused, Margin = AngularMargin.None, Scale = 8 }),
        ["partial, eager"] = Margin(new() { Kernel = MarginKernel.Eager, Scale = 8, SampleRate = 0.5 }),
        ["partial, fused"] = Margin(new() { Kernel = MarginKernel.Fused, Scale = 8, SampleRate = 0.5 }),
        ["intra"] = new([Draw.Normal(1, 6, 4), Draw.Normal(2, 5, 4)], [Draw.Labels(3, 6, 5)], (i, c) => IntraLoss.Evaluate(i[0], i[1], c[0], 8)),
        ["inter"] = new([Draw.Normal(1, 6, 4), Draw.Normal(2, 5, 4)], [Draw.Labels(3, 6, 5)], (i, c) => InterLoss.Evaluate(i[0], i[1], c[0], 8)),
        ["cross entropy"] = new([Draw.Normal(1, 6, 4)], [Draw.Labels(3, 6, 4)], (i, c) => CrossEntropy.FromLogits(i[0], c[0], 0.1)),
        ["squared error"] = new([Draw.Normal(1, 6, 4)], [Draw.Labels(3, 6, 4)], (i, c) => SquaredError.FromLogits(i[0], c[0])),
        ["triplet, Euclidean"] = new([Draw.Normal(1, 6, 4), Draw.Normal(2, 6, 4), Draw.Normal(3, 6, 4)], [], (i, _) => TripletLoss.Euclidean(i[0], i[1], i[2])),
        ["triplet, angular"] = new([Draw.Normal(1, 6, 4), Draw.Normal(2, 6, 4), Draw.Normal(3, 6, 4)], [], (i, _) => TripletLoss.Angular(i[0], i[1], i[2])),
        ["pairwise distances"] = new([Draw.Normal(1, 6, 4)], [], (i, _) => PairwiseDistances.SquaredEuclidean(i[0]).triu(1).mean()),
        ["angles"] = new([Draw.Normal(1, 6, 4), Draw.Normal(2, 5, 4)], [], (i, _) => NormalizedLogits.Angles(i[0], i[1]).mean()),
        ["logits"] = new([Draw.Normal(1, 6, 4), Draw.Normal(2, 5, 4)], [], (i, _) => (NormalizedLogits.Scaled(i[0], i[1], 2) * tensor(0.5)).mean()),
        ["norms"] = new([Draw.Normal(1, 6, 4)], [], (i, _) => NormalizedLogits.Norms(i[0]).mean()),
        ["entropy"] = new([Softmax.Probabilities(Draw.Normal(1, 6, 4))], [], (i, _) => Entropy.Of(i[0]).mean()),
        ["divergence"] = new(
            [Softmax.Probabilities(Draw.Normal(1, 6, 4)), Softmax.Probabilities(Draw.Normal(2, 6, 4))], [],
            (i, _) => KullbackLeibler.Divergence(i[0], i[1]).mean() + CrossEntropy.Between(i[0], i[1]).mean()),
    };

    // What two orders of the same sums may differ by, in float64.
    private const double Rounding = 1e-11;

    private static LossCase Margin(MarginSoftmaxOptions options) => new(
        [Draw.Normal(1, 6, 4), Draw.Normal(2, 20 * options.CentersPerClass, 4)],
        [Draw.Labels(3, 6, 20)],
        (inputs, constants) =>
        {
            if (options.SampleRate < 1)
            {
                random.manual_seed(4);
            }

            return MarginSoftmaxLoss.Evaluate(inputs[0], inputs[1], constants[0], options);
        });

    public Tensor[] Leaves() => [.. Inputs.Select(input => input.detach().clone().requires_grad_())];

    public Tensor[] Constants() => [.. Others.Select(other => other.clone())];

    public Tensor[] Gradients()
    {
        Tensor[] leaves = Leaves();
        Loss(leaves, Constants()).backward();
        return [.. leaves.Select(leaf => leaf.grad!.Dense())];
    }

    public static void AssertEqual(IEnumerable<Tensor> expected, IEnumerable<Tensor?> actual, double tolerance = Rounding)
    {
        foreach ((Tensor one, Tensor? other) in expected.Zip(actual))
        {
            Assert.NotNull(other);
            Assert.InRange(Gradient.RelativeError(one.Dense(), other.Dense()), 0, tolerance);
        }
    }
}

internal static class SparseOrDense
{
    public static Tensor Dense(this Tensor gradient) => gradient.is_sparse ? gradient.to_dense() : gradient;
}
