using ArcFace.Losses;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

public sealed class TripletTests
{
    // On a line: anchor 0, positive 1, negative 2; squared distances 1 and 4.
    [Theory]
    [InlineData(0.2, 0)]
    [InlineData(3, 0)]
    [InlineData(3.5, 0.5)]
    public void Euclidean_loss_is_what_the_margin_lacks_in_squared_distance(double margin, double expected)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor At(double position) => Draw.Vector(position).reshape(1, 1);
        Assert.Equal(expected, TripletLoss.Euclidean(At(0), At(1), At(2), margin).item<double>(), 1e-15);
    }

    [Fact]
    public void Angular_loss_is_what_the_margin_lacks_in_angle()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor anchors = Draw.OnCircle(0, 0) * 3;
        double loss = TripletLoss.Angular(anchors, Draw.OnCircle(40, 10), Draw.OnCircle(50, 100), Math.PI / 6).item<double>();
        // 40° + 30° − 50° = 20° for the first; the second meets the margin.
        Assert.Equal(Math.PI / 9 / 2, loss, 1e-14);
    }

    // Differences with h = 1e-6 are off by about h² and 1e-15/h.
    [Fact]
    public void Gradients_equal_differences()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] inputs = [Draw.Normal(1, 6, 3), Draw.Normal(2, 6, 3), Draw.Normal(3, 6, 3)];
        Tensor y = tensor(new long[] { 0, 0, 1, 1, 2, 2 });
        foreach (Func<Tensor[], Tensor> loss in new Func<Tensor[], Tensor>[]
        {
            i => TripletLoss.Euclidean(i[0], i[1], i[2]),
            i => TripletLoss.Angular(i[0], i[1], i[2]),
            i => Mined(PairwiseDistances.SquaredEuclidean(i[0])) + Mined(PairwiseDistances.Angles(i[1])),
        })
        {
            Tensor[] autograd = Gradient.ByAutograd(loss, inputs).Gradients;
            Tensor[] differences = Gradient.ByDifferences(loss, inputs, 1e-6);
            Assert.All(autograd.Zip(differences), pair => Assert.InRange(Gradient.RelativeError(pair.Second, pair.First), 0, 1e-8));
        }

        Tensor Mined(Tensor distances) => TripletLoss.FromDistances(
            distances, TripletMining.Mine(distances, y, TripletStrategy.All, 0.3), 0.3);
    }

    [Fact]
    public void The_loss_of_all_mined_triplets_is_that_of_the_same_rows()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 7, 3);
        Tensor y = tensor(new long[] { 0, 0, 1, 1, 0, 2, 2 });
        Tensor distances = PairwiseDistances.SquaredEuclidean(x);
        TripletSelection all = TripletMining.Mine(distances, y, TripletStrategy.All);
        Tensor Rows(Func<Triplet, long> which) => x.index_select(0, tensor(all.Triplets.Select(which).ToArray()));
        double expected = TripletLoss.Euclidean(Rows(t => t.Anchor), Rows(t => t.Positive), Rows(t => t.Negative)).item<double>();
        Assert.Equal(expected, TripletLoss.FromDistances(distances, all, 0.2).item<double>(), 1e-14);
    }

    [Fact]
    public void Duplicates_and_zero_vectors_give_finite_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = cat([Draw.Normal(1, 2, 3), Draw.Normal(1, 2, 3), zeros(2, 3, ScalarType.Float64)]);
        Tensor y = tensor(new long[] { 0, 1, 0, 1, 0, 1 });
        Func<Tensor, Tensor>[] measures = [PairwiseDistances.SquaredEuclidean, PairwiseDistances.Angles];
        foreach (Func<Tensor, Tensor> measure in measures)
        {
            (double loss, Tensor[] gradients) = Gradient.ByAutograd(
                i =>
                {
                    Tensor distances = measure(i[0]);
                    return TripletLoss.FromDistances(distances, TripletMining.Mine(distances, y, TripletStrategy.All), 0.2);
                },
                x);
            Assert.True(double.IsFinite(loss) && Gradient.IsFinite(gradients[0]));
        }
    }

    [Fact]
    public void Mining_finds_what_the_naive_triple_loop_finds() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[2, 12], Gen.Int[1, 4]).Holds((seed, sampleCount, classCount) =>
        {
            using DisposeScope scope = NewDisposeScope();
            const double margin = 0.8;
            Tensor distances = PairwiseDistances.SquaredEuclidean(Draw.Normal(seed, sampleCount, 2));
            Tensor y = Draw.Labels(seed + 1, sampleCount, classCount);
            double D(long i, long j) => distances[i, j].item<double>();
            Triplet[] valid = [.. Naive(y)];

            TripletSelection all = TripletMining.Mine(distances, y, TripletStrategy.All, margin);
            Assert.Equal(valid.ToHashSet(), all.Triplets.ToHashSet());
            Assert.Equal(valid.Length, all.Triplets.Count);
            Assert.Equal(valid.Length, all.ValidCount);
            Assert.Equal(valid.Count(t => D(t.Anchor, t.Negative) >= D(t.Anchor, t.Positive) + margin), all.ZeroLossCount);

            IEnumerable<Triplet> semiHard = valid
                .Where(t => D(t.Anchor, t.Negative) > D(t.Anchor, t.Positive) && D(t.Anchor, t.Negative) < D(t.Anchor, t.Positive) + margin)
                .GroupBy(t => (t.Anchor, t.Positive))
                .Select(pair => pair.MinBy(t => D(t.Anchor, t.Negative)));
            Assert.Equal(semiHard.ToHashSet(), TripletMining.Mine(distances, y, TripletStrategy.SemiHard, margin).Triplets.ToHashSet());

            IEnumerable<Triplet> hard = valid.GroupBy(t => t.Anchor)
                .Select(anchor => anchor.MaxBy(t => D(t.Anchor, t.Positive) - D(t.Anchor, t.Negative)));
            Assert.Equal(hard.ToHashSet(), TripletMining.Mine(distances, y, TripletStrategy.Hard, margin).Triplets.ToHashSet());

            TripletSelection random = TripletMining.Mine(distances, y, TripletStrategy.Random, margin, seed);
            Assert.Equal(valid.Select(t => (t.Anchor, t.Positive)).ToHashSet().Count, random.Triplets.Count);
            Assert.Subset(valid.ToHashSet(), random.Triplets.ToHashSet());
            Assert.Equal(random.Triplets, TripletMining.Mine(distances, y, TripletStrategy.Random, margin, seed).Triplets);
        });

    [Fact]
    public void Random_negatives_depend_on_the_seed()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor distances = PairwiseDistances.Angles(Draw.Normal(1, 30, 4));
        Tensor y = Draw.Labels(2, 30, 3);
        Assert.NotEqual(
            TripletMining.Mine(distances, y, TripletStrategy.Random, seed: 1).Triplets,
            TripletMining.Mine(distances, y, TripletStrategy.Random, seed: 2).Triplets);
    }

    // N·(k − 1)·(N − k) of N = 12 samples in classes of k = 4.
    [Fact]
    public void The_number_of_triplets_is_N_times_k_minus_one_times_N_minus_k()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor y = arange(3, ScalarType.Int64).repeat_interleave(4);
        Assert.Equal(
            12 * 3 * 8, TripletMining.Mine(PairwiseDistances.Angles(Draw.Normal(1, 12, 2)), y, TripletStrategy.Hard).ValidCount);
    }

    [Fact]
    public void A_batch_of_one_class_has_no_triplet_and_no_loss()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor distances = PairwiseDistances.SquaredEuclidean(Draw.Normal(1, 5, 2)).requires_grad_();
        TripletSelection none = TripletMining.Mine(distances, zeros(5, ScalarType.Int64), TripletStrategy.All);
        Assert.Equal(0, none.ValidCount);
        Tensor loss = TripletLoss.FromDistances(distances, none, 0.2);
        loss.backward();
        Assert.Equal(0, loss.item<double>());
        Assert.Equal(0, distances.grad!.abs().max().item<double>());
    }

    [Fact]
    public void Half_precision_is_computed_in_single()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 3, 4).to(ScalarType.Float16);
        Assert.Equal(ScalarType.Float32, PairwiseDistances.SquaredEuclidean(x).dtype);
        Assert.Equal(ScalarType.Float32, PairwiseDistances.Angles(x).dtype);
        Assert.Equal(ScalarType.Float32, TripletLoss.Angular(x, x, x).dtype);
        Assert.Equal(0.2f, TripletLoss.Euclidean(x, x, x).item<float>());
    }

    [Fact]
    public void Bad_input_is_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = zeros(3, 2);
        Tensor square = zeros(3, 3);
        Tensor y = zeros(3, ScalarType.Int64);
        TripletSelection outside = new([new Triplet(0, 1, 3)], 1, 0);
        Assert.Throws<ArgumentException>("positives", () => TripletLoss.Euclidean(x, zeros(2, 2), x));
        Assert.Throws<ArgumentException>("negatives", () => TripletLoss.Angular(x, x, zeros(3, 3)));
        Assert.Throws<ArgumentOutOfRangeException>("margin", () => TripletLoss.Angular(x, x, x, -1));
        Assert.Throws<ArgumentException>("distances", () => TripletMining.Mine(x, y, TripletStrategy.All));
        Assert.Throws<ArgumentException>("labels", () => TripletMining.Mine(square, zeros(2, ScalarType.Int64), TripletStrategy.All));
        Assert.Throws<ArgumentOutOfRangeException>("margin", () => TripletMining.Mine(square, y, TripletStrategy.All, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("strategy", () => TripletMining.Mine(square, y, (TripletStrategy)9));
        Assert.Throws<ArgumentOutOfRangeException>("triplets", () => TripletLoss.FromDistances(square, outside, 0.2));
        Assert.Throws<ArgumentNullException>("triplets", () => TripletLoss.FromDistances(square, null!, 0.2));
        Assert.Throws<ArgumentException>(() => PairwiseDistances.SquaredEuclidean(zeros(3)));
    }

    private static IEnumerable<Triplet> Naive(Tensor labels)
    {
        long[] y = labels.data<long>().ToArray();
        for (int a = 0; a < y.Length; a++)
        {
            for (int p = 0; p < y.Length; p++)
            {
                for (int n = 0; n < y.Length; n++)
                {
                    if (a != p && y[a] == y[p] && y[a] != y[n])
                    {
                        yield return new Triplet(a, p, n);
                    }
                }
            }
        }
    }
}
