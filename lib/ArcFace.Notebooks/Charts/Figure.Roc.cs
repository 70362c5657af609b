using ArcFace.Evaluation;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int RocSteps = 240;

    /// <summary>ROC curves over a logarithmic false-accept rate, each with its equal error rate marked.</summary>
    /// <remarks>A curve begins at one false accept: what lies to the left of it, its impostors cannot measure.</remarks>
    /// <param name="title">Says what to see.</param>
    /// <param name="curves">The curves and their names; a curve without a name is not in the legend.</param>
    /// <exception cref="ArgumentException">There is no curve.</exception>
    public static Figure Roc(string title, params (string Name, RocCurve Curve)[] curves)
    {
        if (curves.Length == 0)
        {
            throw new ArgumentException("a ROC figure needs at least one curve", nameof(curves));
        }

        double lowest = Math.Floor(Math.Log10(1.0 / curves.Max(one => one.Curve.ImpostorCount)));
        double[] diagonal = Logarithmic(lowest);
        Figure figure = Titled(title, "false-accept rate, FAR (logarithmic; dots: equal error rate)", "true-accept rate, TAR")
            .Logarithmic(x: true)
            .Ranged(x: (lowest, 0), y: (0, 1.02))
            .Line(diagonal, diagonal, "chance", "#999999", dashed: true);
        for (int i = 0; i < curves.Length; i++)
        {
            (string name, RocCurve curve) = curves[i];
            double[] rates = Logarithmic(Math.Log10(1.0 / curve.ImpostorCount));
            rates[0] = 1.0 / curve.ImpostorCount;
            double equal = curve.EqualErrorRate;
            figure = figure.Line(rates, rates.Select(curve.TrueAcceptRateAt), name, Palette.Class(i));
            if (equal > 0)
            {
                figure = figure.Points([equal], [1 - equal], color: Palette.Class(i), size: 11);
            }
        }

        return figure;
    }

    private static double[] Logarithmic(double exponent) =>
        [.. Enumerable.Range(0, RocSteps + 1).Select(step => Math.Pow(10, exponent * (RocSteps - step) / RocSteps))];
}
