namespace ArcFace.Evaluation;

public static partial class Verification
{
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
        Check(options);
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

    private static void Check(BootstrapOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Replicates, 2, "options.Replicates");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Folds, 2, "options.Folds");
        ArgumentOutOfRangeException.ThrowIf(!(options.Confidence > 0 && options.Confidence < 1),
            $"Confidence is {options.Confidence}: it must lie between 0 and 1, both excluded.", nameof(options), options.Confidence);
        foreach (double rate in options.FalseAcceptRates)
        {
            Guard.RequireRate(rate, "options.FalseAcceptRates");
        }
    }
}
