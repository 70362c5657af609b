namespace ArcFace.Losses;

/// <summary>The margin softmax loss: normalised softmax, SphereFace, CosFace, ArcFace and any combination of them, with sub-centers.</summary>
/// <remarks>
/// <para>L = −1/N Σ_i ln( e^{s·ψ(θ_iy)} / (e^{s·ψ(θ_iy)} + Σ_{j≠y} e^{s·cos θ_ij}) ), with ψ(θ) = cos(m1·θ + m2) − m3 and θ_ij the
/// angle between the embedding x_i and the class weight W_j. ArcFace (arXiv 1801.07698), equation 4; without margin, equation 2.</para>
/// <para>Only directions count: L(αx, βW) = L(x, W) for positive α, β. A zero vector has none: it counts as perpendicular to all
/// others, and gets a zero gradient. Half-precision input is computed in single precision, its gradient handed back in half.</para>
/// <para>On a GPU the values of embeddings and labels are not checked, since reading them would stall every step: embeddings that are not
/// finite show as a loss that is not, and a label that is no class as an error of the device.</para>
/// <para>With a <see cref="MarginSoftmaxOptions.SampleRate"/> below 1 a step looks at some classes only (Partial FC), each step at others;
/// their rows alone have a gradient, which is sparse where W is a leaf: <c>Trainer</c> and <c>SparseSgd</c> move those rows and no other. In
/// evaluation mode (<c>eval()</c>) the loss is that over all classes.</para>
/// <para>What is changed in place after the loss was computed does not count. Only where a graph is kept for a second pass, which computes
/// anew, must the inputs be as they were: else <c>backward</c> throws, and <c>autograd.grad</c>, which cannot, gives NaN. The same holds
/// where a pass finds no memory. (In TorchSharp an error of torch's own functions within <c>autograd.grad</c> ends the process, so also
/// one of the eager kernel's or of a network's: prefer <c>backward</c>.)</para>
/// <para>W is trained with the network: give <c>parameters()</c> to the optimizer too. ∇W grows as 1/‖W‖, so the rows start at length
/// one, drawn uniformly from the unit sphere, on the CPU whatever the device.</para>
/// </remarks>
public sealed class MarginSoftmaxLoss : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;

    /// <summary>Creates the loss with a weight drawn at random.</summary>
    /// <param name="embeddingSize">D, the width of an embedding.</param>
    /// <param name="classCount">C, the number of classes.</param>
    /// <param name="options">The margin, the scale and the rest; ArcFace's own where null.</param>
    /// <param name="device">Where the weight lies; the CPU where null.</param>
    /// <param name="dtype">The floating-point type of the weight; single precision where null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or an option is out of its limits.</exception>
    /// <exception cref="ArgumentException">The type is not floating point.</exception>
    public MarginSoftmaxLoss(
        long embeddingSize, long classCount, MarginSoftmaxOptions? options = null, Device? device = null, ScalarType? dtype = null)
        : base(nameof(MarginSoftmaxLoss))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(embeddingSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        Options = options ?? new MarginSoftmaxOptions();
        Options.Validate(nameof(options));

        using DisposeScope scope = NewDisposeScope();
        Tensor directions = UnitVectors.Of(randn(classCount * Options.CentersPerClass, embeddingSize), ScalarType.Float32);
        Guard.RequireFloatingPoint(empty(0, dtype ?? ScalarType.Float32), nameof(dtype));
        _weight = new Parameter(directions.to(dtype ?? ScalarType.Float32, device ?? CPU));
        _weight.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>How the loss computes.</summary>
    public MarginSoftmaxOptions Options { get; }

    /// <summary>W [C·K, D]: row c·K + k is center k of class c. Its rows need not have length one.</summary>
    public Parameter Weight => _weight;

    /// <summary>s·cos θ, without margin: what a prediction is made from. The margin is for training alone.</summary>
    /// <param name="embeddings">x [N, D], floating point, at least one row.</param>
    /// <returns>Logits [N, C].</returns>
    /// <exception cref="ArgumentException">The embeddings have another width, type or device, or (on the CPU) are not finite.</exception>
    public Tensor Logits(Tensor embeddings)
    {
        Guard.RequireMatrix(embeddings);
        Guard.RequireSameWidth(embeddings, Weight);
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor w) = Directions(embeddings, Weight, Options.Scale, Options.Scale);
        (Tensor cosines, _) = NearestCenters(x, w, Options.CentersPerClass);
        return cosines.Times(Options.Scale).MoveToOuterDisposeScope();
    }

    /// <summary>The mean loss of a batch.</summary>
    /// <param name="embeddings">x [N, D], floating point, at least one row.</param>
    /// <param name="labels">y [N], int64, each in 0..C−1.</param>
    /// <returns>A scalar, differentiable in the embeddings and the weight.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit, the batch is empty, or (on the CPU) an embedding is not
    /// finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class (checked on the CPU).</exception>
    public override Tensor forward(Tensor embeddings, Tensor labels) =>
        Evaluate(embeddings, Weight, labels, training ? Options : Options with { SampleRate = 1 });

    /// <summary>The mean loss of a batch under a weight of one's own.</summary>
    /// <param name="embeddings">x [N, D], floating point, at least one row.</param>
    /// <param name="weight">W [C·K, D], floating point: row c·K + k is center k of class c.</param>
    /// <param name="labels">y [N], int64, each in 0..C−1.</param>
    /// <param name="options">The margin, the scale and the rest; ArcFace's own where null.</param>
    /// <returns>A scalar, differentiable in the embeddings and the weight.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit, the batch is empty, or (on the CPU) a value is not
    /// finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is no class (checked on the CPU), or an option is out of its limits.</exception>
    public static Tensor Evaluate(Tensor embeddings, Tensor weight, Tensor labels, MarginSoftmaxOptions? options = null)
    {
        options ??= new MarginSoftmaxOptions();
        options.Validate(nameof(options));
        Guard.RequireMatrixShape(weight, "[C·K, D]");
        Guard.RequireMatrix(embeddings);
        Guard.RequireSameWidth(embeddings, weight);
        ArgumentException.ThrowIf(weight.shape[0] % options.CentersPerClass != 0,
            $"weight has {weight.shape[0]} rows, which {options.CentersPerClass} centers a class do not divide.", nameof(weight));
        long classCount = weight.shape[0] / options.CentersPerClass;
        Guard.RequireLabels(labels, embeddings, classCount);
        long seenCount = PartialClasses.Count(options.SampleRate, embeddings.shape[0], classCount);
        using DisposeScope scope = NewDisposeScope();
        if (seenCount < classCount)
        {
            (Tensor classes, Tensor positions) = PartialClasses.Draw(labels, classCount, seenCount);
            Tensor rows = PartialClasses.RowsOf(classes, options.CentersPerClass);
            return ForwardGradient.Evaluate(embeddings, weight, positions, rows, options).MoveToOuterDisposeScope();
        }

        Tensor loss = IsFused(options, embeddings.shape[0] * weight.shape[0])
            ? ForwardGradient.Evaluate(embeddings, weight, labels, null, options)
            : Eager(embeddings, weight, labels, options);
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Whether the fused kernel computes a loss of so many logits, N·C·K.</summary>
    /// <remarks>Its forty or so small operations a batch cost what the eager kernel's passes over about 2^16 logits do.</remarks>
    internal static bool IsFused(MarginSoftmaxOptions options, long logitCount) => options.Kernel switch
    {
        MarginKernel.Auto => logitCount >= 1 << 16 || logitCount * sizeof(double) > options.WorkspaceBytes,
        MarginKernel kernel => kernel == MarginKernel.Fused,
    };

    /// <summary>The loss as the formula has it, differentiated by autograd, as often as one likes.</summary>
    internal static Tensor Eager(Tensor embeddings, Tensor weight, Tensor labels, MarginSoftmaxOptions options)
    {
        Guard.RequireFinite(weight);
        using DisposeScope scope = NewDisposeScope();
        double slope = options.Scale * (1 + options.Margin.M1);
        (Tensor x, Tensor w) = Directions(embeddings, weight, slope / embeddings.shape[0], slope);
        (Tensor cosines, Tensor centers) = NearestCenters(x, w, options.CentersPerClass);

        Tensor logits = cosines;
        if (options.Margin != AngularMargin.None)
        {
            Tensor y = labels.unsqueeze(1).clone();                                    // [N, 1]
            Tensor targetAngles = UnitVectors.Angle(x, w.SelectRows(centers.gather(1, y).squeeze(1)));
            Tensor targets = options.Margin.TargetCosineAndSlope(targetAngles, options.Boundary).Cosine.unsqueeze(1);
            if (options.Gradient == MarginGradient.Detached)
            {
                Tensor targetCosines = cosines.gather(1, y);
                targets = targetCosines.Plus((targets - targetCosines).detach());
            }

            logits = cosines.scatter(1, y, targets);
        }

        return CrossEntropy.Unchecked(logits.Times(options.Scale), labels, options.LabelSmoothing).MoveToOuterDisposeScope();
    }

    /// <summary>x̂ and ŵ, where ‖x‖·‖∂L/∂x‖ and ‖W_j‖·‖∂L/∂W_j‖ are at most so large.</summary>
    private static (Tensor X, Tensor W) Directions(Tensor embeddings, Tensor weight, double slopeOfEmbeddings, double slopeOfWeight)
    {
        ScalarType type = Guard.ComputeType(embeddings, weight);
        return (UnitVectors.Of(embeddings, type, slopeOfEmbeddings), UnitVectors.Of(weight, type, slopeOfWeight));
    }

    /// <summary>cos θ_ij = max_k x_i·W_jk [N, C], and the row of W that attains it [N, C] (ArcFace, equation 7).</summary>
    private static (Tensor Cosines, Tensor Centers) NearestCenters(Tensor x, Tensor w, long centersPerClass)
    {
        Tensor cosines = x.matmul(w.t());
        long classCount = w.shape[0] / centersPerClass;
        Tensor firstCenters = TensorArithmetic.Indices(0, classCount, x.device).Times(centersPerClass);
        if (centersPerClass == 1)
        {
            return (cosines, firstCenters.expand(x.shape[0], -1));
        }

        (Tensor nearest, Tensor center) = cosines.view(x.shape[0], classCount, centersPerClass).max(2);
        return (nearest, center.Plus(firstCenters));
    }
}
