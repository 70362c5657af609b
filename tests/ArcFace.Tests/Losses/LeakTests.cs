using ArcFace.Losses;
using ArcFace.Notebooks.Lessons;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>Every function of the room hands back one tensor and leaves no other.</summary>
[Collection(TensorCounts.Name)]
public sealed class LeakTests
{
    private static readonly Dictionary<string, Func<Inputs, Tensor>> Functions = new()
    {
        ["Softmax.Probabilities"] = i => Softmax.Probabilities(i.X, 2),
        ["Softmax.LogProbabilities"] = i => Softmax.LogProbabilities(i.X),
        ["CrossEntropy.FromLogits"] = i => CrossEntropy.FromLogits(i.P, i.Y, 0.1),
        ["CrossEntropy.FromLogits, half"] = i => CrossEntropy.FromLogits(i.Half, i.Y),
        ["CrossEntropy.Between"] = i => CrossEntropy.Between(i.P, i.P),
        ["Entropy.Of"] = i => Entropy.Of(i.P),
        ["KullbackLeibler.Divergence"] = i => KullbackLeibler.Divergence(i.P, i.P),
        ["SquaredError.FromLogits"] = i => SquaredError.FromLogits(i.P, i.Y),
        ["NormalizedLogits.Cosines"] = i => NormalizedLogits.Cosines(i.X, i.W),
        ["NormalizedLogits.Scaled"] = i => NormalizedLogits.Scaled(i.X, i.W, 2),
        ["NormalizedLogits.Angles"] = i => NormalizedLogits.Angles(i.X, i.W),
        ["NormalizedLogits.Norms"] = i => NormalizedLogits.Norms(i.X),
        ["AngularMargin.TargetCosine"] = i => AngularMargin.ArcFace().TargetCosine(i.X),
        ["MarginSoftmaxLoss.Evaluate"] = i => MarginSoftmaxLoss.Evaluate(i.X, i.W, i.Y),
        ["MarginSoftmaxLoss.Evaluate, half"] = i => MarginSoftmaxLoss.Evaluate(i.Half, i.W, i.Y),
        ["MarginSoftmaxLoss.Evaluate, fused"] = i => MarginSoftmaxLoss.Evaluate(i.X, i.W, i.Y, new() { Kernel = MarginKernel.Fused }),
        ["MarginSoftmaxLoss.Evaluate, sampled"] = i => MarginSoftmaxLoss.Evaluate(i.X, i.Many, i.Y, new() { SampleRate = 0.1 }),
        ["IntraLoss.Evaluate"] = i => IntraLoss.Evaluate(i.X, i.W, i.Y),
        ["InterLoss.Evaluate"] = i => InterLoss.Evaluate(i.X, i.W, i.Y),
        ["TripletLoss.Euclidean"] = i => TripletLoss.Euclidean(i.X, i.X, i.X),
        ["TripletLoss.Angular"] = i => TripletLoss.Angular(i.X, i.X, i.X),
        ["PairwiseDistances.SquaredEuclidean"] = i => PairwiseDistances.SquaredEuclidean(i.X),
        ["TripletLoss.FromDistances"] = i =>
            TripletLoss.FromDistances(i.Distances, TripletMining.Mine(i.Distances, i.Y, TripletStrategy.All), 0.2),
    };

    public static TheoryData<string> Names() => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_loss_leaves_nothing_behind_but_its_result(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Inputs inputs = Inputs.Create();
        Functions[name](inputs).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using Tensor result = Functions[name](inputs);
        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void A_refusal_leaves_nothing_behind()
    {
        using DisposeScope scope = NewDisposeScope();
        Inputs inputs = Inputs.Create();
        Tensor infinite = inputs.X / 0;
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Assert.Throws<ArgumentException>(() => MarginSoftmaxLoss.Evaluate(infinite, inputs.W, inputs.Y));
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private sealed record Inputs(Tensor X, Tensor W, Tensor Y, Tensor P, Tensor Half, Tensor Distances, Tensor Many)
    {
        public static Inputs Create()
        {
            Tensor x = Draw.Normal(1, 6, 4);
            return new Inputs(
                x,
                Draw.Normal(2, 3, 4),
                Draw.Labels(3, 6, 3),
                Softmax.Probabilities(Draw.Normal(4, 6, 3)),
                x.to(ScalarType.Float16),
                PairwiseDistances.SquaredEuclidean(x),
                Draw.Normal(5, 40, 4));
        }
    }
}
