using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>Partial FC (arXiv 2203.15565): a step looks at the classes of its batch and at some others, drawn at random.</summary>
/// <remarks>
/// The gradient of the whole weight is then sparse: a matrix [C·K, D] that holds the drawn rows alone. Dense, it would cost at a
/// million classes what the drawing saves.
/// </remarks>
internal static class PartialClasses
{
    /// <summary>How many classes a step looks at: ⌈r·C⌉, but never fewer than the batch may have.</summary>
    public static long Count(double sampleRate, long sampleCount, long classCount) =>
        Math.Max((long)Math.Ceiling(sampleRate * classCount), Math.Min(sampleCount, classCount));

    /// <summary>Draws classes: all that the labels name, filled up with others, uniformly and without replacement.</summary>
    /// <param name="labels">y [N] int64.</param>
    /// <param name="classCount">C.</param>
    /// <param name="count">How many to draw, as <see cref="Count"/> says.</param>
    /// <returns>The classes [count] in ascending order, and the labels as positions among them [N].</returns>
    /// <remarks>Drawn on the CPU, so that every device sees the same classes; no size depends on a value, so nothing waits for it.</remarks>
    public static (Tensor Classes, Tensor Labels) Draw(Tensor labels, long classCount, long count)
    {
        using DisposeScope scope = NewDisposeScope();
        using Scalar certain = 2;
        Tensor keys = rand(classCount, ScalarType.Float64).to(labels.device).index_fill_(0, labels, certain);
        Tensor classes = keys.topk((int)count, sorted: false).indexes.sort().Values;
        return (classes.MoveToOuterDisposeScope(), searchsorted(classes, labels).MoveToOuterDisposeScope());
    }

    /// <summary>The centers of some classes: rows [count·K, D] of W [C·K, D], with a sparse gradient.</summary>
    public static Tensor CentersOf(Tensor weight, Tensor classes, long centersPerClass)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = classes.unsqueeze(1).Times(centersPerClass).Plus(TensorArithmetic.Indices(0, centersPerClass, classes.device)).flatten();
        return (is_grad_enabled() && weight.requires_grad ? RowSelection.Of(weight, rows) : weight.index_select(0, rows))
            .MoveToOuterDisposeScope();
    }

    private sealed class RowSelection : autograd.SingleTensorFunction<RowSelection>
    {
        private const string StateKey = "state";

        /// <inheritdoc/>
        public override string Name => nameof(RowSelection);

        public static Tensor Of(Tensor weight, Tensor rows)
        {
            var state = new State(rows, weight.shape, new Handles());
            return apply(weight, Receipt.For(state.Handles, weight), state);
        }

        /// <inheritdoc/>
        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var state = (State)vars[^1];
            ctx.save_data(StateKey, state);
            ctx.save_for_backward([state.Rows]);
            return ((Tensor)vars[0]).index_select(0, state.Rows);
        }

        /// <inheritdoc/>
        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var state = (State)ctx.get_data(StateKey);
            using DisposeScope scope = NewDisposeScope();
            Tensor gradient = sparse_coo_tensor(ctx.get_saved_variables()[0].unsqueeze(0), grad_output, state.Shape);
            Tensor received = zeros([], grad_output.dtype, grad_output.device);
            state.Handles.AddRange([gradient, received, grad_output]);
            return [gradient, received, null!];
        }

        private sealed record State(Tensor Rows, long[] Shape, Handles Handles);
    }
}
