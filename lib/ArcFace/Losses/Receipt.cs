using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>Handles of the gradients that a function of ours has returned to autograd.</summary>
/// <remarks>
/// Autograd reads them after the function has returned, on a thread that on a GPU has no dispose scope, so the function can neither dispose
/// them nor leave them to a scope; left to the garbage collector they would hold gigabytes for several steps.
/// </remarks>
internal sealed class Handles
{
    private readonly List<Tensor> _tensors = [];

    /// <summary>Takes tensors out of their scope and keeps them till <see cref="Release"/>.</summary>
    public void AddRange(IEnumerable<Tensor> tensors) => _tensors.AddRange(tensors.Select(tensor => tensor.DetachFromDisposeScope()));

    /// <summary>Disposes the handles; autograd holds by now what it needs.</summary>
    public void Release()
    {
        _tensors.ForEach(tensor => tensor.Dispose());
        _tensors.Clear();
    }
}

/// <summary>A scalar input whose gradient reaches it only after autograd took the gradients of all the other inputs.</summary>
internal sealed class Receipt : autograd.SingleTensorFunction<Receipt>
{
    private const string HandlesKey = "handles";

    /// <inheritdoc/>
    public override string Name => nameof(Receipt);

    /// <summary>A scalar which, given to a function beside its real inputs, releases the handles once the function's gradients are taken.</summary>
    public static Tensor For(Handles handles, Tensor like) => apply(zeros([], like.dtype, like.device).requires_grad_(true), handles);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(HandlesKey, vars[1]);
        return ((Tensor)vars[0]).clone();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        ((Handles)ctx.get_data(HandlesKey)).Release();
        grad_output.Dispose();
        return [null!, null!];
    }
}
