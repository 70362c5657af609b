using ArcFace.Losses;
using ArcFace.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>Partial FC: which classes a step sees, what it makes of them, and that the others stay as they are.</summary>
public sealed class PartialClassesTests
{
    [Theory]
    [InlineData(0.1, 4, 100, 10)]
    [InlineData(0.101, 4, 100, 11)]
    [InlineData(0.1, 30, 100, 30)]
    [InlineData(0.1, 300, 100, 100)]
    [InlineData(1, 4, 100, 100)]
    [InlineData(1e-9, 1, 100, 1)]
    public void A_step_sees_the_share_of_classes_but_never_fewer_than_the_batch_may_have(
        double rate, long samples, long classes, long expected) =>
        Assert.Equal(expected, PartialClasses.Count(rate, samples, classes));

    [Fact]
    public void Every_class_of_the_batch_is_drawn_and_none_twice()
    {
        random.manual_seed(1);
        for (int i = 0; i < 100; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor labels = randint(50, 8);
            (Tensor classes, Tensor positions) = PartialClasses.Draw(labels, 50, 12);
            long[] drawn = classes.data<long>().ToArray();
            Assert.Equal(drawn.Distinct().Order(), drawn);
            Assert.Equal(12, drawn.Length);
            Assert.Equal(labels.data<long>().ToArray(), positions.data<long>().Select(position => drawn[position]));
        }
    }

    [Fact]
    public void The_other_classes_are_drawn_uniformly()
    {
        random.manual_seed(1);
        const int draws = 4000, classes = 20, others = 5;
        int[] counts = new int[classes];
        for (int i = 0; i < draws; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            foreach (long drawn in PartialClasses.Draw(tensor([3L]), classes, others + 1).Classes.data<long>())
            {
                counts[drawn]++;
            }
        }

        Assert.Equal(draws, counts[3]);
        double p = (double)others / (classes - 1), expected = draws * p;
        double[] deviations = [.. counts.Where((_, c) => c != 3).Select(count => (count - expected) / Math.Sqrt(expected * (1 - p)))];

        // Of nineteen standard deviates none is beyond 4.5 but once in ten thousand seeds.
        Assert.All(deviations, deviation => Assert.InRange(deviation, -4.5, 4.5));
        Assert.True(deviations.Max() - deviations.Min() > 0.5, "the counts are too even to be drawn");
    }

    [Theory]
    [InlineData(MarginKernel.Eager, 1)]
    [InlineData(MarginKernel.Fused, 1)]
    [InlineData(MarginKernel.Eager, 3)]
    [InlineData(MarginKernel.Fused, 3)]
    public void Loss_and_gradients_are_those_over_the_drawn_classes(MarginKernel kernel, int centers)
    {
        using DisposeScope scope = NewDisposeScope();
        const long classes = 40, width = 5;
        MarginSoftmaxOptions all = new() { Scale = 8, Kernel = kernel, CentersPerClass = centers };
        Tensor x = Draw.Normal(1, 6, width).requires_grad_(true), w = Draw.Normal(2, classes * centers, width).requires_grad_(true);
        Tensor y = tensor([7L, 0, 39, 7, 21, 3]);
        random.manual_seed(4);
        Tensor loss = MarginSoftmaxLoss.Evaluate(x, w, y, all with { SampleRate = 0.3 });
        loss.backward();
        (Tensor dx, Tensor sparse) = (x.grad!, w.grad!);

        Assert.True(sparse.is_sparse);
        Assert.Equal([classes * centers, width], sparse.shape);
        random.manual_seed(4);
        Tensor drawn = PartialClasses.Draw(y, classes, 12).Classes;
        Tensor rows = (drawn.unsqueeze(1) * centers + arange(centers)).flatten();
        Assert.Equal(rows.data<long>().ToArray(), sparse.SparseIndices[0].data<long>().ToArray());

        Tensor x2 = x.detach().clone().requires_grad_(true), w2 = w.detach().index_select(0, rows).requires_grad_(true);
        Tensor expected = MarginSoftmaxLoss.Evaluate(x2, w2, searchsorted(drawn, y), all);
        expected.backward();
        Assert.Equal(expected.item<double>(), loss.item<double>());
        Assert.True(dx.equal(x2.grad!).all().item<bool>());
        Assert.True(sparse.SparseValues.equal(w2.grad!).all().item<bool>());
    }

    [Fact]
    public void A_loss_can_be_scaled_and_added_to_another()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 4, 5).requires_grad_(true), w = Draw.Normal(2, 30, 5).requires_grad_(true);
        Tensor y = tensor([1L, 2, 3, 4]);
        MarginSoftmaxOptions options = new() { SampleRate = 0.4, Scale = 4 };
        Tensor Loss(int seed)
        {
            random.manual_seed(seed);
            return MarginSoftmaxLoss.Evaluate(x, w, y, options);
        }

        Tensor GradientOf(Tensor loss)
        {
            w.grad = null;
            loss.backward();
            return w.grad!.to_dense();
        }

        Tensor sum = GradientOf(Loss(1) * 2 + Loss(2));
        Tensor parts = GradientOf(Loss(1)) * 2 + GradientOf(Loss(2));
        Assert.True((sum - parts).abs().max().item<double>() < 1e-14);
    }

    [Fact]
    public void The_whole_rate_is_the_loss_over_all_classes()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 4, 5), w = Draw.Normal(2, 30, 5).requires_grad_(true);
        Tensor y = tensor([1L, 2, 3, 4]);
        Tensor full = MarginSoftmaxLoss.Evaluate(x, w, y), whole = MarginSoftmaxLoss.Evaluate(x, w, y, new() { SampleRate = 1 });
        Assert.Equal(full.item<double>(), whole.item<double>());
        whole.backward();
        Assert.False(w.grad!.is_sparse);
    }

    [Fact]
    public void In_evaluation_mode_the_loss_is_over_all_classes()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1);
        using MarginSoftmaxLoss loss = new(5, 30, new() { SampleRate = 0.3 }, dtype: ScalarType.Float64);
        Tensor x = Draw.Normal(1, 4, 5), y = tensor([1L, 2, 3, 4]);
        double full = MarginSoftmaxLoss.Evaluate(x, loss.Weight, y).item<double>();
        Assert.True(loss.call(x, y).item<double>() < full - 0.01, "fewer classes make a smaller sum");
        loss.eval();
        Assert.Equal(full, loss.call(x, y).item<double>());
    }

    [Fact]
    public void Only_drawn_rows_move_decay_or_change_their_momentum()
    {
        using DisposeScope scope = NewDisposeScope();
        random.manual_seed(1);
        const double rate = 0.1, momentum = 0.9, decay = 0.01;
        using MarginSoftmaxLoss loss = new(5, 30, new() { SampleRate = 0.4, Scale = 4 }, dtype: ScalarType.Float64);
        using SparseSgd sgd = new(loss.Weight, new SgdOptions { LearningRate = rate, Momentum = momentum, WeightDecay = decay });
        Tensor x = Draw.Normal(1, 4, 5), y = tensor([1L, 2, 3, 4]);
        Tensor w = loss.Weight.detach().clone(), v = zeros_like(w);
        for (int step = 0; step < 5; step++)
        {
            loss.call(x, y).backward();
            Tensor rows = loss.Weight.grad!.SparseIndices[0].clone(), g = loss.Weight.grad!.to_dense().index_select(0, rows);
            (Tensor before, Tensor still) = (loss.Weight.detach().clone(), sgd.Velocity!.clone());
            sgd.Step();
            Assert.Null(loss.Weight.grad);

            Tensor moved = v.index_select(0, rows) * momentum + g + w.index_select(0, rows) * decay;
            v.index_copy_(0, rows, moved);
            w.index_copy_(0, rows, w.index_select(0, rows) - moved * rate);
            Tensor unseen = ones(30, ScalarType.Bool).index_fill_(0, rows, false);
            Assert.Equal(18, unseen.sum().item<long>());
            Assert.True(before[unseen].equal(loss.Weight[unseen]).all().item<bool>(), "an unseen row moved");
            Assert.True(still[unseen].equal(sgd.Velocity[unseen]).all().item<bool>(), "an unseen velocity changed");
            Assert.True((w - loss.Weight).abs().max().item<double>() < 1e-14);
            Assert.True((v - sgd.Velocity).abs().max().item<double>() < 1e-14);
        }
    }

    [Fact]
    public void A_row_that_a_gradient_names_twice_moves_by_the_sum()
    {
        using DisposeScope scope = NewDisposeScope();
        using var weight = new TorchSharp.Modules.Parameter(Draw.Normal(1, 5, 3));
        using SparseSgd sgd = new(weight, new SgdOptions { LearningRate = 0.1, Momentum = 0, WeightDecay = 0.01 });
        Assert.Null(sgd.Velocity);
        Tensor rows = tensor([3L, 0, 3, 1, 3]), values = Draw.Normal(2, 5, 3);
        Tensor seen = tensor([1.0, 1, 0, 1, 0]).unsqueeze(1), sums = zeros(5, 3, ScalarType.Float64).index_add_(0, rows, values, 1);
        Tensor expected = weight.detach() - ((sums + (weight.detach() * 0.01 * seen)) * 0.1);
        weight.grad = sparse_coo_tensor(rows.unsqueeze(0), values, weight.shape);
        sgd.Step();
        Assert.True((expected - weight).abs().max().item<double>() < 1e-14);
    }
}
