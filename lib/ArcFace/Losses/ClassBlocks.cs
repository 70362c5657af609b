using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>The two passes of <see cref="FusedMarginSoftmax"/> over blocks of classes.</summary>
internal sealed class ClassBlocks
{
    // A block of W and the block of dW made from it, 8 MiB in single precision, stay in the last cache before main store.
    private const long CachedNumbers = 1 << 20;

    private readonly MarginSoftmaxOptions _options;
    private readonly Tensor _weight;
    private readonly Tensor _labels;
    private readonly Tensor _targets;
    private readonly Tensor _inverseLengths;
    private readonly Tensor _x;
    private readonly long _blockSize;
    private readonly bool _fits;

    /// <param name="embeddings">x [N, D].</param>
    /// <param name="weight">W [C·K, D], of the same type.</param>
    /// <param name="labels">y [N], int64.</param>
    /// <param name="targetCosines">ψ(θ_iy), [N].</param>
    /// <param name="norms">‖W_j‖, [C·K], as the first pass left them; null before it.</param>
    /// <param name="options">The scale, smoothing, centers and workspace.</param>
    public ClassBlocks(
        Tensor embeddings, Tensor weight, Tensor labels, Tensor targetCosines, Tensor? norms, MarginSoftmaxOptions options)
    {
        (_options, _weight) = (options, weight.detach());
        Norms = norms ?? empty(weight.shape[0], weight.dtype, weight.device);
        _inverseLengths = Inverse(linalg.vector_norm(embeddings.detach(), 2, [1], true));
        _x = embeddings.detach() * _inverseLengths;
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

    /// <summary>C.</summary>
    public long ClassCount { get; }

    /// <summary>‖W_j‖ of each row of W, [C·K], once <see cref="Softmax"/> has run.</summary>
    public Tensor Norms { get; }

    /// <summary>Pass 1: the softmax of every row of logits; the logits are kept if they fit and are wanted.</summary>
    public RowSoftmax Softmax(bool keep)
    {
        var softmax = new RowSoftmax(_x, _options.LabelSmoothing > 0);
        for (long from = 0; from < ClassCount; from += _blockSize)
        {
            using DisposeScope scope = NewDisposeScope();
            Block block = BlockAt(from);
            block.Norms.copy_(linalg.vector_norm(block.Rows, 2, [1], false));
            softmax.Add(LogitsOf(block, from), keep && _fits);
        }

        return softmax;
    }

    /// <summary>Pass 2: dx and dW but for what goes through the target logit.</summary>
    /// <param name="rate">s/N times the gradient of the loss, a scalar.</param>
    /// <param name="logSum">ln Σ_j e^{z_ij}, [N].</param>
    /// <param name="kept">The blocks of logits that <see cref="RowSoftmax.Kept"/> held, or none.</param>
    /// <param name="forEmbeddings">Whether dx is wanted.</param>
    /// <param name="forWeight">Whether dW is wanted.</param>
    public (Tensor? Dx, Tensor? Dw) Gradients(Tensor rate, Tensor logSum, List<Tensor> kept, bool forEmbeddings, bool forWeight)
    {
        Tensor? dx = forEmbeddings ? zeros_like(_x) : null;
        Tensor? dw = forWeight ? empty_like(_weight) : null;
        Tensor scaled = _x * rate;
        for (long from = 0, b = 0; from < ClassCount; from += _blockSize, b++)
        {
            using DisposeScope scope = NewDisposeScope();
            Block block = BlockAt(from);
            Tensor logits = kept.Count > 0 ? kept[(int)b] : LogitsOf(block, from);
            Tensor g = (logits - logSum.unsqueeze(1)).exp_();
            if (_options.LabelSmoothing > 0)
            {
                g.sub_(_options.LabelSmoothing / ClassCount);
            }

            SetTargets(g, from, zeros_like(_targets));
            Tensor inverseNorms = Inverse(block.Norms);
            Tensor spread = block.Spread(g) * inverseNorms;
            dx?.addmm_(spread, block.Rows);
            if (dw is not null)
            {
                // R_j·ŵ_j is Σ_i G_ij·cos θ_ij, a sum over N numbers where the product over the rows is one over D.
                Tensor along = block.Spread(g.mul_(logits)).sum([0]) * (rate / _options.Scale) * inverseNorms.square();
                Tensor rows = dw.slice(0, block.First, block.First + block.Rows.shape[0], 1);
                rows.addmm_(spread.t(), scaled, 0, 1).addcmul_(along.unsqueeze(1), block.Rows, -1);
            }
        }

        // The part along x itself drops out: the length of x does not count.
        dx?.sub_((dx * _x).sum(1, true) * _x).mul_(_inverseLengths * rate);
        return (dx, dw);
    }

    private Block BlockAt(long from)
    {
        long first = from * _options.CentersPerClass;
        long last = Math.Min(from + _blockSize, ClassCount) * _options.CentersPerClass;
        return new Block(first, _weight.slice(0, first, last, 1), Norms.slice(0, first, last, 1), _options.CentersPerClass);
    }

    private Tensor LogitsOf(Block block, long from)
    {
        Tensor logits = _x.matmul(block.Rows.t()).mul_(Inverse(block.Norms) * _options.Scale);
        if (_options.CentersPerClass > 1)
        {
            (logits, block.Centers) = logits.view(_x.shape[0], -1, _options.CentersPerClass).max(2);
        }

        SetTargets(logits, from, _targets);
        return logits;
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

    private sealed record Block(long First, Tensor Rows, Tensor Norms, long CentersPerClass)
    {
        /// <summary>The nearest center of each class, [N, B], where there are several.</summary>
        public Tensor? Centers { get; set; }

        /// <summary>Hands what belongs to each class to the nearest of its centers: [N, B] to [N, B·K].</summary>
        public Tensor Spread(Tensor g) => Centers is null
            ? g
            : zeros(g.shape[0], g.shape[1], CentersPerClass, g.dtype, g.device).scatter_(2, Centers.unsqueeze(2), g.unsqueeze(2)).flatten(1);
    }
}
