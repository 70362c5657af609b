using System.Globalization;
using ArcFace.Notebooks.Lessons;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int ClassesWithCounts = 20;
    private const int ScoreBins = 80;

    // Above the highest bar stands the meaning of the marked line.
    private const double Headroom = 1.12;

    /// <summary>A confusion matrix: colour tells the share of the true class, up to 20 classes the count stands in each cell.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="confusion">The counts.</param>
    /// <param name="classNames">Names of the classes, [C]; their numbers if none.</param>
    /// <exception cref="ArgumentException">There are not as many names as classes.</exception>
    public static Figure Confusion(string title, ConfusionMatrix confusion, IReadOnlyList<string>? classNames = null)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        int[] classes = [.. Enumerable.Range(0, confusion.ClassCount)];
        classNames ??= [.. classes.Select(label => $"{label}")];
        ArgumentException.ThrowIf(
            classNames.Count != classes.Length, $"{classNames.Count} names for {classes.Length} classes; give one name a class", nameof(classNames));
        double[][] shares = [.. classes.Select(label => (double[])
            [.. classes.Select(predicted => confusion[label, predicted] / (double)classes.Sum(other => confusion[label, other]))])];
        double[] positions = [.. classes.Select(label => (double)label)];

        // A page of zeros hides what matters.
        bool counted = classes.Length <= ClassesWithCounts;
        var counts = classes.Select(label => classes.Select(predicted => confusion[label, predicted] is > 0 and var count ? $"{count}" : ""));
        var axis = new
        {
            tickvals = positions,
            ticktext = classNames,
            showgrid = false,
            zeroline = false,
            constrain = "domain",
            title = new { standoff = 12 },
        };
        return Titled(title, "predicted class", "true class").Sized(DefaultWidth, 620)
            .HeatMap(shares, positions, positions, ColorScale.Grey, "share of the true class")
            .WithNewest(new { zmin = 0, zmax = 1, xgap = 1, ygap = 1, text = counted ? counts : null, texttemplate = counted ? "%{text}" : null })
            .WithLayout(new { xaxis = axis, yaxis = axis })
            .WithLayout(new { yaxis = new { autorange = "reversed", scaleanchor = "x" } });
    }

    /// <summary>A reliability diagram: accuracy over confidence, with the number of predictions on each bar.</summary>
    /// <remarks>Where a bar ends below the diagonal the model is surer than it is right. Dots stand at a bin's mean confidence.</remarks>
    /// <param name="title">Says what to see.</param>
    /// <param name="report">The calibration.</param>
    public static Figure Reliability(string title, CalibrationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ReliabilityBin[] bins = [.. report.Bins.Where(bin => bin.Count > 0)];
        double[] middles = [.. bins.Select(bin => (bin.Lower + bin.Upper) / 2)], accuracies = [.. bins.Select(bin => bin.Accuracy)];
        string percent = (100 * report.ExpectedCalibrationError).ToString("F1", CultureInfo.InvariantCulture);
        return Titled(title, "confidence", "accuracy")
            .Ranged(x: (0, 1), y: (0, 1.08))
            .NumberBars(middles, accuracies, 0.96 / report.Bins.Count, "accuracy, with the number of predictions", Palette.Class(0))
            .WithNewest(new
            {
                text = bins.Select(bin => bin.Count.ToString(CultureInfo.InvariantCulture)),
                textposition = "inside",
                insidetextanchor = "start",
                insidetextfont = new { color = Palette.Ink },
                textangle = 0,
            })
            .Line([0, 1], [0, 1], "as right as it says", Palette.Ink, dashed: true)
            .Points(bins.Select(bin => bin.Confidence), accuracies, "at the mean confidence", Palette.Class(2), size: 8)
            .WithNote(0.02, 0.97, "x domain", "y domain", $"expected calibration error {percent} %", "left", "top");
    }

    /// <summary>Histograms of the scores of genuine and impostor pairs, each as a share of its kind, with the threshold marked.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="roc">The pairs.</param>
    /// <param name="threshold">The score from which on a pair is accepted.</param>
    public static Figure ScoreHistogram(string title, RocCurve roc, double threshold)
    {
        ArgumentNullException.ThrowIfNull(roc);
        double from = Math.Floor(10 * Math.Min(roc[^1].Threshold, threshold)) / 10;
        double to = Math.Max(from + 0.1, Math.Ceiling(10 * Math.Max(roc[1].Threshold, threshold)) / 10);
        double width = (to - from) / ScoreBins;
        double[] middles = [.. Enumerable.Range(0, ScoreBins).Select(bin => from + ((bin + 0.5) * width))];

        // Between two neighbours of the curve lie the pairs of one score.
        double[] Binned(Func<RocPoint, double> rate)
        {
            var shares = new double[ScoreBins];
            foreach ((RocPoint before, RocPoint point) in roc.Zip(roc.Skip(1)))
            {
                shares[Math.Clamp((int)((point.Threshold - from) / (to - from) * ScoreBins), 0, ScoreBins - 1)] += rate(point) - rate(before);
            }

            return shares;
        }

        double[] impostor = Binned(point => point.FalseAcceptRate), genuine = Binned(point => point.TrueAcceptRate);
        static string Kind(string name, long pairs) => string.Create(CultureInfo.InvariantCulture, $"{name} ({pairs:N0} pairs)");
        return Titled(title, "score: cosine of the angle", "share of the pairs")
            .NumberBars(middles, impostor, width, Kind("impostor", roc.ImpostorCount), Palette.Class(2))
            .NumberBars(middles, genuine, width, Kind("genuine", roc.GenuineCount), Palette.Class(0))
            .Ranged(x: (from, to), y: (0, Headroom * Math.Max(genuine.Max(), impostor.Max())))
            .VerticalLine(threshold, string.Create(CultureInfo.InvariantCulture, $" threshold {threshold:0.000}"));
    }

    /// <summary>Cumulative match characteristics: the share of the probes whose person is among the k best, over k.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="ranks">The last rank shown; fewer where the gallery holds fewer persons.</param>
    /// <param name="reports">The reports and their names; one without a name is not in the legend.</param>
    /// <exception cref="ArgumentException">There is no report.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ranks"/> is not positive.</exception>
    public static Figure CumulativeMatch(string title, int ranks, params (string Name, IdentificationReport Report)[] reports)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ranks);
        ArgumentException.ThrowIf(reports.Length == 0, "a figure of cumulative matches needs at least one report", nameof(reports));

        ranks = Math.Min(ranks, reports.Max(one => one.Report.PersonCount));
        double lowest = reports.Min(one => one.Report.RankRate(1));
        Figure figure = Titled(title, "rank k", "share found among the k best")
            .Ranged(x: (0.5, ranks + 0.5), y: (Math.Max(0, Math.Floor((lowest * 10) - 0.5) / 10), 1.02));
        foreach ((int i, (string name, IdentificationReport report)) in reports.Index())
        {
            double[] rates = [.. report.CumulativeMatch.Take(ranks)];
            figure = figure.Line(rates.Select((_, k) => k + 1.0), rates, name, Palette.Class(i), markers: true);
        }

        return figure;
    }
}
