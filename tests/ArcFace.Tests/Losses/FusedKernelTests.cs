using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>The fused kernel gives the loss and the gradients of the eager one, whatever the options and the workspace.</summary>
public sealed class FusedKernelTests
{
    private const long Samples = 9;
    private const long Classes = 11;
    private const long Width = 6;

    // All classes at once; blocks of three classes and a rest; a class a block.
    private static readonly long[] ClassesAtOnce = [Classes, 3, 1];

    public static TheoryData<AngularMargin, MarginBoundary, MarginGradient> Combinations()
    {
        TheoryData<AngularMargin, MarginBoundary, MarginGradient> data = [];
        foreach (AngularMargin margin in (AngularMargin[])[
            AngularMargin.None, AngularMargin.ArcFace(), AngularMargin.CosFace(), AngularMargin.SphereFace(4), new(0.9, 0.4, 0.15)])
        {
            foreach (MarginBoundary boundary in Enum.GetValues<MarginBoundary>())
            {
                data.Add(margin, boundary, MarginGradient.Exact);
                data.Add(margin, boundary, MarginGradient.Detached);
            }
        }

        return data;
    }

    // Which of the two is taken depends on the processor; both must be right on all of them.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 0.1)]
    [InlineData(3, 0)]
    [InlineData(3, 0.1)]
    public void Products_by_convolution_equal_products_of_matrices(int centers, double smoothing)
    {
        foreach (long atOnce in ClassesAtOnce)
        {
            foreach (double length in (double[])[1, 1e-15, 1e15])
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor x = Draw.Normal(1, Samples, Width).to(float32), w = (Draw.Normal(2, Classes * centers, Width) * length).to(float32);
                Tensor y = Draw.Labels(3, Samples, Classes);
                MarginSoftmaxOptions options = new()
                {
                    Scale = 8,
                    CentersPerClass = centers,
                    LabelSmoothing = smoothing,
                    WorkspaceBytes = atOnce * Samples * centers * 4,
                };
                var (loss, dx, dw) = FusedMarginSoftmax.Evaluate(x, w, y, options, true, true, ClassProducts.Method.MatrixProduct);
                var (other, otherDx, otherDw) = FusedMarginSoftmax.Evaluate(x, w, y, options, true, true, ClassProducts.Method.Convolution);

                // Sums in another order: some roundings of 6e-8 each.
                Assert.Equal(loss.item<float>(), other.item<float>(), 1e-5f);
                Assert.InRange(Gradient.RelativeError(dx!, otherDx!), 0, 1e-5);
                Assert.InRange(Gradient.RelativeError(dw!, otherDw!), 0, 1e-5);
            }
        }
    }

    // The same sums in another order: some hundred roundings, of 1e-16 or 6e-8 each, against the largest gradient.
    [Theory]
    [MemberData(nameof(Combinations))]
    public void Fused_equals_eager(AngularMargin margin, MarginBoundary boundary, MarginGradient gradient)
    {
        foreach ((ScalarType type, double tolerance) in ((ScalarType, double)[])[(ScalarType.Float64, 1e-12), (ScalarType.Float32, 1e-5)])
        {
            foreach (int centers in (int[])[1, 3])
            {
                foreach (double smoothing in (double[])[0, 0.1])
                {
                    foreach (long atOnce in ClassesAtOnce)
                    {
                        using DisposeScope scope = NewDisposeScope();
                        MarginSoftmaxOptions options = new()
                        {
                            Margin = margin,
                            Boundary = boundary,
                            Gradient = gradient,
                            Scale = 8,
                            CentersPerClass = centers,
                            LabelSmoothing = smoothing,
                            WorkspaceBytes = atOnce * Samples * centers * (type == ScalarType.Float64 ? 8 : 4),
                        };
                        AssertEqual(options, type, tolerance);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Only_what_requires_a_gradient_gets_one(bool forEmbeddings, bool forWeight)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch(ScalarType.Float64, 1);
        MarginSoftmaxLoss.Evaluate(x.requires_grad_(true), w.requires_grad_(true), y, new() { Kernel = MarginKernel.Eager }).backward();
        (Tensor x2, Tensor w2) = (x.detach().clone().requires_grad_(forEmbeddings), w.detach().clone().requires_grad_(forWeight));
        MarginSoftmaxLoss.Evaluate(x2, w2, y, new() { Kernel = MarginKernel.Fused }).backward();
        Assert.Equal(forEmbeddings, x2.grad is not null);
        Assert.Equal(forWeight, w2.grad is not null);
        Assert.InRange(forEmbeddings ? Gradient.RelativeError(x.grad!, x2.grad!) : Gradient.RelativeError(w.grad!, w2.grad!), 0, 1e-12);
    }

    [Fact]
    public void Losses_that_are_scaled_added_and_built_on_others_have_the_eager_gradients()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch(ScalarType.Float64, 1);
        (Tensor eagerX, Tensor eagerW) = Composite(MarginKernel.Eager);
        (Tensor fusedX, Tensor fusedW) = Composite(MarginKernel.Fused);
        Assert.InRange(Gradient.RelativeError(eagerX, fusedX), 0, 1e-12);
        Assert.InRange(Gradient.RelativeError(eagerW, fusedW), 0, 1e-12);

        (Tensor, Tensor) Composite(MarginKernel kernel)
        {
            Tensor a = x.clone().requires_grad_(true);
            Tensor b = w.clone().requires_grad_(true);
            MarginSoftmaxOptions options = new() { Kernel = kernel, Scale = 8 };
            Tensor first = MarginSoftmaxLoss.Evaluate(a.tanh(), b, y, options);
            Tensor second = MarginSoftmaxLoss.Evaluate(a * 2, b * b, y, options with { Margin = AngularMargin.CosFace() });
            Tensor all = (3 * first) + (first * second) + (a * a).sum();
            all.backward();
            return (a.grad!, b.grad!);
        }
    }

    [Fact]
    public void Gradients_of_two_steps_add_up()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch(ScalarType.Float64, 1);
        w = w.requires_grad_(true);
        MarginSoftmaxLoss.Evaluate(x, w, y).backward();
        Tensor once = w.grad!.clone();
        MarginSoftmaxLoss.Evaluate(x, w, y).backward();
        Assert.InRange(Gradient.RelativeError(once * 2, w.grad!), 0, 1e-15);
    }

    // x parallel and opposite to its weight, both zero vectors, duplicates, and scales far from any that trains.
    [Theory]
    [InlineData(1e-3)]
    [InlineData(64)]
    [InlineData(1e4)]
    public void Edges_of_the_sphere_are_finite_and_those_of_eager(double scale)
    {
        foreach (MarginBoundary boundary in Enum.GetValues<MarginBoundary>())
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor w = Draw.Normal(2, 5, Width);
            w[4].zero_();
            Tensor x = stack([w[0] * 3, w[1] * -2, w[4].clone(), w[2] + w[3], w[2] + w[3], w[0].clone()]);
            Tensor y = tensor(new long[] { 0, 1, 2, 2, 3, 4 });
            AssertEqual(new() { Scale = scale, Boundary = boundary, WorkspaceBytes = 100 }, x, w, y, 1e-12);
        }
    }

    [Fact]
    public void One_class_and_one_sample_are_those_of_eager()
    {
        using DisposeScope scope = NewDisposeScope();
        AssertEqual(new(), Draw.Normal(1, 1, Width), Draw.Normal(2, 1, Width), zeros(1, ScalarType.Int64), 1e-12);
        AssertEqual(new(), Draw.Normal(1, 1, Width), Draw.Normal(2, 2, Width), zeros(1, ScalarType.Int64), 1e-12);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Half_precision_is_computed_in_single_and_its_gradient_handed_back_in_half(ScalarType half)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch(ScalarType.Float32, 1);
        AssertEqual(new() { Scale = 8 }, x.to(half), w, y, 1e-5);
        Tensor leaf = x.to(half).requires_grad_(true);
        MarginSoftmaxLoss.Evaluate(leaf, w, y, new() { Kernel = MarginKernel.Fused }).backward();
        Assert.Equal(half, leaf.grad!.dtype);
    }

    [Fact]
    public void A_weight_that_is_not_finite_is_named()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch(ScalarType.Float32, 1);
        w[3, 2] = double.NaN;
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => MarginSoftmaxLoss.Evaluate(x, w.requires_grad_(true), y, new() { Kernel = MarginKernel.Fused }));
        Assert.Equal("weight", error.ParamName);
        Assert.Contains("flat index 20", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Auto_is_fused_where_that_pays_or_the_workspace_asks_for_it()
    {
        Assert.False(MarginSoftmaxLoss.IsFused(new(), 128 * 511));
        Assert.True(MarginSoftmaxLoss.IsFused(new(), 128 * 512));
        Assert.True(MarginSoftmaxLoss.IsFused(new() { WorkspaceBytes = 1000 }, 128));
        Assert.False(MarginSoftmaxLoss.IsFused(new() { Kernel = MarginKernel.Eager }, long.MaxValue / 8));
        Assert.True(MarginSoftmaxLoss.IsFused(new() { Kernel = MarginKernel.Fused }, 1));
    }

    [Fact]
    public void Without_recording_the_value_is_the_same_and_has_no_history()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w, Tensor y) = Batch(ScalarType.Float64, 1);
        Tensor recorded = MarginSoftmaxLoss.Evaluate(x.requires_grad_(true), w.requires_grad_(true), y);
        using (no_grad())
        {
            for (int i = 0; i < 2; i++)
            {
                Tensor plain = MarginSoftmaxLoss.Evaluate(x, w, y);
                Assert.False(plain.requires_grad);
                Assert.Equal(recorded.item<double>(), plain.item<double>());
            }
        }

        recorded.backward();
        Assert.NotNull(w.grad);
    }

    private static void AssertEqual(MarginSoftmaxOptions options, ScalarType type, double tolerance)
    {
        (Tensor x, Tensor w, Tensor y) = Batch(type, options.CentersPerClass);
        AssertEqual(options, x, w, y, tolerance);
    }

    private static void AssertEqual(MarginSoftmaxOptions options, Tensor x, Tensor w, Tensor y, double tolerance)
    {
        Tensor Loss(Tensor[] inputs, MarginKernel kernel) =>
            MarginSoftmaxLoss.Evaluate(inputs[0], inputs[1], y, options with { Kernel = kernel });
        (double eager, Tensor[] eagerGradients) = Gradient.ByAutograd(inputs => Loss(inputs, MarginKernel.Eager), x, w);
        (double fused, Tensor[] fusedGradients) = Gradient.ByAutograd(inputs => Loss(inputs, MarginKernel.Fused), x, w);
        Assert.InRange(Math.Abs(fused - eager), 0, tolerance * Math.Abs(eager));
        Assert.InRange(Gradient.RelativeError(eagerGradients[0], fusedGradients[0]), 0, tolerance);
        Assert.InRange(Gradient.RelativeError(eagerGradients[1], fusedGradients[1]), 0, tolerance);
    }

    private static (Tensor X, Tensor W, Tensor Y) Batch(ScalarType type, long centers)
    {
        Tensor w = Draw.Normal(2, Classes * centers, Width);
        return (Draw.Normal(1, Samples, Width).to(type), w.to(type), Draw.Labels(3, Samples, Classes));
    }
}
