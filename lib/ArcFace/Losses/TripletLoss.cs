namespace ArcFace.Losses;

/// <summary>The triplet loss: an anchor must lie closer to a sample of its class than to one of another, by a margin.</summary>
/// <remarks>Each form is the mean over the triplets of max(0, d(a, p) + margin − d(a, n)).</remarks>
public static class TripletLoss
{
    /// <summary>With d the squared Euclidean distance: FaceNet (arXiv 1503.03832), equation 3, there on embeddings of length one.</summary>
    /// <param name="anchors">a [T, D], floating point, at least one row.</param>
    /// <param name="positives">p [T, D], each of its anchor's class.</param>
    /// <param name="negatives">n [T, D], each of another class.</param>
    /// <param name="margin">α: at least 0; FaceNet's is 0.2.</param>
    /// <returns>A scalar, differentiable.</returns>
    /// <exception cref="ArgumentException">Shapes, types or devices do not fit, or (on the CPU) a value is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The margin is negative or not finite.</exception>
    public static Tensor Euclidean(Tensor anchors, Tensor positives, Tensor negatives, double margin = 0.2)
    {
        ScalarType type = ComputeType(anchors, positives, negatives, margin);
        using DisposeScope scope = NewDisposeScope();
        Tensor a = anchors.to(type);
        Tensor near = Guard.RequireInRange((a - positives.to(type)).Squared().sum(1), "anchors and positives");
        Tensor far = Guard.RequireInRange((a - negatives.to(type)).Squared().sum(1), "anchors and negatives");
        return Hinge(near, far, margin).MoveToOuterDisposeScope();
    }

    /// <summary>With d the angle: arccos(â·p̂) + m ≤ arccos(â·n̂). ArcFace (arXiv 1801.07698) compares with it.</summary>
    /// <inheritdoc cref="Euclidean"/>
    /// <param name="anchors">a [T, D], floating point, at least one row.</param>
    /// <param name="positives">p [T, D], each of its anchor's class.</param>
    /// <param name="negatives">n [T, D], each of another class.</param>
    /// <param name="margin">m in radians: at least 0; ArcFace's comparison takes 0.35.</param>
    public static Tensor Angular(Tensor anchors, Tensor positives, Tensor negatives, double margin = 0.35)
    {
        ScalarType type = ComputeType(anchors, positives, negatives, margin);
        using DisposeScope scope = NewDisposeScope();
        Tensor anchor = UnitVectors.Of(anchors, type);
        Tensor near = UnitVectors.Angle(anchor, UnitVectors.Of(positives, type));
        Tensor far = UnitVectors.Angle(anchor, UnitVectors.Of(negatives, type));
        return Hinge(near, far, margin).MoveToOuterDisposeScope();
    }

    /// <summary>Of mined triplets, from the distances that they were mined on. Without any triplet it is 0.</summary>
    /// <param name="distances">d [N, N], as <see cref="PairwiseDistances"/> gives them.</param>
    /// <param name="triplets">Triplets of rows of <paramref name="distances"/>.</param>
    /// <param name="margin">The margin, in the unit of the distances: at least 0.</param>
    /// <returns>A scalar, differentiable in the distances and through them in the embeddings.</returns>
    /// <exception cref="ArgumentException">The distances are no square matrix, or (on the CPU) not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The margin is negative or not finite, or a triplet names a row that is not there.</exception>
    public static Tensor FromDistances(Tensor distances, TripletSelection triplets, double margin)
    {
        ArgumentNullException.ThrowIfNull(triplets);
        TripletMining.RequireDistances(distances);
        Guard.RequireMargin(margin);
        long sampleCount = distances.shape[0];
        foreach (Triplet triplet in triplets.Triplets)
        {
            long largest = Math.Max(triplet.Anchor, Math.Max(triplet.Positive, triplet.Negative));
            long least = Math.Min(triplet.Anchor, Math.Min(triplet.Positive, triplet.Negative));
            ArgumentOutOfRangeException.ThrowIf(
                least < 0 || largest >= sampleCount, $"{triplet} names a sample outside 0..{sampleCount - 1}.", nameof(triplets));
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor flat = distances.flatten();
        Tensor near = flat.index_select(0, Index(t => (t.Anchor * sampleCount) + t.Positive));
        Tensor far = flat.index_select(0, Index(t => (t.Anchor * sampleCount) + t.Negative));
        Tensor sum = nn.functional.relu((near - far).Plus(margin)).sum();
        return sum.Over(Math.Max(triplets.Triplets.Count, 1)).MoveToOuterDisposeScope();

        Tensor Index(Func<Triplet, long> cell) => tensor(triplets.Triplets.Select(cell).ToArray(), ScalarType.Int64).to(distances.device);
    }

    private static Tensor Hinge(Tensor near, Tensor far, double margin) => nn.functional.relu((near - far).Plus(margin)).mean();

    /// <summary>Requires triplets and a margin that fit, and gives the type to compute in.</summary>
    private static ScalarType ComputeType(Tensor anchors, Tensor positives, Tensor negatives, double margin)
    {
        Guard.RequireMatrix(anchors, "[T, D]");
        Guard.RequireMatrix(positives, "[T, D]");
        Guard.RequireMatrix(negatives, "[T, D]");
        Guard.RequireMargin(margin);
        foreach ((Tensor other, string name) in new[] { (positives, nameof(positives)), (negatives, nameof(negatives)) })
        {
            Guard.RequireSameDevice(other, anchors, name, nameof(anchors));
            ArgumentException.ThrowIf(!other.shape.AsSpan().SequenceEqual(anchors.shape),
                $"{name} have the shape {Guard.Shape(other)}, but anchors {Guard.Shape(anchors)}: a triplet has one of each.", name);
        }

        return anchors.dtype == ScalarType.Float64 ? ScalarType.Float64 : Guard.ComputeType(positives, negatives);
    }
}
