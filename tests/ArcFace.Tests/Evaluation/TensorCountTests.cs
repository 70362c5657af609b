using ArcFace.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

[Collection("Tensor counts")]
public sealed class TensorCountTests
{
    [Fact]
    public void No_evaluation_leaves_a_tensor_behind_nor_touches_its_input()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        long[] people = [.. Enumerable.Range(0, 60).Select(i => i % 6L)];
        Tensor rows = Samples.Clustered(random, people, 8, 1).requires_grad_();
        Tensor before = rows.clone();
        Tensor labels = tensor(people);
        Tensor others = labels.roll(1);
        Tensor same = tensor(people.Select(person => person % 2).ToArray());
        Tensor weight = eye(8, dtype: ScalarType.Float64).slice(0, 0, 6, 1);
        Tensor half = rows.to(ScalarType.Float16);

        Action[] evaluations =
        [
            () => Verification.Evaluate(rows, rows.roll(1, 0), same),
            () => Verification.Evaluate(half, half, same, labels),
            () => Verification.EvaluateAllPairs(rows, labels),
            () => Verification.EvaluateAllPairs(rows, labels, half, others),
            () => Verification.Bootstrap(rows, half, labels, labels.roll(1) * same, new() { Replicates = 3 }),
            () => Identification.Evaluate(rows, labels, half, others),
            () => Retrieval.Evaluate(rows, labels),
            () => Retrieval.Evaluate(rows, labels, half, others),
            () => AngleStatistics.Measure(rows, labels, weight),
            () => AngleStatistics.Measure(rows, labels),
            () => Assert.ThrowsAny<ArgumentException>(() => Retrieval.Evaluate(rows * 0, labels)),
        ];
        foreach (Action evaluation in evaluations)
        {
            // The caller's own temporaries, such as rows.roll, go with the scope around the call.
            long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            using (NewDisposeScope())
            {
                evaluation();
            }

            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.True(rows.equal(before).all().item<bool>());
    }

    [Fact]
    public void Evaluations_outside_any_scope_leave_nothing_behind()
    {
        using Tensor rows = eye(6, dtype: ScalarType.Float64);
        using Tensor labels = Samples.Labels(0, 0, 1, 1, 2, 2);
        using Tensor same = Samples.Labels(0, 1, 0, 1, 0, 1);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        Verification.Evaluate(rows, rows, same);
        Verification.EvaluateAllPairs(rows, labels);
        Identification.Evaluate(rows, labels, rows, labels);
        Retrieval.Evaluate(rows, labels);
        AngleStatistics.Measure(rows, labels, rows);
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Flip_averaging_leaves_only_its_answer()
    {
        using Tensor images = ones(2, 1, 4, 4);
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        FlipAveraging.Embed(batch => batch.flatten(1), images).Dispose();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
