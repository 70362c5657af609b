namespace ArcFace.Evaluation;

/// <summary>Verification: do two pictures show one person?</summary>
/// <remarks>The score of a pair is the cosine of the angle between its embeddings, computed in float64 and rounded to multiples of 2⁻⁴⁰, so
/// that equal angles are equal scores. Embeddings need not be normalised.</remarks>
public static partial class Verification
{
    /// <summary>Evaluates pairs by the LFW protocol: contiguous folds in the order of the pairs.</summary>
    /// <param name="left">One embedding of each pair, [P, D].</param>
    /// <param name="right">The other, [P, D].</param>
    /// <param name="same">Whether the pair shows one person: booleans, or numbers 0 and 1, [P].</param>
    /// <param name="folds">Number of folds, at least 2. Where P does not divide evenly the first folds hold one pair more; with fewer pairs
    /// than folds every pair is a fold of its own, and the report's warning says so.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, an embedding is not finite or has length zero, or genuine or
    /// impostor pairs are missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="folds"/> is below 2.</exception>
    public static VerificationReport Evaluate(Tensor left, Tensor right, Tensor same, int folds = 10)
    {
        ArgumentOutOfRangeException.ThrowIf(
            folds < 2, $"{folds} folds: at least 2 are needed, one to test and one to choose on.", nameof(folds), folds);
        bool[] flags = CheckPairs(left, right, same);
        int used = Math.Min(folds, flags.Length);
        string? warning = used == folds ? null : $"{flags.Length} pairs are fewer than {folds} folds: every pair was a fold of its own.";
        return Report(Directions.PairCosines(left, right), flags, FoldProtocol.Contiguous(flags.Length, used), warning);
    }

    /// <summary>Evaluates pairs with folds given by the caller.</summary>
    /// <param name="left">One embedding of each pair, [P, D].</param>
    /// <param name="right">The other, [P, D].</param>
    /// <param name="same">Whether the pair shows one person: booleans, or numbers 0 and 1, [P].</param>
    /// <param name="foldOfPair">The fold of each pair: whole numbers, of which at least two differ, [P].</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, an embedding is not finite or has length zero, genuine or impostor
    /// pairs are missing, or all pairs are in one fold.</exception>
    public static VerificationReport Evaluate(Tensor left, Tensor right, Tensor same, Tensor foldOfPair)
    {
        bool[] flags = CheckPairs(left, right, same);
        int[] fold = FoldProtocol.FromCaller(Guard.Labels(foldOfPair, flags.Length));
        ArgumentException.ThrowIf(
            fold.Max() == 0, "All pairs are in one fold: at least 2 are needed, one to test and one to choose on.", nameof(foldOfPair));
        return Report(Directions.PairCosines(left, right), flags, fold, null);
    }

    /// <summary>Confidence intervals of the figures of verification, by a bootstrap over people.</summary>
    /// <remarks>Pairs that share a person are not independent, so people are drawn, with replacement, as many as there are. A person drawn
    /// m times counts m-fold in a genuine pair, two people drawn m and n times count m·n-fold in an impostor pair. The ends of an interval
    /// are percentiles of the resampled figures. A resampling without genuine or without impostor pairs is drawn again. Sources: Bolle,
    /// Ratha, Pankanti, "Error analysis of pattern recognition systems: the subsets bootstrap", CVIU 93 (2004); Owen, "The pigeonhole
    /// bootstrap", Annals of Applied Statistics 1 (2007).</remarks>
    /// <param name="left">One embedding of each pair, [P, D].</param>
    /// <param name="right">The other, [P, D].</param>
    /// <param name="leftIdentities">The person on the left, whole numbers, [P].</param>
    /// <param name="rightIdentities">The person on the right, [P]; the pair is genuine if it is the same.</param>
    /// <param name="options">How to resample; the defaults if null.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, an embedding is not finite or has length zero, or genuine or
    /// impostor pairs are missing.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static VerificationIntervals Bootstrap(
        Tensor left, Tensor right, Tensor leftIdentities, Tensor rightIdentities, BootstrapOptions? options = null)
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Replicates, 2, "options.Replicates");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Folds, 2, "options.Folds");
        ArgumentOutOfRangeException.ThrowIf(!(options.Confidence > 0 && options.Confidence < 1),
            $"Confidence is {options.Confidence}: it must lie between 0 and 1, both excluded.", nameof(options), options.Confidence);
        foreach (double rate in options.FalseAcceptRates)
        {
            Guard.RequireRate(rate, "options.FalseAcceptRates");
        }

        CheckSides(left, right);
        long[] leftPersons = Guard.Labels(leftIdentities, left.shape[0]);
        long[] rightPersons = Guard.Labels(rightIdentities, left.shape[0]);
        bool[] same = [.. leftPersons.Zip(rightPersons, (a, b) => a == b)];
        RocCurve.RequireBoth(same.Count(flag => flag), same.Count(flag => !flag), nameof(rightIdentities));

        double[] scores = Directions.PairCosines(left, right);
        int[] folds = FoldProtocol.Contiguous(scores.Length, Math.Min(options.Folds, scores.Length));
        (_, double[] thresholds) = FoldProtocol.Run(scores, same, folds);
        bool[] decidedRightly = [.. scores.Select((score, i) => score >= thresholds[folds[i]] == same[i])];
        return new IdentityBootstrap(scores, same, decidedRightly, leftPersons, rightPersons).Run(options);
    }

    private static bool[] CheckPairs(Tensor left, Tensor right, Tensor same)
    {
        CheckSides(left, right);
        bool[] flags = Guard.Flags(same, left.shape[0]);
        RocCurve.RequireBoth(flags.Count(flag => flag), flags.Count(flag => !flag), nameof(same));
        return flags;
    }

    private static void CheckSides(Tensor left, Tensor right)
    {
        Guard.RequireRows(left, right);
        ArgumentException.ThrowIf(left.shape[0] != right.shape[0],
            $"right has {right.shape[0]} rows, left {left.shape[0]}: a pair is the same row of both.", nameof(right));
    }

    private static VerificationReport Report(double[] scores, bool[] same, int[] foldOfPair, string? warning)
    {
        (double[] accuracies, double[] thresholds) = FoldProtocol.Run(scores, same, foldOfPair);
        double threshold = FoldProtocol.BestThreshold(scores, same);
        return new(RocCurve.FromScores(scores, same, Directions.Grid), threshold, accuracies, thresholds, warning);
    }
}
