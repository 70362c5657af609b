using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>The two passes of <see cref="FusedMarginSoftmax"/> over blocks of classes.</summary>
internal sealed class ClassBlocks
{
    // A block of W, and the block of dW made from it, are to stay in the second-level cache of a processor core.
    private const long CachedNumbers = 1 << 19;

    private readonly MarginSoftmaxOptions _options;
    private readonly Tensor _weight;
    private readonly Tensor _labels;
    private readonly Tensor _targets;
    private readonly Tensor _inverseNorms;
    private readonly Tensor _x;
    private readonly long _blockSize;
    private readonly bool _fits;

    public ClassBlocks(Tensor embeddings, Tensor weight, Tensor labels, Tensor targetCosines, MarginSoftmaxOptions options)
    {
        (_options, _weight) = (options, weight.detach());
        Tensor norms = linalg.vector_norm(embeddings.detach(), 2, [1], true);
        _inverseNorms = Inverse(norms);
        _x = embeddings.detach() * _inverseNorms;
        _labels = labels.unsqueeze(1);
        _targets = targetCosines.unsqueeze(1) * options.Scale;

        long centers = options.CentersPerClass;
        ClassCount = weight.shape[0] / centers;
        long bytesPerClass = labels.shape[0] * centers * weight.element_size();
        long held = Math.Max(1, options.WorkspaceBytes / bytesPerClass);
        _fits = held >= ClassCount && centers == 1;
        long cached = weight.device_type == DeviceType.CPU ? Math.Max(1, CachedNumbers / (weight.shape[1] * centers)) : ClassCount;
        _blockSize = Math.Min(ClassCount, Math.Min(held, cached));
    }

    public long ClassCount { get; }

    /// <summary>Pass 1: the softmax of every row of logits, its exponentials kept if they fit and are wanted.</summary>
    public RowSoftmax Softmax(bool keep)
    {
        var softmax = new RowSoftmax(_x, _options.LabelSmoothing > 0);
        for (long from = 0; from < ClassCount; from += _blockSize)
        {
            using DisposeScope scope = NewDisposeScope();
            Block block = BlockAt(from);
            softmax.Add(block.Logits, keep && _fits);
        }

        return softmax;
    }

    /// <summary>Pass 2: dx and dW but for what goes through the target logit.</summary>
    /// <param name="rate">s/N times the gradient of the loss, a scalar.</param>
    /// <param name="logSum">ln Σ_j e^{z_ij}, [N].</param>
    /// <param name="kept">What <see cref="RowSoftmax.Kept"/> held.</param>
    /// <param name="forEmbeddings">Whether dx is wanted.</param>
    /// <param name="forWeight">Whether dW is wanted.</param>
    public (Tensor? Dx, Tensor? Dw) Gradients(Tensor rate, Tensor logSum, List<Tensor> kept, bool forEmbeddings, bool forWeight)
    {
        Tensor? dx = forEmbeddings ? zeros_like(_x) : null;
        Tensor? dw = forWeight ? empty_like(_weight) : null;
        for (long from = 0, b = 0; from < ClassCount; from += _blockSize, b++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor g;
            Block block;
            if (kept.Count > 0)
            {
                block = RowsAt(from);
                Tensor greatest = kept[^1][b];
                g = kept[(int)b] * ((greatest - logSum).exp() * rate).unsqueeze(1);
            }
            else
            {
                block = BlockAt(from);
                g = block.Logits.sub_(logSum.unsqueeze(1)).exp_().mul_(rate);
            }

            if (_options.LabelSmoothing > 0)
            {
                g.sub_(rate * (_options.LabelSmoothing / ClassCount));
            }

            SetTargets(g, from, zeros_like(_targets));
            g = block.Spread(g).mul_(block.InverseNorms);
            dx?.addmm_(g, block.Rows);
            if (dw is not null)
            {
                Tensor rows = dw.slice(0, from * _options.CentersPerClass, (from * _options.CentersPerClass) + block.Rows.shape[0], 1);
                rows.addmm_(g.t(), _x, 0, 1);
                Tensor along = (rows * block.Rows).sum(1).mul_(block.InverseNorms).mul_(block.InverseNorms);
                rows.addcmul_(along.unsqueeze(1), block.Rows, -1);
            }
        }

        // The part along x itself drops out: the length of x does not count.
        dx?.sub_((dx * _x).sum(1, true) * _x).mul_(_inverseNorms);
        return (dx, dw);
    }

    private Block RowsAt(long from)
    {
        long centers = _options.CentersPerClass;
        long size = Math.Min(_blockSize, ClassCount - from);
        Tensor rows = _weight.slice(0, from * centers, (from + size) * centers, 1);
        return new Block(rows, Inverse(linalg.vector_norm(rows, 2, [1], false)));
    }

    private Block BlockAt(long from)
    {
        Block block = RowsAt(from);
        Tensor logits = _x.matmul(block.Rows.t()).mul_(block.InverseNorms * _options.Scale);
        if (_options.CentersPerClass > 1)
        {
            (logits, block.Centers) = logits.view(_x.shape[0], -1, _options.CentersPerClass).max(2);
            block.CentersPerClass = _options.CentersPerClass;
        }

        SetTargets(logits, from, _targets);
        block.Logits = logits;
        return block;
    }

    /// <summary>Puts each row's value into its label's column, where that lies in the block. No host reads a label, so no GPU waits.</summary>
    private void SetTargets(Tensor block, long from, Tensor values)
    {
        Tensor column = _labels - from;                                              // [N, 1]
        Tensor inside = (column >= 0).logical_and(column < block.shape[1]);
        column = column.clamp(0, block.shape[1] - 1);
        block.scatter_(1, column, where(inside, values, block.gather(1, column)));
    }

    // A zero row has no direction: dividing by infinity makes its cosines and its gradient 0.
    private static Tensor Inverse(Tensor norms) => norms.masked_fill(norms == 0, double.PositiveInfinity).reciprocal();

    private sealed class Block(Tensor rows, Tensor inverseNorms)
    {
        public Tensor Rows => rows;

        public Tensor InverseNorms => inverseNorms;

        public long CentersPerClass { get; set; } = 1;

        public Tensor? Centers { get; set; }

        public Tensor Logits { get; set; } = null!;

        /// <summary>Hands the gradient of each class to the nearest of its centers: [N, B] to [N, B·K].</summary>
        public Tensor Spread(Tensor g) => Centers is null
            ? g
            : zeros(g.shape[0], g.shape[1], CentersPerClass, g.dtype, g.device).scatter_(2, Centers.unsqueeze(2), g.unsqueeze(2)).flatten(1);
    }
}
