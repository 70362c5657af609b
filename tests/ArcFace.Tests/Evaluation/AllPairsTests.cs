using ArcFace.Evaluation;
using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

public sealed class AllPairsTests
{
    [Fact]
    public void All_pairs_of_few_samples_equal_the_pairs_written_out()
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        long[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 7L)];
        Tensor embeddings = Samples.Clustered(random, labels, 5, 1);
        (long I, long J)[] pairs = [.. Enumerable.Range(0, 60).SelectMany(i => Enumerable.Range(0, i).Select(j => ((long)i, (long)j)))];
        Tensor same = tensor(pairs.Select(pair => labels[pair.I] == labels[pair.J]).ToArray());
        Tensor left = embeddings[tensor(pairs.Select(pair => pair.I).ToArray())];
        Tensor right = embeddings[tensor(pairs.Select(pair => pair.J).ToArray())];
        RocCurve roc = Verification.EvaluateAllPairs(embeddings, tensor(labels));

        // On the grid the product by matrix and the product by row are the same number.
        Assert.Equal(Verification.Evaluate(left, right, same).Roc, roc);
        Assert.Equal(60 * 59 / 2, roc.GenuineCount + roc.ImpostorCount);
    }

    [Fact]
    public void Pairs_across_two_sets_equal_the_pairs_written_out()
    {
        using var scope = NewDisposeScope();
        var random = new Random(2);
        long[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 4L)];
        Tensor all = Samples.Clustered(random, labels, 5, 1);
        Tensor left = all.slice(0, 0, 15, 1);
        Tensor right = all.slice(0, 15, 40, 1);
        RocCurve roc = Verification.EvaluateAllPairs(left, tensor(labels[..15]), right, tensor(labels[15..]));
        bool[] same = [.. labels[..15].SelectMany(a => labels[15..].Select(b => a == b))];
        VerificationReport written = Verification.Evaluate(left.repeat_interleave(25, 0), right.repeat(15, 1), tensor(same));
        Assert.Equal(written.Roc, roc);
    }

    [Fact]
    public void Counted_scores_of_many_pairs_are_exact_to_the_resolution_they_state()
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        const int Count = 1600; // 1,279,200 pairs: more than are kept one by one.
        long[] labels = [.. Enumerable.Range(0, Count).Select(i => i % 40L)];
        Tensor embeddings = Samples.Clustered(random, labels, 16, 1);
        RocCurve roc = Verification.EvaluateAllPairs(embeddings, tensor(labels));
        Assert.Equal(1.0 / (1 << 20), roc.Resolution);

        double[][] unit = Samples.Directions(embeddings);
        var scores = new List<double>();
        var same = new List<bool>();
        for (int i = 0; i < Count; i++)
        {
            for (int j = i + 1; j < Count; j++)
            {
                double cosine = 0;
                for (int k = 0; k < 16; k++)
                {
                    cosine += unit[i][k] * unit[j][k];
                }

                scores.Add(cosine);
                same.Add(labels[i] == labels[j]);
            }
        }

        RocCurve exact = RocCurve.FromScores([.. scores], [.. same]);
        Assert.Equal((exact.GenuineCount, exact.ImpostorCount), (roc.GenuineCount, roc.ImpostorCount));

        // Only pairs that share a step of 1e-6 can change their order: about one pair of a million.
        Assert.Equal(exact.AreaUnderCurve, roc.AreaUnderCurve, 2e-6);
        Assert.Equal(exact.EqualErrorRate, roc.EqualErrorRate, 1e-5);
        foreach (double rate in new[] { 1e-1, 1e-2, 1e-3 })
        {
            // The threshold holds for the scores themselves, not only for the rounded ones.
            OperatingPoint point = roc.OperatingPointAt(rate);
            int accepted = scores.Where((score, i) => !same[i] && score >= point.Threshold).Count();
            Assert.Equal(point.FalseAccepts, accepted);
            Assert.True(point.FalseAcceptRate <= rate);
            Assert.Equal(exact.TrueAcceptRateAt(rate), point.TrueAcceptRate, 1e-4);
        }
    }

    [Fact]
    public void The_order_of_samples_plays_no_part()
    {
        using var scope = NewDisposeScope();
        var random = new Random(5);
        long[] labels = [.. Enumerable.Range(0, 200).Select(i => i % 11L)];
        Tensor embeddings = Samples.Clustered(random, labels, 6, 1);
        Tensor order = tensor(Samples.Shuffled(random, 200));
        Assert.Equal(
            Verification.EvaluateAllPairs(embeddings, tensor(labels)),
            Verification.EvaluateAllPairs(embeddings[order], tensor(labels)[order]));
    }

    [Fact]
    public void A_collapsed_model_is_worth_a_coin()
    {
        using var scope = NewDisposeScope();
        RocCurve roc = Verification.EvaluateAllPairs(ones(50, 7), arange(50, ScalarType.Int64).remainder(5));
        Assert.Equal(2, roc.Count);
        Assert.Equal(0.5, roc.AreaUnderCurve);
        Assert.Equal(0.5, roc.EqualErrorRate);
        Assert.Equal(0, roc.TrueAcceptRateAt(0.5));
    }
}
