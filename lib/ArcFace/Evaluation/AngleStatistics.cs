namespace ArcFace.Evaluation;

/// <summary>How tight the classes lie on the sphere and how far from each other, in degrees.</summary>
/// <remarks>The statistics of table 3 in Deng et al., "ArcFace" (2019). A class's center is the mean of the directions of its samples,
/// normalised. Angles are computed in float64.</remarks>
public sealed record AngleStatistics
{
    private AngleStatistics()
    {
    }

    /// <summary>W-EC: mean over the classes with samples of the angle between weight and center; NaN without weights.</summary>
    public double WeightToCenter { get; private init; }

    /// <summary>W-Inter: mean over the classes of the smallest angle between a weight and another class's; NaN without weights.</summary>
    public double WeightToWeight { get; private init; }

    /// <summary>Intra: mean over the samples of the angle to their class's center.</summary>
    public double Intra { get; private init; }

    /// <summary>Inter: mean over the classes with samples of the smallest angle between a center and another class's.</summary>
    public double Inter { get; private init; }

    /// <summary>The same class by class, ascending: every row of the weights, or without weights every label that occurs.</summary>
    public IReadOnlyList<ClassAngles> Classes { get; private init; } = [];

    /// <summary>The angle of each sample to its class's center, in the order of the samples.</summary>
    public IReadOnlyList<double> SampleToCenter { get; private init; } = [];

    /// <summary>Measures embeddings against the class weights they were trained with.</summary>
    /// <param name="embeddings">One embedding a row, [N, D], not necessarily normalised.</param>
    /// <param name="labels">The class of each, 0..C − 1, [N]. A class may lack samples; it then counts in W-Inter alone.</param>
    /// <param name="weight">One row a class, [C, D], not necessarily normalised. Of sub-centers give each class's dominant one.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, a row is not finite or has length zero, a class's samples cancel
    /// out, or fewer than two classes have samples.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A label is outside 0..C − 1.</exception>
    public static AngleStatistics Measure(Tensor embeddings, Tensor labels, Tensor weight)
    {
        Guard.RequireRows(embeddings, weight);
        long[] classes = Guard.Labels(labels, embeddings.shape[0]);
        long classCount = weight.shape[0];
        int wrong = Array.FindIndex(classes, label => label < 0 || label >= classCount);
        ArgumentOutOfRangeException.ThrowIf(
            wrong >= 0, $"class label {classes[wrong]} is outside 0..{classCount - 1} ({classCount} rows of weight).", nameof(labels));
        return Measure(embeddings, classes, weight, nameof(labels));
    }

    /// <summary>Measures embeddings of people that no weight was trained for: Intra and Inter alone, as for a test set.</summary>
    /// <param name="embeddings">One embedding a row, [N, D], not necessarily normalised.</param>
    /// <param name="labels">The class of each, any whole numbers, [N].</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit, a row is not finite or has length zero, a class's samples cancel
    /// out, or there is only one class.</exception>
    public static AngleStatistics Measure(Tensor embeddings, Tensor labels)
    {
        Guard.RequireRows(embeddings);
        return Measure(embeddings, Guard.Labels(labels, embeddings.shape[0]), null, nameof(labels));
    }

    /// <summary>The four statistics as a table.</summary>
    public override string ToString() => new TextTable($"Angles of {TextTable.Count(SampleToCenter.Count)} samples")
        .Row("W-EC     weight to its center", TextTable.Degrees(WeightToCenter))
        .Row("W-Inter  weight to nearest weight", TextTable.Degrees(WeightToWeight))
        .Row("Intra    sample to its center", TextTable.Degrees(Intra))
        .Row("Inter    center to nearest center", TextTable.Degrees(Inter))
        .ToString();

    private static AngleStatistics Measure(Tensor embeddings, long[] classes, Tensor? weight, string labelsName)
    {
        long[] present = [.. classes.Distinct().Order()];
        ArgumentException.ThrowIf(
            present.Length < 2, $"All samples are of class {present[0]}: angles between classes need at least 2.", labelsName);
        using var scope = NewDisposeScope();
        int[] classOfSample = Array.ConvertAll(classes, label => Array.BinarySearch(present, label));
        Tensor unit = Directions.Of(embeddings);
        Tensor rows = tensor(Array.ConvertAll(classOfSample, one => (long)one), device: unit.device);
        Tensor centers = Directions.Centers(unit, classOfSample, present, nameof(embeddings));
        double[] toCenter = Directions.PerRow(unit.shape[0], unit.shape[1], (from, to) =>
            Directions.Degrees(unit.slice(0, from, to, 1), centers.index_select(0, rows.slice(0, from, to, 1))));
        int[] counts = new int[present.Length];
        Array.ForEach(classOfSample, one => counts[one]++);
        var intra = new double[present.Length];
        for (int i = 0; i < toCenter.Length; i++)
        {
            intra[classOfSample[i]] += toCenter[i] / counts[classOfSample[i]];
        }

        double[] inter = Nearest(centers);
        double[]? weightToCenter = null, weightToWeight = null;
        if (weight is not null)
        {
            Tensor unitWeight = Directions.Of(weight).to(unit.device);
            Tensor own = unitWeight.index_select(0, tensor(present, device: unit.device));
            weightToCenter = Directions.ToArray(Directions.Degrees(own, centers));
            weightToWeight = Nearest(unitWeight);
        }

        return new()
        {
            WeightToCenter = weightToCenter?.Average() ?? double.NaN,
            WeightToWeight = weightToWeight?.Average() ?? double.NaN,
            Intra = toCenter.Average(),
            Inter = inter.Average(),
            SampleToCenter = toCenter,
            Classes = [.. weightToWeight is null ? present.Select(OfClass) : weightToWeight.Select((_, label) => OfClass(label))],
        };

        ClassAngles OfClass(long label)
        {
            int at = Array.BinarySearch(present, label);
            double toWeight = weightToWeight?[label] ?? double.NaN;
            return at < 0
                ? new(label, 0, double.NaN, toWeight, double.NaN, double.NaN)
                : new(label, counts[at], weightToCenter?[at] ?? double.NaN, toWeight, intra[at], inter[at]);
        }
    }

    /// <summary>The angle of each row to the nearest other one.</summary>
    private static double[] Nearest(Tensor unit) => Directions.PerRow(unit.shape[0], unit.shape[0], (from, to) =>
    {
        Tensor part = unit.slice(0, from, to, 1);
        Tensor cosines = part.matmul(unit.t());
        Tensor self = TensorArithmetic.Indices(from, to, unit.device).unsqueeze(1);
        cosines.scatter_(1, self, TensorArithmetic.Full([to - from, 1], double.NegativeInfinity, ScalarType.Float64, unit.device));
        return Directions.Degrees(part, unit.index_select(0, cosines.argmax(1)));
    });
}

/// <summary>The angles of one class, in degrees; NaN where the class has no weight, no sample or no neighbour.</summary>
/// <param name="Label">The class.</param>
/// <param name="SampleCount">Its samples.</param>
/// <param name="WeightToCenter">Between its weight and its center.</param>
/// <param name="WeightToWeight">Between its weight and the nearest other class's weight.</param>
/// <param name="Intra">Mean over its samples of the angle to its center.</param>
/// <param name="Inter">Between its center and the nearest other class's center.</param>
public sealed record ClassAngles(
    long Label, int SampleCount, double WeightToCenter, double WeightToWeight, double Intra, double Inter);
