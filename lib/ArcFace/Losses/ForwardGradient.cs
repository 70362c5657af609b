using System.Diagnostics;

namespace ArcFace.Losses;

/// <summary>Hands autograd a margin loss together with its gradients, which were computed with it.</summary>
/// <remarks>
/// <para>An exception in a function of C# that autograd calls ends the process, so what can fail is done before: all that is left for the way
/// back is to multiply by the gradient that comes in. What the tensors hold by then no longer matters. The gradient of W is given away, not
/// copied; where autograd asks a second time, both are computed anew, from tensors which must then be as they were. Where it asks for a graph
/// of the gradients, to differentiate them once more, the eager composition is differentiated in their place.</para>
/// <para>If the second of these fails, <c>backward</c> throws "CSharpNode returned an invalid gradient": a shape that autograd refuses is the one
/// way to an exception. <c>autograd.grad</c> can carry none in TorchSharp; there, and where nobody can tell, the gradients become NaN.</para>
/// <para>What a function returns to autograd is held by a handle of ours until autograd has read it, when no code of ours runs any more; a
/// collection of garbage comes far too late for gigabytes. So a second function, the receipt, has an input from the loss's function and
/// outputs into all tensors that want gradients: autograd runs it right after, whichever gradients are asked for, and it lets go.</para>
/// </remarks>
internal sealed class ForwardGradient : autograd.SingleTensorFunction<ForwardGradient>
{
    private const string StateKey = "state";

    public override string Name => nameof(ForwardGradient);

    /// <summary>The loss of x [N, D], W [C·K, D] and y [N], differentiable. Where only some <paramref name="rows"/> of W take part, the labels are
    /// positions among the drawn classes, and the gradient is sparse if W is a leaf.</summary>
    public static Tensor Evaluate(Tensor embeddings, Tensor weight, Tensor labels, Tensor? rows, MarginSoftmaxOptions options)
    {
        using DisposeScope scope = NewDisposeScope();
        var state = new State(options, embeddings, weight);
        (state.Loss, Tensor? dx, Tensor? dw) = state.Compute(embeddings, weight, labels, rows);
        if (dx is null && dw is null)
        {
            return state.Loss.MoveToOuterDisposeScope();
        }

        // A view of the weight, through which the leaf gets a tensor that it need not copy although a handle of ours holds the other (a sparse
        // gradient has no view); and one element of each tensor, to lead the receipt there.
        state.Saved = [state.ForEmbeddings ? embeddings : embeddings.clone(), weight, labels.clone(), rows!];
        state.Gradients = [dx!, dw!, rows!];
        Tensor receipt = Receipt.apply(OneElement(embeddings), OneElement(weight), state);
        return apply(embeddings, rows is null ? weight.view_as(weight) : weight, receipt, state).MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var state = (State)vars[^1];
        ctx.save_data(StateKey, state);
        ctx.save_for_backward(state.Saved!);
        state.Saved = null;
        return state.Loss;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var state = (State)ctx.get_data(StateKey);
        using DisposeScope scope = NewDisposeScope();
        Tensor?[] gradients;
        try
        {
            gradients = is_grad_enabled() ? state.Differentiable(ctx, grad_output) : state.Times(ctx, grad_output);
        }
        catch (Exception)
        {
            gradients = state.Refusal(grad_output);
        }

        Tensor?[] returned = [.. gradients, zeros([], grad_output.dtype, grad_output.device)];
        state.Returned.AddRange([.. returned.OfType<Tensor>().Select(tensor => tensor.DetachFromDisposeScope()), grad_output]);
        return [.. returned.Select(tensor => tensor!), null!];
    }

    private static Tensor OneElement(Tensor matrix) => matrix.slice(0, 0, 1, 1).slice(1, 0, 1, 1);

    /// <summary>A scalar for the loss's function that lets go, on the way back, of what that function has returned.</summary>
    private sealed class Receipt : autograd.SingleTensorFunction<Receipt>
    {
        public override string Name => nameof(Receipt);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var state = (State)vars[^1];
            ctx.save_data(StateKey, state);
            ctx.save_for_backward(state.Gradients!);
            (state.Gradients, state.Kept) = (null, ctx);
            return zeros([], state.Loss.dtype, state.Loss.device);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            List<Tensor> returned = ((State)ctx.get_data(StateKey)).Returned;
            returned.ForEach(tensor => tensor.Dispose());
            returned.Clear();
            grad_output.Dispose();
            return [null!, null!, null!];
        }
    }

    private sealed class State(MarginSoftmaxOptions options, Tensor embeddings, Tensor weight)
    {
        private readonly (long[] Shape, ScalarType Type) _embeddings = (embeddings.shape, embeddings.dtype), _weight = (weight.shape, weight.dtype);
        private readonly bool _weightIsLeaf = weight.is_leaf;
        private bool _givenAway;

        public bool ForEmbeddings { get; } = is_grad_enabled() && embeddings.requires_grad;

        public bool ForWeight { get; } = is_grad_enabled() && weight.requires_grad;

        public Tensor Loss { get; set; } = null!;

        /// <summary>x, W, y and the rows, until autograd has taken them over.</summary>
        public List<Tensor>? Saved { get; set; }

        /// <summary>dx, dW and the rows, until autograd has taken them over.</summary>
        public List<Tensor>? Gradients { get; set; }

        /// <summary>Where <see cref="Gradients"/> then are, apart from what an in-place change of the inputs makes unreadable.</summary>
        public autograd.AutogradContext Kept { get; set; } = null!;

        public List<Tensor> Returned { get; } = [];

        /// <summary>The loss and its gradients, of the tensors as they are.</summary>
        public (Tensor Loss, Tensor? Dx, Tensor? Dw) Compute(Tensor embeddings, Tensor weight, Tensor labels, Tensor? rows)
        {
            Tensor centers = rows is null ? weight.detach() : weight.detach().SelectRows(rows);
            if (MarginSoftmaxLoss.IsFused(options, embeddings.shape[0] * centers.shape[0]))
            {
                return FusedMarginSoftmax.Evaluate(embeddings, centers, labels, options, ForEmbeddings, ForWeight);
            }

            using IDisposable mode = set_grad_enabled(ForEmbeddings || ForWeight);
            Tensor x = embeddings.detach().requires_grad_(ForEmbeddings), w = centers.requires_grad_(ForWeight);
            Tensor loss = MarginSoftmaxLoss.Eager(x, w, labels, options);
            if (ForEmbeddings || ForWeight)
            {
                loss.backward();
            }

            return (loss.detach(), x.grad, w.grad);
        }

        public Tensor?[] Times(autograd.AutogradContext ctx, Tensor gradOutput)
        {
            List<Tensor> kept = _givenAway ? Again(ctx) : Kept.get_saved_variables();
            _givenAway = true;
            (Tensor? dx, Tensor? dw, Tensor? rows) = (kept[0], kept[1], kept[2]);

            // Mostly 1, which costs a pass over C·D numbers less; a GPU cannot be asked without waiting for it.
            if (gradOutput.device_type != DeviceType.CPU || gradOutput.to(ScalarType.Float64).item<double>() != 1)
            {
                dx?.mul_(gradOutput);
                dw?.mul_(gradOutput);
            }

            return [dx, dw is null || rows is null ? dw : OfRows(rows, dw)];
        }

        public Tensor?[] Differentiable(autograd.AutogradContext ctx, Tensor gradOutput)
        {
            List<Tensor> saved = ctx.get_saved_variables();
            Tensor centers = saved[3] is { } rows ? saved[1].SelectRows(rows) : saved[1];
            Tensor loss = MarginSoftmaxLoss.Eager(saved[0], centers, saved[2], options);
            Tensor[] inputs = [.. ForEmbeddings ? [saved[0]] : (Tensor[])[], .. ForWeight ? [saved[1]] : (Tensor[])[]];
            IList<Tensor> gradients = autograd.grad([loss], inputs, [gradOutput], retain_graph: true, create_graph: true);
            return [ForEmbeddings ? gradients[0] : null, ForWeight ? gradients[^1] : null];
        }

        /// <summary>What makes autograd throw, or where it could not, NaN.</summary>
        public Tensor?[] Refusal(Tensor gradOutput)
        {
            bool canThrow = new StackTrace().GetFrames().Any(frame => frame.GetMethod()?.Name == nameof(Tensor.backward) && IsTorch(frame));
            return [ForEmbeddings ? Wrong(_embeddings) : null, ForWeight ? Wrong(_weight) : null];

            Tensor Wrong((long[] Shape, ScalarType Type) like) => canThrow
                ? empty([.. like.Shape, 2, 0], like.Type, gradOutput.device)
                : TensorArithmetic.Full([1, 1], double.NaN, like.Type, gradOutput.device).expand(like.Shape);

            static bool IsTorch(StackFrame frame) => frame.GetMethod()!.DeclaringType?.Assembly == typeof(Tensor).Assembly;
        }

        /// <summary>Sparse for a leaf; what W was made from, such as a product, mostly refuses such a gradient.</summary>
        private Tensor OfRows(Tensor rows, Tensor dw) => _weightIsLeaf
            ? sparse_coo_tensor(rows.unsqueeze(0), dw, _weight.Shape)
            : zeros(_weight.Shape, _weight.Type, dw.device).index_copy_(0, rows, dw);

        private List<Tensor> Again(autograd.AutogradContext ctx)
        {
            List<Tensor> saved = ctx.get_saved_variables();
            (_, Tensor? dx, Tensor? dw) = Compute(saved[0], saved[1], saved[2], saved[3]);
            return [dx!, dw!, saved[3]];
        }
    }
}
