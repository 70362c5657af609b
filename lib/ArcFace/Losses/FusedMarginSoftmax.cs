using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>The margin softmax loss with forward and backward written by hand, in blocks of classes.</summary>
/// <remarks>
/// <para>With x̂ = x/‖x‖ and ŵ_j = W_j/‖W_j‖ the logits are z_ij = s·x̂_i·ŵ_j, but for the target z_iy = s·ψ(θ_iy). Two passes go over
/// blocks of some rows of W each, small enough that a block and what is made of it stay in the processor's cache:</para>
/// <para>1. z = (X̂Wᵀ)·s/‖W_j‖, the target put in, and the running log-sum-exp of each row of z: with m the greatest logit so far,
/// Σ ← Σ·e^{m − m'} + Σ_j e^{z_j − m'}. Then L = mean_i(m + ln Σ − z_iy); with label smoothing z_iy is (1 − ε)z_iy + ε·mean_j z_ij.</para>
/// <para>2. G_ij = p_ij − ε/C, and zero at the target, with p_ij = e^{z_ij}/Σ_j e^{z_ij}. With r = s/N times the gradient of the loss,
/// dW_j = r(Σ_i G_ij·x̂_i − (Σ_i G_ij·cos θ_ij)ŵ_j)/‖W_j‖ and dx_i = r(g_i − (g_i·x̂_i)x̂_i)/‖x_i‖ with g_i = Σ_j G_ij·ŵ_j. The target
/// adds h_i·∂ψ_i/∂x_i and h_i·∂ψ_i/∂W_y, where h_i = r(p_iy − (1 − ε) − ε/C): the chain through the margin is that of
/// <see cref="TargetBranch"/>.</para>
/// <para>Work: three products of 2·N·C·D operations each, X̂Wᵀ, GᵀX̂ and GW. If all logits fit the workspace, N·C numbers, they are
/// kept from pass 1 to pass 2; else pass 2 computes them anew, a fourth product. Memory traffic of main store: W is read once a
/// pass and dW written once, 3·C·D numbers, and the kept logits are written once and read once, 2·N·C. The eager composition
/// reads or writes matrices of C·D about twelve times, and of N·C about twenty times.</para>
/// </remarks>
internal sealed class FusedMarginSoftmax : autograd.SingleTensorFunction<FusedMarginSoftmax>
{
    private const string StateKey = "state";

    /// <inheritdoc/>
    public override string Name => nameof(FusedMarginSoftmax);

    /// <summary>The mean loss; embeddings and weight of one floating-point type, everything checked but the values of the weight.</summary>
    /// <exception cref="ArgumentException">A value of the weight is not finite (found on the CPU).</exception>
    public static Tensor Evaluate(Tensor embeddings, Tensor weight, Tensor labels, MarginSoftmaxOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        bool recorded = is_grad_enabled();
        var state = new State(options, recorded && embeddings.requires_grad, recorded && weight.requires_grad);
        state.Loss = Forward(embeddings, weight, labels, state);
        if (state.Saved.Count == 0)
        {
            return state.Loss.MoveToOuterDisposeScope();
        }

        // The gradient reaches the leaf through a view, so that the leaf keeps it without a copy: autograd copies a gradient that
        // somebody else holds, and what our function returns is still held by a handle of ours then.
        Tensor rows = weight.view(weight.shape);
        Tensor receipt = Receipt.For(state.Handles, embeddings);
        return apply(embeddings, rows, receipt, state).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var state = (State)vars[^1];
        ctx.save_data(StateKey, state);
        ctx.save_for_backward(state.Saved);
        return state.Loss;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var state = (State)ctx.get_data(StateKey);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        List<Tensor> saved = ctx.get_saved_variables();
        var (embeddings, weight, labels) = (saved[0], saved[1], saved[2]);
        var (targets, targetRows, byEmbedding, byWeight) = (saved[3], saved[4], saved[5], saved[6]);
        var (norms, logSum) = (saved[7], saved[8]);
        MarginSoftmaxOptions options = state.Options;
        var blocks = new ClassBlocks(embeddings, weight, labels, targets, norms, saved.ElementAtOrDefault(9), options);

        double smoothing = options.LabelSmoothing;
        Tensor rate = grad_output.Times(options.Scale / labels.shape[0]);
        Tensor share = (targets.Times(options.Scale) - logSum).exp();
        Tensor pull = (share.Minus(1 - smoothing).Minus(smoothing / blocks.ClassCount) * rate).unsqueeze(1);     // h [N, 1]

        (Tensor? dx, Tensor? dw) = blocks.Gradients(rate, logSum, state.ForEmbeddings, state.ForWeight);
        dx?.AddInPlace(pull * byEmbedding);
        dw?.AddRowsInPlace(targetRows, pull * byWeight);
        Tensor received = zeros_like(grad_output);
        state.Handles.AddRange(((Tensor?[])[dx, dw, received, grad_output]).OfType<Tensor>());
        return [dx!, dw!, received, null!];
    }

    private static Tensor Forward(Tensor embeddings, Tensor weight, Tensor labels, State state)
    {
        using IDisposable mode = no_grad();
        MarginSoftmaxOptions options = state.Options;
        bool withGradients = state.ForEmbeddings || state.ForWeight;
        TargetBranch target = TargetBranch.Evaluate(embeddings, weight, labels, options, withGradients);
        var blocks = new ClassBlocks(embeddings, weight, labels, target.Cosines, null, null, options);
        RowSoftmax softmax = blocks.Softmax(withGradients);
        LossInputs.RequireFiniteRows(weight, blocks.Norms);
        if (withGradients)
        {
            state.Saved =
            [
                embeddings, weight, labels, target.Cosines, target.Rows, target.ByEmbedding!, target.ByWeight!,
                blocks.Norms, softmax.LogSum, .. blocks.Logits is { } logits ? [logits] : (Tensor[])[],
            ];
        }

        return softmax.Loss(target.Cosines.Times(options.Scale), options.LabelSmoothing, blocks.ClassCount);
    }

    private sealed record State(MarginSoftmaxOptions Options, bool ForEmbeddings, bool ForWeight)
    {
        public Handles Handles { get; } = new();

        public Tensor Loss { get; set; } = null!;

        /// <summary>What the way back needs; autograd takes it over. Empty where nothing wants a gradient.</summary>
        public List<Tensor> Saved { get; set; } = [];
    }
}
