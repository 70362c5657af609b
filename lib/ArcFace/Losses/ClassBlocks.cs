using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Losses;

/// <summary>The two passes of <see cref="FusedMarginSoftmax"/> over blocks of classes.</summary>
internal sealed class ClassBlocks
{
    // A block of W and the block of dW made from it, 8 MiB in single precision, stay in the last cache before main store.
    private const long CachedNumbers = 1 << 20;

    private static readonly Scalar MinusOne = -1;

    private readonly MarginSoftmaxOptions _options;
    private readonly Tensor _weight;
    private readonly Tensor _labels;
    private readonly Tensor _targets;
    private readonly Tensor _inverseLengths;
    private readonly Tensor _x;
    private readonly long _blockSize;
    private readonly Tensor[] _scratch;

    /// <param name="embeddings">x [N, D].</param>
    /// <param name="weight">W [C·K, D], of the same type.</param>
    /// <param name="labels">y [N], int64.</param>
    /// <param name="targetCosines">ψ(θ_iy), [N].</param>
    /// <param name="norms">‖W_j‖, [C·K], as the first pass left them; null before it.</param>
    /// <param name="logits">What the first pass kept in <see cref="Logits"/>; null before it.</param>
    /// <param name="options">The scale, smoothing, centers and workspace.</param>
    public ClassBlocks(
        Tensor embeddings, Tensor weight, Tensor labels, Tensor targetCosines, Tensor? norms, Tensor? logits, MarginSoftmaxOptions options)
    {
        (_options, _weight) = (options, weight.detach());
        Norms = norms ?? empty(weight.shape[0], weight.dtype, weight.device);
        _inverseLengths = UnitVectors.Inverse(UnitVectors.Lengths(embeddings.detach(), keepdim: true));
        _x = embeddings.detach() * _inverseLengths;
        _labels = labels.unsqueeze(1);
        _targets = targetCosines.unsqueeze(1).Times(options.Scale);

        long centers = options.CentersPerClass;
        ClassCount = weight.shape[0] / centers;
        long bytesPerClass = labels.shape[0] * centers * weight.element_size();
        long held = Math.Max(1, options.WorkspaceBytes / bytesPerClass);
        long cached = weight.device_type == DeviceType.CPU ? Math.Max(1, CachedNumbers / (weight.shape[1] * centers)) : ClassCount;
        _blockSize = Math.Min(ClassCount, Math.Min(held, cached));
        CanKeep = held >= ClassCount && centers == 1;
        Logits = logits;
        _scratch = [.. Enumerable.Range(0, 3).Select(_ => empty(labels.shape[0] * _blockSize * centers, weight.dtype, weight.device))];
    }

    /// <summary>C.</summary>
    public long ClassCount { get; }

    /// <summary>‖W_j‖ of each row of W, [C·K], once <see cref="Softmax"/> has run.</summary>
    public Tensor Norms { get; }

    /// <summary>Whether the workspace holds the logits of all classes.</summary>
    public bool CanKeep { get; }

    /// <summary>The logits, block after block, [N·C], if pass 1 kept them.</summary>
    /// <remarks>
    /// One piece of memory, as the scratch of a pass is one that all its blocks use: an allocator that is asked for aligned pieces of
    /// a mebibyte, some freed at once and some at the end of the step, finds too few of them again, and the process grows every step.
    /// </remarks>
    public Tensor? Logits { get; private set; }

    /// <summary>Pass 1: the softmax of every row of logits; the logits are kept if they fit and are wanted.</summary>
    public RowSoftmax Softmax(bool keep)
    {
        var softmax = new RowSoftmax(_x, _options.LabelSmoothing > 0);
        Logits = keep && CanKeep ? empty(_x.shape[0] * ClassCount, _x.dtype, _x.device) : null;
        for (long from = 0; from < ClassCount; from += _blockSize)
        {
            using DisposeScope scope = NewDisposeScope();
            Block block = BlockAt(from);
            block.Norms.copy_(UnitVectors.Lengths(block.Rows));
            Tensor logits = LogitsOf(block, Logits is null ? Scratch(0, block) : Kept(block));
            softmax.Add(logits, Logits is null ? logits : Scratch(0, block));
        }

        return softmax;
    }

    /// <summary>Pass 2: dx and dW but for what goes through the target logit.</summary>
    /// <param name="rate">s/N times the gradient of the loss, a scalar.</param>
    /// <param name="logSum">ln Σ_j e^{z_ij}, [N].</param>
    /// <param name="forEmbeddings">Whether dx is wanted.</param>
    /// <param name="forWeight">Whether dW is wanted.</param>
    public (Tensor? Dx, Tensor? Dw) Gradients(Tensor rate, Tensor logSum, bool forEmbeddings, bool forWeight)
    {
        Tensor? dx = forEmbeddings ? zeros_like(_x) : null;
        Tensor? dw = forWeight ? empty_like(_weight) : null;
        Tensor scaled = _x * rate;
        for (long from = 0; from < ClassCount; from += _blockSize)
        {
            using DisposeScope scope = NewDisposeScope();
            Block block = BlockAt(from);
            Tensor logits = Logits is null ? LogitsOf(block, Scratch(0, block)) : Kept(block);
            Tensor g = Scratch(1, block, logits.shape[1]).copy_(logits).sub_(logSum.unsqueeze(1)).exp_();
            if (_options.LabelSmoothing > 0)
            {
                g.AddInPlace(-_options.LabelSmoothing / ClassCount);
            }

            SetTargets(g, block, zeros_like(_targets));
            Tensor inverseNorms = UnitVectors.Inverse(block.Norms);
            Tensor spread = Scratch(2, block).copy_(block.Spread(g)).mul_(inverseNorms);
            dx?.addmm_(spread, block.Rows);
            if (dw is not null)
            {
                // R_j·ŵ_j is Σ_i G_ij·cos θ_ij, a sum over N numbers where the product over the rows is one over D.
                Tensor along = block.Spread(g.mul_(logits)).sum([0]) * rate.Over(_options.Scale) * inverseNorms.Squared();
                Tensor rows = dw.slice(0, block.First, block.First + block.Rows.shape[0], 1);
                rows.addmm_(spread.t(), scaled, 0, 1).addcmul_(along.unsqueeze(1), block.Rows, MinusOne);
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

    /// <summary>Room for one number a sample and row of the block, or so many columns.</summary>
    private Tensor Scratch(int which, Block block, long? columns = null) => Matrix(_scratch[which], 0, columns ?? block.Rows.shape[0]);

    private Tensor Kept(Block block) => Matrix(Logits!, _x.shape[0] * block.First, block.Rows.shape[0]);

    private Tensor Matrix(Tensor numbers, long from, long columns) =>
        numbers.slice(0, from, from + (_x.shape[0] * columns), 1).view(_x.shape[0], columns);

    /// <summary>The logits [N, B] of a block, computed in the room given, [N, B·K].</summary>
    private Tensor LogitsOf(Block block, Tensor room)
    {
        Tensor logits = room.addmm_(_x, block.Rows.t(), 0, 1).mul_(UnitVectors.Inverse(block.Norms).Times(_options.Scale));
        if (_options.CentersPerClass > 1)
        {
            (logits, block.Centers) = logits.view(_x.shape[0], -1, _options.CentersPerClass).max(2);
        }

        SetTargets(logits, block, _targets);
        return logits;
    }

    /// <summary>Puts each row's value into its label's column, where that lies in the block. No host reads a label, so no GPU waits.</summary>
    private void SetTargets(Tensor logits, Block block, Tensor values)
    {
        Tensor column = _labels.Minus(block.First / _options.CentersPerClass);                                    // [N, 1]
        Tensor inside = column.IsIndexBelow(logits.shape[1]);
        column = column.Clamped(0, logits.shape[1] - 1);
        logits.scatter_(1, column, where(inside, values, logits.gather(1, column)));
    }

    // A zero row has no direction: dividing by infinity makes its cosines and its gradient 0.

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
