namespace ArcFace.Losses;

/// <summary>Partial FC (arXiv 2203.15565): a step looks at the classes of its batch and at some others, drawn at random.</summary>
/// <remarks>The gradient of the whole weight is then sparse: a matrix [C·K, D] that holds the drawn rows alone. Dense, it would cost at a
/// million classes what the drawing saves.</remarks>
internal static class PartialClasses
{
    /// <summary>How many classes a step looks at: ⌈r·C⌉, but never fewer than the batch may have.</summary>
    public static long Count(double sampleRate, long sampleCount, long classCount) =>
        Math.Max((long)Math.Ceiling(sampleRate * classCount), Math.Min(sampleCount, classCount));

    /// <summary>Draws classes: all that the labels name, filled up with others, uniformly and without replacement.</summary>
    /// <returns>The classes [count] in ascending order, and the labels as positions among them [N].</returns>
    /// <remarks>Drawn on the CPU, so that every device sees the same classes; no size depends on a value, so nothing waits for it.</remarks>
    public static (Tensor Classes, Tensor Labels) Draw(Tensor labels, long classCount, long count)
    {
        using DisposeScope scope = NewDisposeScope();
        using Scalar certain = 2;
        Tensor keys = rand(classCount, ScalarType.Float64).to(labels.device).index_fill_(0, labels, certain);
        Tensor classes = keys.topk((int)count, sorted: false).indexes.sort().Values;
        Tensor positions = zeros(classCount, ScalarType.Int64, labels.device).scatter_(0, classes, TensorArithmetic.Indices(0, count, labels.device));
        return (classes.MoveToOuterDisposeScope(), positions.gather(0, labels).MoveToOuterDisposeScope());
    }

    /// <summary>The rows of W [C·K, D] that hold the centers of some classes, [count·K] int64.</summary>
    public static Tensor RowsOf(Tensor classes, long centersPerClass)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor centers = TensorArithmetic.Indices(0, centersPerClass, classes.device);
        return classes.unsqueeze(1).Times(centersPerClass).Plus(centers).flatten().MoveToOuterDisposeScope();
    }
}
