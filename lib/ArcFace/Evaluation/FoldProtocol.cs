namespace ArcFace.Evaluation;

/// <summary>Accuracy on each fold, with the threshold chosen on the others.</summary>
internal static class FoldProtocol
{
    /// <summary>Contiguous folds in the order of the pairs; where they do not divide evenly, the first folds hold one more.</summary>
    public static int[] Contiguous(int pairs, int folds)
    {
        (int size, int larger) = Math.DivRem(pairs, folds);
        return [.. Enumerable.Range(0, folds).SelectMany(fold => Enumerable.Repeat(fold, fold < larger ? size + 1 : size))];
    }

    /// <summary>Folds numbered from 0, in ascending order of the caller's numbers.</summary>
    public static int[] FromCaller(long[] numbers)
    {
        long[] distinct = [.. numbers.Distinct().Order()];
        return Array.ConvertAll(numbers, number => Array.BinarySearch(distinct, number));
    }

    public static (double[] Accuracies, double[] Thresholds) Run(double[] scores, bool[] same, int[] foldOfPair)
    {
        int folds = foldOfPair.Max() + 1;
        double[] accuracies = new double[folds], thresholds = new double[folds];
        for (int fold = 0; fold < folds; fold++)
        {
            double[] trainingScores = [.. scores.Where((_, i) => foldOfPair[i] != fold)];
            bool[] trainingSame = [.. same.Where((_, i) => foldOfPair[i] != fold)];
            double threshold = BestThreshold(trainingScores, trainingSame);
            int[] held = [.. Enumerable.Range(0, scores.Length).Where(i => foldOfPair[i] == fold)];
            accuracies[fold] = (double)held.Count(i => scores[i] >= threshold == same[i]) / held.Length;
            thresholds[fold] = threshold;
        }

        return (accuracies, thresholds);
    }

    /// <summary>The threshold that decides most of the pairs rightly: half-way between two neighbouring scores, of equally good ones the
    /// highest. Where it is best to accept nothing it lies just above the highest score, where all, at the lowest.</summary>
    public static double BestThreshold(double[] scores, bool[] same)
    {
        double[] ascending = [.. scores];
        bool[] flags = [.. same];
        Array.Sort(ascending, flags);

        int right = flags.Count(flag => !flag);
        int best = right;
        double threshold = Math.BitIncrement(ascending[^1]);
        for (int i = ascending.Length - 1; i >= 0; i--)
        {
            right += flags[i] ? 1 : -1;
            bool lastOfItsScore = i == 0 || ascending[i - 1] < ascending[i];
            if (lastOfItsScore && right > best)
            {
                best = right;
                threshold = i == 0 ? ascending[0] : Between(ascending[i - 1], ascending[i]);
            }
        }

        return threshold;
    }

    // Between two neighbouring doubles there is nothing; the half then rounds to one of them, perhaps the lower.
    private static double Between(double below, double above)
    {
        double middle = below + ((above - below) / 2);
        return middle > below ? middle : above;
    }
}
