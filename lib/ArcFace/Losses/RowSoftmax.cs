using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>The softmax of rows of logits that come block by block: greatest logit m and Σ = Σ_j e^{z_j − m} so far, of each row.</summary>
internal sealed class RowSoftmax
{
    private readonly Tensor? _logitSum;
    private Tensor _max;
    private readonly Tensor _sum;

    public RowSoftmax(Tensor like, bool withLogitSum)
    {
        long count = like.shape[0];
        _max = TensorArithmetic.Full([count], double.NegativeInfinity, like.dtype, like.device);
        _sum = zeros(count, like.dtype, like.device);
        _logitSum = withLogitSum ? zeros(count, like.dtype, like.device) : null;
    }

    /// <summary>ln Σ_j e^{z_j}, [N].</summary>
    public Tensor LogSum => _max.Plus(_sum.log());

    /// <summary>Adds a block of logits [N, B], computing in room of the same shape, which may be the logits themselves.</summary>
    public void Add(Tensor logits, Tensor room)
    {
        _logitSum?.AddInPlace(logits.sum(1));
        Tensor max = maximum(_max, logits.amax([1]));
        _sum.mul_((_max - max).exp_()).AddInPlace(room.copy_(logits).sub_(max.unsqueeze(1)).exp_().sum(1));
        _max = max.MoveToOuterDisposeScope();
    }

    /// <summary>The mean of ln Σ_j e^{z_j} − (1 − ε)z_y − ε·mean_j z_j.</summary>
    public Tensor Loss(Tensor targets, double smoothing, long classCount)
    {
        // In this order, since m and the target are close where the loss is small.
        Tensor losses = (_max - targets).Plus(_sum.log());
        if (_logitSum is not null)
        {
            losses = losses.Plus((targets - _logitSum.Over(classCount)).Times(smoothing));
        }

        return losses.mean();
    }
}
