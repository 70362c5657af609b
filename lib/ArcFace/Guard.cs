using System.Runtime.CompilerServices;

namespace ArcFace;

/// <summary>The checks of arguments, in one wording for each kind of error: types and shapes always, values where reading them costs nothing.</summary>
/// <remarks>Reading a value from a GPU would stall the training step until the device has caught up, so values are checked on the CPU
/// only.</remarks>
internal static class Guard
{
    /// <summary>Requires a floating-point matrix [N, D] with at least one row and one column, finite where it lies on the CPU.</summary>
    public static void RequireMatrix(
        Tensor matrix, string shape = "[N, D]", [CallerArgumentExpression(nameof(matrix))] string? name = null)
    {
        RequireMatrixShape(matrix, shape, name);
        RequireFinite(matrix, name);
    }

    /// <summary>Requires a floating-point matrix [N, D] with at least one row and one column, whatever its values.</summary>
    public static void RequireMatrixShape(
        Tensor matrix, string shape, [CallerArgumentExpression(nameof(matrix))] string? name = null, bool wholeNumbers = false)
    {
        ArgumentNullException.ThrowIfNull(matrix, name);
        if (!wholeNumbers)
        {
            RequireFloatingPoint(matrix, name);
        }

        ArgumentException.ThrowIf(matrix.dim() != 2 || matrix.shape[0] == 0 || matrix.shape[1] == 0,
            $"{name} has the shape {Shape(matrix)}, where {shape} is wanted, with at least one row and one column.", name);
    }

    /// <summary>A result that is finite, where it lies on the CPU.</summary>
    /// <exception cref="ArgumentException">It is not, because the input was too large for its type.</exception>
    public static Tensor RequireInRange(Tensor result, string? name)
    {
        ArgumentException.ThrowIf(
            result.device_type == DeviceType.CPU && !result.detach().isfinite().all().item<bool>(),
            $"{name} hold numbers so large that the result is beyond the largest number of {result.dtype}, {finfo(result.dtype).max:g3}.",
            name);
        return result;
    }

    /// <summary>Requires two matrices whose rows are vectors of the same space: equal widths, one device.</summary>
    public static void RequireSameWidth(
        Tensor left,
        Tensor right,
        bool sameDevice = true,
        [CallerArgumentExpression(nameof(left))] string? leftName = null,
        [CallerArgumentExpression(nameof(right))] string? rightName = null)
    {
        ArgumentException.ThrowIf(left.shape[^1] != right.shape[^1],
            $"{leftName} have {left.shape[^1]} dimensions a row, but {rightName} has {right.shape[^1]}: the two must agree.", leftName);
        if (sameDevice)
        {
            RequireSameDevice(left, right, leftName, rightName);
        }
    }

    /// <summary>Requires labels [N] int64, one a sample, each within 0..C−1.</summary>
    public static void RequireLabels(
        Tensor labels, Tensor samples, long classCount, [CallerArgumentExpression(nameof(labels))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(labels, name);
        ArgumentException.ThrowIf(labels.dtype != ScalarType.Int64, $"{name} are of type {labels.dtype}; convert them to Int64.", name);
        long sampleCount = samples.shape[0];
        ArgumentException.ThrowIf(labels.dim() != 1 || labels.shape[0] != sampleCount,
            $"{name} have the shape {Shape(labels)}, where [{sampleCount}] is wanted: one label a sample.", name);
        RequireSameDevice(labels, samples, name, "the samples");
        if (labels.device_type == DeviceType.CPU)
        {
            RequireClasses(labels, classCount, name);
        }
    }

    /// <summary>Requires labels within 0..C−1, on any device: reading them waits for it.</summary>
    public static void RequireClasses(Tensor labels, long classCount, [CallerArgumentExpression(nameof(labels))] string? name = null)
    {
        using DisposeScope scope = NewDisposeScope();
        long lowest = labels.min().item<long>(), highest = labels.max().item<long>();
        ArgumentOutOfRangeException.ThrowIf(lowest < 0 || highest >= classCount,
            $"class label {(lowest < 0 ? lowest : highest)} is outside 0..{classCount - 1} ({classCount} classes).", name);
    }

    /// <summary>Requires a matrix [N, D] of real numbers, whole ones too, with at least one row and one column.</summary>
    public static void RequireRows(Tensor rows, [CallerArgumentExpression(nameof(rows))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(rows, name);
        ArgumentException.ThrowIf(
            rows.is_complex() || rows.dtype == ScalarType.Bool, $"{name} hold {rows.dtype}: embeddings are real numbers.", name);
        RequireMatrixShape(rows, "[N, D]", name, wholeNumbers: true);
    }

    /// <summary>Requires two such matrices of one width, on any devices.</summary>
    public static void RequireRows(
        Tensor first,
        Tensor second,
        [CallerArgumentExpression(nameof(first))] string? firstName = null,
        [CallerArgumentExpression(nameof(second))] string? secondName = null)
    {
        RequireRows(first, firstName);
        RequireRows(second, secondName);
        RequireSameWidth(second, first, sameDevice: false, secondName, firstName);
    }

    /// <summary>Requires images [N, channels, side, side], floating point.</summary>
    public static void RequireImages(Tensor images, long channels, long side)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIf(images.dim() != 4 || images.shape[1] != channels || images.shape[2] != side || images.shape[3] != side,
            $"images have the shape {Shape(images)}, and this model takes [N, {channels}, {side}, {side}]: resize them.", nameof(images));
        RequirePixels(images);
    }

    public static void RequirePixels(Tensor images) => RequireFloatingPoint(images, nameof(images), "scale pixels to 0..1");

    /// <summary>[N, …] as [N, featureCount].</summary>
    public static Tensor Flattened(Tensor features, long featureCount)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentException.ThrowIf(
            features.dim() < 2 || features.shape.Skip(1).Aggregate(1L, (product, size) => product * size) != featureCount,
            $"features have the shape {Shape(features)}, and this model takes N rows of {featureCount} numbers.",
            nameof(features));
        RequireFloatingPoint(features);
        return features.flatten(1);
    }

    /// <summary>Labels of any whole-number type as an array, one for each of <paramref name="count"/> rows.</summary>
    public static long[] Labels(Tensor labels, long count, [CallerArgumentExpression(nameof(labels))] string? name = null)
    {
        RequireVector(labels, count, name);
        ArgumentException.ThrowIf(!labels.is_integral() || labels.dtype == ScalarType.Bool,
            $"{name} hold {labels.dtype}: labels are whole numbers, convert them with to(ScalarType.Int64).", name);
        using DisposeScope scope = NewDisposeScope();
        return labels.detach().cpu().to(ScalarType.Int64).data<long>().ToArray();
    }

    public static bool[] Flags(Tensor flags, long count, [CallerArgumentExpression(nameof(flags))] string? name = null)
    {
        RequireVector(flags, count, name);
        ArgumentException.ThrowIf(flags.is_complex(), $"{name} hold {flags.dtype}: give booleans, or the numbers 0 and 1.", name);
        using DisposeScope scope = NewDisposeScope();
        double[] values = flags.detach().cpu().to(ScalarType.Float64).data<double>().ToArray();
        int wrong = Array.FindIndex(values, value => value is not (0 or 1));
        return wrong < 0
            ? Array.ConvertAll(values, value => value == 1)
            : throw new ArgumentException($"{name}[{wrong}] is {values[wrong]}: it must be 1 (same person) or 0 (two persons).", name);
    }

    public static void RequireRate(double rate, [CallerArgumentExpression(nameof(rate))] string? name = null) =>
        ArgumentOutOfRangeException.ThrowIf(!(rate >= 0 && rate <= 1), $"{name} is {rate}: a rate lies between 0 and 1.", name, rate);

    public static void RequireScale(double scale, [CallerArgumentExpression(nameof(scale))] string? name = null) =>
        ArgumentOutOfRangeException.ThrowIf(!(scale > 0 && double.IsFinite(scale)),
            $"the scale {scale} must be positive and finite; 1 leaves the cosines as they are.", name, scale);

    /// <summary>Requires a margin between distances: at least 0 and finite.</summary>
    public static void RequireMargin(double margin, [CallerArgumentExpression(nameof(margin))] string? name = null) =>
        ArgumentOutOfRangeException.ThrowIf(
            !(margin >= 0 && double.IsFinite(margin)), $"the margin {margin} must be at least 0 and finite.", name, margin);

    public static void RequireSeveralClasses(long classCount, [CallerArgumentExpression(nameof(classCount))] string? name = null) =>
        ArgumentOutOfRangeException.ThrowIf(classCount < 2, $"{classCount} classes: at least 2 are needed.", name, classCount);

    public static void RequireFloatingPoint(
        Tensor tensor, [CallerArgumentExpression(nameof(tensor))] string? name = null, string remedy = "convert them to Float32") =>
        ArgumentException.ThrowIf(!tensor.is_floating_point(), $"{name} of type {tensor.dtype} hold whole numbers; {remedy}.", name);

    /// <summary>Requires every value to be finite, where the tensor lies on the CPU.</summary>
    public static void RequireFinite(Tensor tensor, [CallerArgumentExpression(nameof(tensor))] string? name = null)
    {
        if (tensor.device_type != DeviceType.CPU || tensor.numel() == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        (Tensor lowest, Tensor highest) = tensor.detach().aminmax();
        double low = lowest.to(ScalarType.Float64).item<double>(), high = highest.to(ScalarType.Float64).item<double>();
        if (!double.IsFinite(low) || !double.IsFinite(high))
        {
            double offender = double.IsFinite(low) ? high : low;
            long index = tensor.detach().isfinite().logical_not().flatten().to(ScalarType.Int32).argmax().item<long>();
            throw new ArgumentException(
                $"{name} hold {offender} (flat index {index}); every value must be finite. " +
                "Look for a learning rate that is too high, or for missing values in the data.", name);
        }
    }

    /// <summary>The type to compute in: double precision where an operand has it, else single, for half is too coarse for angles.</summary>
    public static ScalarType ComputeType(Tensor left, Tensor right) =>
        left.dtype == ScalarType.Float64 || right.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>The shape as a reader writes it: <c>[6000, 512]</c>.</summary>
    public static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";

    public static void RequireSameDevice(Tensor left, Tensor right, string? leftName, string? rightName) =>
        ArgumentException.ThrowIf(left.device_type != right.device_type || left.device_index != right.device_index,
            $"{leftName} lie on {left.device}, but {rightName} on {right.device}: move one to the other.", leftName);

    private static void RequireVector(Tensor values, long count, string? name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        ArgumentException.ThrowIf(values.dim() != 1 || values.shape[0] != count,
            $"{name} have the shape {Shape(values)}: [{count}] is wanted, one value a row of the embeddings.", name);
    }
}
