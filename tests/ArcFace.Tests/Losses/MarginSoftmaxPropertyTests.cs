using ArcFace.Losses;
using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>What holds for every batch, drawn over random shapes and seeds.</summary>
public sealed class MarginSoftmaxPropertyTests
{
    private static readonly Gen<(int Seed, int N, int C, int D)> Shapes =
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[1, 8], Gen.Int[2, 9], Gen.Int[2, 12]);

    [Fact]
    public void ArcFace_with_zero_margin_equals_normalised_softmax() => ForEach((x, w, y) =>
    {
        double expected = CrossEntropy.FromLogits(NormalizedLogits.Scaled(x, w, 64), y).item<double>();
        Assert.Equal(expected, Loss(x, w, y, new() { Margin = AngularMargin.ArcFace(0) }));
        Assert.Equal(expected, Loss(x, w, y, new() { Margin = AngularMargin.CosFace(0) }));
        Assert.Equal(expected, Loss(x, w, y, new() { Margin = AngularMargin.SphereFace(1) }));
    });

    // The cosines move the loss by at most 2s(1 + m), here 1e-8 times a little more than 3.
    [Fact]
    public void A_vanishing_scale_leaves_the_logarithm_of_the_class_count() => ForEach((x, w, y) =>
        Assert.Equal(Math.Log(w.shape[0]), Loss(x, w, y, new() { Scale = 1e-8 }), 5e-8));

    // A product or norm rounds at 1e-16, the scale 64 and a loss of up to 150 multiply it.
    [Fact]
    public void Lengths_of_embeddings_and_weights_do_not_count() => ForEach((x, w, y) =>
        Assert.Equal(Loss(x, w, y), Loss(x * 37.5, w * 0.003, y), 1e-11));

    [Fact]
    public void A_rotation_of_everything_changes_nothing() => ForEach((x, w, y) =>
    {
        Tensor q = Draw.Rotation(11, x.shape[1]);
        Assert.Equal(Loss(x, w, y), Loss(x.matmul(q), w.matmul(q), y), 1e-11);
    });

    [Fact]
    public void Gradients_are_perpendicular_to_what_they_move() => ForEach((x, w, y) =>
    {
        (_, Tensor[] gradients) = Gradients(x, w, y);
        Assert.InRange((x * gradients[0]).sum(1).abs().max().item<double>(), 0, 1e-11);
        Assert.InRange((w * gradients[1]).sum(1).abs().max().item<double>(), 0, 1e-11);
    });

    [Fact]
    public void The_gradient_of_a_weight_shrinks_as_the_weight_grows() => ForEach((x, w, y) =>
    {
        (_, Tensor[] before) = Gradients(x, w, y);
        (_, Tensor[] after) = Gradients(x, w * 8, y);
        Assert.InRange(Gradient.RelativeError(before[1] / 8, after[1]), 0, 1e-11);
    });

    [Fact]
    public void One_center_a_class_equals_equal_centers() => ForEach((x, w, y) =>
        Assert.Equal(Loss(x, w, y), Loss(x, w.repeat_interleave(3, 0), y, new() { CentersPerClass = 3 }), 1e-11));

    [Fact]
    public void Sub_centers_take_the_nearest_and_row_c_K_plus_k_is_center_k_of_class_c() => ForEach((x, w, y) =>
    {
        // The other centers point away from everything on an axis of their own.
        Tensor wide = cat([w, zeros_like(w[.., ..1])], 1);
        Tensor away = zeros_like(wide);
        away[.., -1] = tensor(-1.0);
        Tensor samples = cat([x, ones_like(x[.., ..1]) * 100], 1);
        Tensor weight = stack([away, wide], 1).reshape(-1, wide.shape[1]);
        Assert.Equal(Loss(samples, wide, y), Loss(samples, weight, y, new() { CentersPerClass = 2 }), 1e-11);
    });

    [Fact]
    public void The_loss_rises_with_the_margin_up_to_pi() => ForEach((x, w, y) =>
    {
        double widest = Math.PI - NormalizedLogits.Angles(x, w).max().item<double>();
        double previous = Loss(x, w, y, new() { Margin = AngularMargin.None });
        foreach (double share in new[] { 0.25, 0.5, 0.75, 1 })
        {
            double loss = Loss(x, w, y, new() { Margin = AngularMargin.ArcFace(share * widest), Boundary = MarginBoundary.Raw });
            Assert.True(loss >= previous - 1e-12, $"{loss} < {previous}");
            previous = loss;
        }
    });

    // The log-sum-exp exceeds the maximum by at most ln C.
    [Fact]
    public void A_vast_scale_leaves_the_hinge_between_the_best_other_class_and_the_target() => ForEach((x, w, y) =>
    {
        Tensor column = y.unsqueeze(1);
        Tensor target = AngularMargin.ArcFace().TargetCosine(NormalizedLogits.Angles(x, w).gather(1, column)).squeeze(1);
        Tensor others = NormalizedLogits.Cosines(x, w).scatter(1, column, full_like(column, -9, ScalarType.Float64)).amax([1]);
        double hinge = nn.functional.relu(others - target).mean().item<double>();
        Assert.Equal(hinge, Loss(x, w, y, new() { Scale = 1e4 }) / 1e4, Math.Log(w.shape[0]) / 1e4);
    });

    [Fact]
    public void A_sampling_rate_of_one_is_the_full_loss() => ForEach((x, w, y) =>
        Assert.Equal(Loss(x, w, y), Loss(x, w, y, new() { SampleRate = 1, Kernel = MarginKernel.Eager })));

    // In single precision a cosine is off by some 1e-7, times s; half input holds each number to 1/2048.
    [Fact]
    public void Single_and_half_precision_stay_close_to_double() => ForEach((x, w, y) =>
    {
        double expected = Loss(x, w, y);
        Assert.Equal(expected, Loss(x.to(ScalarType.Float32), w.to(ScalarType.Float32), y), 2e-4);
        Tensor half = x.to(ScalarType.Float16);
        Assert.Equal(
            Loss(half.to(ScalarType.Float32), w.to(ScalarType.Float32), y), Loss(half, w.to(ScalarType.Float32), y));
    });

    private static void ForEach(Action<Tensor, Tensor, Tensor> property) => Shapes.Holds(
        shape =>
        {
            using DisposeScope scope = NewDisposeScope();
            property(
                Draw.Normal(shape.Seed, shape.N, shape.D),
                Draw.Normal(shape.Seed + 1, shape.C, shape.D),
                Draw.Labels(shape.Seed + 2, shape.N, shape.C));
        });

    private static double Loss(Tensor x, Tensor w, Tensor y, MarginSoftmaxOptions? options = null) =>
        MarginSoftmaxLoss.Evaluate(x, w, y, options).to(ScalarType.Float64).item<double>();

    private static (double Value, Tensor[] Gradients) Gradients(Tensor x, Tensor w, Tensor y) =>
        Gradient.ByAutograd(inputs => MarginSoftmaxLoss.Evaluate(inputs[0], inputs[1], y), x, w);
}
