using ArcFace.Losses;
using ArcFace.Notebooks.Lessons;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>The module around the loss: its weight, its options, what it refuses, and that it leaves nothing behind.</summary>
[Collection(TensorCounts.Name)]
public sealed class MarginSoftmaxModuleTests
{
    [Fact]
    public void Options_default_to_ArcFace_of_the_paper()
    {
        MarginSoftmaxOptions options = new();
        Assert.Equal(AngularMargin.ArcFace(0.5), options.Margin);
        Assert.Equal(64, options.Scale);
        Assert.Equal(MarginBoundary.Monotone, options.Boundary);
        Assert.Equal(MarginGradient.Exact, options.Gradient);
        Assert.Equal(MarginKernel.Auto, options.Kernel);
        Assert.Equal(1, options.CentersPerClass);
        Assert.Equal(0, options.LabelSmoothing);
        Assert.Equal(1, options.SampleRate);
        Assert.Equal(256L * 1024 * 1024, options.WorkspaceBytes);
    }

    [Fact]
    public void The_weight_has_a_unit_row_for_every_center_and_is_called_weight()
    {
        using MarginSoftmaxLoss loss = new(5, 4, new() { CentersPerClass = 3 });
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal([12L, 5L], loss.Weight.shape);
        Assert.Equal(ScalarType.Float32, loss.Weight.dtype);
        Assert.True(loss.Weight.requires_grad);
        Assert.Equal(["weight"], loss.state_dict().Keys);
        Assert.Same(loss.Weight, Assert.Single(loss.parameters()));
        Assert.InRange((loss.Weight.norm(1) - 1).abs().max().item<float>(), 0, 1e-6);
    }

    [Fact]
    public void The_same_seed_draws_the_same_weight_whatever_its_type()
    {
        manual_seed(7);
        using MarginSoftmaxLoss first = new(5, 4);
        manual_seed(7);
        using MarginSoftmaxLoss second = new(5, 4, dtype: ScalarType.Float64);
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(ScalarType.Float64, second.Weight.dtype);
        Assert.Equal(0, Gradient.LargestDifference(first.Weight, second.Weight));
    }

    [Fact]
    public void The_weight_outlives_the_scope_it_was_made_in_and_follows_a_change_of_type()
    {
        MarginSoftmaxLoss loss;
        using (NewDisposeScope())
        {
            loss = new MarginSoftmaxLoss(3, 2);
        }

        using (loss)
        {
            loss.to(ScalarType.Float64);
            Assert.Equal(ScalarType.Float64, loss.Weight.dtype);
            Assert.Same(loss.Weight, Assert.Single(loss.parameters()));
        }
    }

    [Fact]
    public void The_weight_survives_saving_and_loading()
    {
        using DisposeScope scope = NewDisposeScope();
        using MarginSoftmaxLoss first = new(3, 2);
        using MarginSoftmaxLoss second = new(3, 2);
        using MemoryStream written = new();
        first.save(written);
        using MemoryStream read = new(written.ToArray());
        second.load(read);
        Assert.Equal(0, Gradient.LargestDifference(first.Weight, second.Weight));
    }

    [Fact]
    public void Calling_the_module_evaluates_its_weight_under_its_options()
    {
        using DisposeScope scope = NewDisposeScope();
        MarginSoftmaxOptions options = new() { Margin = AngularMargin.CosFace(), Scale = 16, CentersPerClass = 2 };
        using MarginSoftmaxLoss loss = new(3, 4, options, dtype: ScalarType.Float64);
        Tensor x = Draw.Normal(1, 5, 3);
        Tensor y = Draw.Labels(2, 5, 4);
        Assert.Same(options, loss.Options);
        Assert.Equal(MarginSoftmaxLoss.Evaluate(x, loss.Weight, y, options).item<double>(), loss.call(x, y).item<double>());
    }

    [Fact]
    public void Logits_are_the_scaled_cosines_to_the_nearest_center_without_margin()
    {
        using DisposeScope scope = NewDisposeScope();
        using MarginSoftmaxLoss loss = new(3, 4, new() { Scale = 16, CentersPerClass = 2 }, dtype: ScalarType.Float64);
        Tensor x = Draw.Normal(1, 5, 3);
        Tensor expected = NormalizedLogits.Scaled(x, loss.Weight, 16).reshape(5, 4, 2).amax([2]);
        Assert.InRange(Gradient.LargestDifference(expected, loss.Logits(x)), 0, 1e-14);
    }

    [Fact]
    public void A_few_steps_of_descent_lower_the_loss()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        using MarginSoftmaxLoss loss = new(8, 3, new() { Scale = 16 });
        using optim.Optimizer optimizer = optim.SGD(loss.parameters(), 0.1);
        Tensor x = Draw.Normal(1, 12, 8).to(ScalarType.Float32);
        Tensor y = Draw.Labels(2, 12, 3);
        float before = loss.call(x, y).item<float>();
        for (int step = 0; step < 50; step++)
        {
            optimizer.zero_grad();
            loss.call(x, y).backward();
            optimizer.step();
        }

        Assert.True(loss.call(x, y).item<float>() < before / 2);
    }

    [Fact]
    public void Bad_options_are_refused_at_the_door()
    {
        Refuses(new() { Margin = default });
        Refuses(new() { Margin = AngularMargin.ArcFace(double.NaN) });
        Refuses(new() { Margin = AngularMargin.CosFace(double.PositiveInfinity) });
        Refuses(new() { Margin = AngularMargin.SphereFace(-1) });
        Refuses(new() { Scale = 0 });
        Refuses(new() { Scale = double.NaN });
        Refuses(new() { Boundary = (MarginBoundary)9 });
        Refuses(new() { Gradient = (MarginGradient)9 });
        Refuses(new() { Kernel = (MarginKernel)9 });
        Refuses(new() { CentersPerClass = 0 });
        Refuses(new() { LabelSmoothing = 1 });
        Refuses(new() { LabelSmoothing = -0.1 });
        Refuses(new() { SampleRate = 0 });
        Refuses(new() { SampleRate = 1.5 });
        Refuses(new() { WorkspaceBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MarginSoftmaxLoss(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MarginSoftmaxLoss(3, 0));
        Assert.Throws<ArgumentException>(() => new MarginSoftmaxLoss(3, 4, dtype: ScalarType.Int64));

        static void Refuses(MarginSoftmaxOptions options) =>
            Assert.Throws<ArgumentOutOfRangeException>(nameof(options), () => new MarginSoftmaxLoss(3, 4, options));
    }

    [Fact]
    public void Bad_batches_are_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        using MarginSoftmaxLoss loss = new(3, 10);
        Tensor x = Draw.Normal(1, 2, 3).to(ScalarType.Float32);
        Tensor y = zeros(2, ScalarType.Int64);
        Assert.Throws<ArgumentNullException>("embeddings", () => loss.call(null!, y));
        Assert.Throws<ArgumentNullException>("labels", () => loss.call(x, null!));
        Assert.Throws<ArgumentException>("embeddings", () => loss.call(zeros(2, 4), y));
        Assert.Throws<ArgumentException>("embeddings", () => loss.call(zeros(3), y));
        Assert.Throws<ArgumentException>("embeddings", () => loss.call(zeros(0, 3), zeros(0, ScalarType.Int64)));
        Assert.Throws<ArgumentException>("embeddings", () => loss.call(zeros(2, 3, ScalarType.Int64), y));
        Assert.Throws<ArgumentException>("labels", () => loss.call(x, y.to(ScalarType.Int32)));
        Assert.Throws<ArgumentException>("labels", () => loss.call(x, zeros(2, 1, ScalarType.Int64)));
        Assert.Throws<ArgumentException>("labels", () => loss.call(x, zeros(3, ScalarType.Int64)));
        Assert.Throws<ArgumentOutOfRangeException>("labels", () => loss.call(x, y - 1));
        Assert.Contains(
            "class label 12 is outside 0..9 (10 classes)",
            Assert.Throws<ArgumentOutOfRangeException>("labels", () => loss.call(x, y + 12)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("embeddings", () => loss.Logits(zeros(2, 4)));
        Assert.Throws<ArgumentException>(
            "weight", () => MarginSoftmaxLoss.Evaluate(x, zeros(5, 3), y, new() { CentersPerClass = 2 }));
    }

    // The meta device stands for a GPU here: it has shapes and types, but no values.
    [Fact]
    public void Operands_on_different_devices_are_refused_at_the_door()
    {
        using DisposeScope scope = NewDisposeScope();
        using MarginSoftmaxLoss loss = new(3, 10);
        Tensor elsewhere = zeros(2, 3, device: META);
        Tensor y = zeros(2, ScalarType.Int64);
        Assert.Throws<ArgumentException>("embeddings", () => loss.call(elsewhere, y));
        Assert.Throws<ArgumentException>("labels", () => loss.call(zeros(2, 3), y.to(META)));
        Assert.Throws<ArgumentException>("q", () => CrossEntropy.Between(ones(2, 1), ones(2, 1, device: META)));
    }

    // A device that cannot be read without stalling it is not read: on the meta device reading would throw.
    [Fact]
    public void Off_the_CPU_no_value_is_read()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = zeros(2, 3, device: META);
        Tensor y = zeros(2, ScalarType.Int64, device: META);
        // Without margin, since the meta device cannot select rows.
        MarginSoftmaxOptions options = new() { Margin = AngularMargin.None };
        Assert.Empty(MarginSoftmaxLoss.Evaluate(x, zeros(4, 3, device: META), y, options).shape);
        Assert.Empty(CrossEntropy.FromLogits(x, y).shape);
        Assert.Equal([2L], Entropy.Of(x).shape);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Embeddings_that_are_not_finite_are_refused_with_their_place(double value)
    {
        using DisposeScope scope = NewDisposeScope();
        using MarginSoftmaxLoss loss = new(3, 10);
        foreach (ScalarType type in new[] { ScalarType.Float16, ScalarType.Float32, ScalarType.Float64 })
        {
            Tensor x = Draw.Vector(1, 2, 3, 4, value, 6).reshape(2, 3).to(type);
            ArgumentException error = Assert.Throws<ArgumentException>("embeddings", () => loss.call(x, zeros(2, ScalarType.Int64)));
            Assert.Contains("flat index 4", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_thousand_steps_leave_no_tensor_behind()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Draw.Normal(1, 6, 4).requires_grad_();
        Tensor y = Draw.Labels(2, 6, 3);
        using MarginSoftmaxLoss loss = new(4, 3, new() { CentersPerClass = 2, LabelSmoothing = 0.1 });
        Step();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int step = 0; step < 1000; step++)
        {
            Step();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            using Tensor value = loss.call(x, y);
            value.backward();
            using Tensor logits = loss.Logits(x);
        }
    }
}
