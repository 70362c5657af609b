namespace ArcFace.Losses;

/// <summary>The margin softmax loss and its gradients by hand, in blocks of classes.</summary>
/// <remarks>
/// <para>With x̂ = x/‖x‖ and ŵ_j = W_j/‖W_j‖ the logits are z_ij = s·x̂_i·ŵ_j, but for the target z_iy = s·ψ(θ_iy), which
/// <see cref="TargetLogit"/> computes with its gradients h_x = ∂ψ/∂x and h_W = ∂ψ/∂W_y. Two passes go over blocks of some classes each:</para>
/// <para>1. The logits of a block, the target's left out, and Σ_i = Σ_{j≠y} e^{z_ij}. Then L_i = −ln p_iy = ln(1 + e^{d_i}) with
/// d_i = ln Σ_i − z_iy, exact however small it becomes. Label smoothing ε adds ε·(z_iy − mean_j z_ij).</para>
/// <para>2. G_ij = ∂L_i/∂z_ij = p_ij − ε/C for j ≠ y, with p_ij = e^{z_ij − z_iy − L_i}, and G_iy = p_iy − 1 + ε − ε/C. Through the length
/// of W_j, dW_j = s/N·(Σ_i G_ij·x̂_i − (Σ_i G_ij·cos θ_ij)·ŵ_j)/‖W_j‖ over i with y_i ≠ j, and
/// dx_i = s/N·(g_i − (g_i·x̂_i)x̂_i)/‖x_i‖ with g_i = Σ_{j≠y} G_ij·ŵ_j. The target adds s/N·G_iy·h.</para>
/// <para>Work: three products of 2·N·C·D operations each, XWᵀ, GᵀX and GW. If all logits fit the workspace, N·C numbers, they are kept
/// from pass 1 to pass 2; else pass 2 computes them anew, a fourth product. A block of W and what is made of it stay in the cache, so
/// main store sees W twice, dW once and the kept logits twice. Logits lie class by class, [C, N]: a block is one piece of memory.</para>
/// </remarks>
internal sealed class FusedMarginSoftmax
{
    // A block of W and the block of dW made from it, 8 MiB each in single precision, stay in the last cache before main store.
    private const long CachedNumbers = 1 << 21;

    // The length of a row, relative to 1, within which squares and products neither overflow nor vanish in single precision.
    private const double FarFromOne = 1e12;

    // Stands for a logit that is left out: its exponential is 0, and 0 times it too.
    private const double LeftOut = -1e30;

    private readonly MarginSoftmaxOptions _options;
    private readonly Tensor _labels;                 // y [1, N]
    private readonly Tensor _unitX;                  // x̂ [N, D]
    private readonly Tensor _inverseX;               // 1/‖x_i‖ [N, 1]
    private readonly Tensor _weight;                 // W [C·K, D]
    private readonly Tensor _inverseW;               // 1/‖W_j‖ [C·K, 1], as pass 1 finds it
    private readonly TargetLogit _target;
    private readonly ClassProducts _products;
    private readonly long _classCount;
    private readonly long _blockSize;
    private readonly bool _logitsFit;

    // Where rows of W are far from length 1, the powers of two that bring them near it, [C·K, 1]. A block's rows are scaled by them.
    private Tensor? _factors;
    private Tensor? _keptLogits;

    private FusedMarginSoftmax(Tensor embeddings, Tensor weight, Tensor labels, MarginSoftmaxOptions options, ClassProducts.Method? method)
    {
        (_options, _weight, _labels) = (options, weight, labels.unsqueeze(0));
        (_unitX, _inverseX) = UnitVectors.WithInverseLengths(embeddings);
        _inverseW = empty(weight.shape[0], 1, weight.dtype, weight.device);
        _target = TargetLogit.Evaluate(_unitX, _inverseX, weight, labels, options);
        _products = new ClassProducts(_unitX, options.Scale / labels.shape[0], method ?? ClassProducts.BestFor(weight));

        long centers = options.CentersPerClass;
        _classCount = weight.shape[0] / centers;
        long held = Math.Max(1, options.WorkspaceBytes / (labels.shape[0] * centers * weight.element_size()));
        long numbers = weight.device_type == DeviceType.CPU ? CachedNumbers : 32 * CachedNumbers;
        _blockSize = Math.Min(_classCount, Math.Min(held, Math.Max(1, numbers / (weight.shape[1] * centers))));
        _logitsFit = held >= _classCount && centers == 1;
    }

    /// <summary>The mean loss of x [N, D], W [C·K, D] and y [N], and those of its gradients that are asked for, in the types of their tensors.
    /// <paramref name="method"/> is how to multiply; null for what is known to be fastest.</summary>
    /// <exception cref="ArgumentException">On the CPU: a value of W is not finite, or a gradient may be beyond the largest number.</exception>
    public static (Tensor Loss, Tensor? Dx, Tensor? Dw) Evaluate(
        Tensor embeddings,
        Tensor weight,
        Tensor labels,
        MarginSoftmaxOptions options,
        bool forEmbeddings,
        bool forWeight,
        ClassProducts.Method? method = null)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable mode = no_grad();
        ScalarType type = Guard.ComputeType(embeddings, weight);
        var kernel = new FusedMarginSoftmax(embeddings.detach().to(type), weight.detach().to(type), labels, options, method);
        (Tensor loss, Tensor others) = kernel.Loss(keepLogits: forEmbeddings || forWeight);
        (Tensor? dx, Tensor? dw) = (null, null);
        if (forEmbeddings || forWeight)
        {
            kernel.RequireGradientsInRange(forEmbeddings ? embeddings : null, forWeight ? weight : null);
            (dx, dw) = kernel.Gradients(others, forEmbeddings, forWeight);
        }

        return (
            loss.MoveToOuterDisposeScope(),
            dx?.to(embeddings.dtype).MoveToOuterDisposeScope(),
            dw?.to(weight.dtype).MoveToOuterDisposeScope());
    }

    /// <summary>Pass 1: the mean loss, and d_i = ln Σ_{j≠y} e^{z_ij} − z_iy, [N].</summary>
    private (Tensor Loss, Tensor Others) Loss(bool keepLogits)
    {
        bool canLook = _weight.device_type == DeviceType.CPU;
        _factors = canLook ? null : UnitVectors.PowerOfTwo(_weight);
        (Tensor logSum, Tensor? logitSum) = LogSums(keepLogits);
        if (canLook && !RowsAreNearOne())
        {
            Guard.RequireFinite(_weight, "weight");
            _factors = UnitVectors.PowerOfTwo(_weight);
            (logSum, logitSum) = LogSums(keepLogits);
        }

        Tensor z = _target.Cosines.Times(_options.Scale);
        Tensor others = logSum - z;
        Tensor losses = Softplus(others);
        if (logitSum is not null)
        {
            losses = losses.Plus((z - logitSum.Plus(z).Over(_classCount)).Times(_options.LabelSmoothing));
        }

        return (losses.mean(), others);
    }

    /// <summary>1/‖W_j‖, which is 0 where the square of the length was 0 or infinite, tells with C numbers what else C·D must.</summary>
    private bool RowsAreNearOne()
    {
        (Tensor least, Tensor most) = _inverseW.to(ScalarType.Float64).aminmax();
        return least.item<double>() >= 1 / FarFromOne && most.item<double>() <= FarFromOne;
    }

    /// <summary>ln Σ_{j≠y} e^{z_ij}, [N], and with label smoothing Σ_{j≠y} z_ij.</summary>
    private (Tensor LogSum, Tensor? LogitSum) LogSums(bool keepLogits)
    {
        Tensor sum = zeros(_unitX.shape[0], _unitX.dtype, _unitX.device);
        Tensor? logitSum = _options.LabelSmoothing > 0 ? zeros_like(sum) : null;

        // No logit is beyond ±s: with a scale such as 64 no sum overflows or vanishes. Else the greatest logit so far is taken out.
        double range = _unitX.dtype == ScalarType.Float64 ? 700 : 85;
        Tensor? max = _options.Scale + Math.Log(_classCount) < range ? null : TensorArithmetic.Full(sum.shape, LeftOut, sum.dtype, sum.device);
        _keptLogits = keepLogits && _logitsFit ? empty(_classCount, _unitX.shape[0], _unitX.dtype, _unitX.device) : null;
        foreach (Block block in Blocks())
        {
            block.Inverse.copy_(UnitVectors.Inverse(UnitVectors.SumOfSquaresRoot(block.Rows)));
            Tensor logits = Logits(block, logitSum);
            if (max is null)
            {
                sum.AddInPlace(logits.exp().sum([0]));
                continue;
            }

            Tensor next = maximum(max, logits.amax([0]));
            sum.mul_((max - next).exp_()).AddInPlace((logits - next).exp_().sum([0]));
            max.copy_(next);
        }

        return (max is null ? sum.log_() : sum.log_().AddInPlace(max), logitSum);
    }

    /// <summary>Pass 2: the gradients.</summary>
    private (Tensor? Dx, Tensor? Dw) Gradients(Tensor others, bool forEmbeddings, bool forWeight)
    {
        double rate = _options.Scale / _labels.shape[1], share = _options.LabelSmoothing / _classCount;
        Tensor? dx = forEmbeddings ? zeros_like(_unitX) : null;
        Tensor? dw = forWeight ? empty(_weight.shape, _weight.dtype, _weight.device) : null;
        Tensor logSum = _target.Cosines.Times(_options.Scale).Plus(Softplus(others));
        foreach (Block block in Blocks())
        {
            Tensor logits = _keptLogits is null ? Logits(block, null) : Kept(block);
            Tensor g = (logits - logSum).exp_();                                                        // [B, N]
            if (share > 0)
            {
                FillTargets(g.AddInPlace(-share), block, 0);
            }

            Tensor along = block.Spread(g * logits).sum([1], true).mul_(block.Inverse);                 // s·Σ_i G_ij·cos θ_ij/‖W_j‖
            g = block.Spread(g).mul_(block.Inverse);                                                    // [B·K, N]
            if (dx is not null)
            {
                _products.AddToEmbeddings(dx, g, block.Rows);
            }

            if (dw is not null)
            {
                Tensor rows = block.Of(dw);
                _products.PutRows(rows, g);
                rows.SubtractProductInPlace((along * block.Inverse).Times(rate / _options.Scale), block.Rows);
                if (block.Factors is not null)
                {
                    rows.mul_(block.Factors);
                }
            }
        }

        Tensor pull = others.sigmoid().neg_().AddInPlace(_options.LabelSmoothing - share).Times(rate).unsqueeze(1);    // s/N·G_iy [N, 1]
        dw?.AddRowsInPlace(_target.Rows, _target.ByWeight * pull);

        // The part along x itself drops out: the length of x does not count.
        dx?.sub_((dx * _unitX).sum([1], true) * _unitX).mul_(_inverseX.Times(rate)).AddInPlace(_target.ByEmbedding * pull);
        return (dx, dw);
    }

    /// <summary>The logits [B, N] of a block, those of the targets left out, in the room where they are kept if they are.</summary>
    private Tensor Logits(Block block, Tensor? logitSum)
    {
        Tensor logits = _products.Logits(block.Rows, _keptLogits is null ? null : Kept(block)).mul_(block.Inverse.Times(_options.Scale));
        if (_options.CentersPerClass > 1)
        {
            (logits, block.Centers) = logits.view(-1, _options.CentersPerClass, logits.shape[1]).max(1);
        }

        if (logitSum is not null)
        {
            FillTargets(logits, block, 0);
            logitSum.AddInPlace(logits.sum([0]));
        }

        return FillTargets(logits, block, LeftOut);
    }

    /// <summary>Puts a number where a sample meets its label, if that lies in the block. No host reads a label, so no GPU waits.</summary>
    private Tensor FillTargets(Tensor logits, Block block, double number)
    {
        Tensor row = _labels.Minus(block.FirstClass);                                                    // [1, N]
        Tensor inside = row.IsIndexBelow(logits.shape[0]);
        row = row.Clamped(0, logits.shape[0] - 1);
        return logits.scatter_(0, row, logits.gather(0, row).Filled(inside, number));
    }

    private Tensor Kept(Block block) => block.Of(_keptLogits!);

    private static Tensor Softplus(Tensor z) => z.logaddexp(zeros_like(z));

    /// <summary>Requires gradients that numbers can hold: no row has more than s(1 + m1) over its length, a sample a share of 1/N of it.</summary>
    private void RequireGradientsInRange(Tensor? embeddings, Tensor? weight)
    {
        double slope = _options.Scale * (1 + _options.Margin.M1);
        if (embeddings is not null)
        {
            UnitVectors.RequireGradientsInRange(_inverseX, slope / _labels.shape[1], embeddings.dtype, nameof(embeddings));
        }

        if (weight is not null)
        {
            UnitVectors.RequireGradientsInRange(_factors is null ? _inverseW : _inverseW * _factors, slope, weight.dtype, nameof(weight));
        }
    }

    /// <summary>All classes, block by block; what is made for a block is released with it.</summary>
    private IEnumerable<Block> Blocks()
    {
        for (long first = 0; first < _classCount; first += _blockSize)
        {
            using DisposeScope scope = NewDisposeScope();
            yield return new Block(this, first, Math.Min(first + _blockSize, _classCount));
        }
    }

    /// <summary>Some classes: B of them, their B·K rows of W, and what belongs to these.</summary>
    private sealed class Block
    {
        private readonly long _first, _last, _centersPerClass;

        public Block(FusedMarginSoftmax kernel, long firstClass, long lastClass)
        {
            (FirstClass, _centersPerClass) = (firstClass, kernel._options.CentersPerClass);
            (_first, _last) = (firstClass * _centersPerClass, lastClass * _centersPerClass);
            Inverse = Of(kernel._inverseW);
            Factors = kernel._factors is null ? null : Of(kernel._factors);
            Rows = Factors is null ? Of(kernel._weight) : Of(kernel._weight) * Factors;
        }

        public long FirstClass { get; }

        public Tensor Inverse { get; }

        public Tensor? Factors { get; }

        public Tensor Rows { get; }

        /// <summary>The nearest center of each class to each sample, [B, N], where there are several.</summary>
        public Tensor? Centers { get; set; }

        /// <summary>The rows of the block, of a matrix with a row for each row of W.</summary>
        public Tensor Of(Tensor matrix) => matrix.slice(0, _first, _last, 1);

        /// <summary>Hands what belongs to each class to the nearest of its centers: [B, N] to [B·K, N].</summary>
        public Tensor Spread(Tensor g) => Centers is null
            ? g
            : zeros(g.shape[0], _centersPerClass, g.shape[1], g.dtype, g.device)
                .scatter_(1, Centers.unsqueeze(1), g.unsqueeze(1)).view(-1, g.shape[1]);
    }
}
