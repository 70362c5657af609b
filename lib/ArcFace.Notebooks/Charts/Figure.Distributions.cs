using System.Globalization;
using System.Text.Json.Nodes;
using ArcFace.Evaluation;
using Chart = Plotly.NET.CSharp.Chart;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int ScoreBins = 80;

    // Above the highest bar stands the meaning of the marked line.
    private const double Headroom = 1.12;
    private const string GenuineColor = "#3f90da";
    private const string ImpostorColor = "#bd1f01";

    /// <summary>Histograms of the scores of genuine and impostor pairs, each as a share of its kind, with the threshold marked.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="roc">The pairs.</param>
    /// <param name="threshold">The score from which on a pair is accepted.</param>
    public static Figure ScoreHistogram(string title, RocCurve roc, double threshold)
    {
        ArgumentNullException.ThrowIfNull(roc);
        double from = Math.Floor(10 * Math.Min(roc[^1].Threshold, threshold)) / 10;
        double to = Math.Max(from + 0.1, Math.Ceiling(10 * Math.Max(roc[1].Threshold, threshold)) / 10);
        return Kinds(Titled(title, "score: cosine of the angle", "share of the pairs"), roc, from, to)
            .VerticalLine(threshold, $" threshold {Short(threshold)}");
    }

    private static Figure Kinds(Figure figure, RocCurve roc, double from, double to)
    {
        var genuine = new List<(double, double)>();
        var impostor = new List<(double, double)>();
        RocPoint before = roc[0];
        foreach (RocPoint point in roc.Skip(1))
        {
            genuine.Add((point.Threshold, point.TrueAcceptRate - before.TrueAcceptRate));
            impostor.Add((point.Threshold, point.FalseAcceptRate - before.FalseAcceptRate));
            before = point;
        }

        double[] genuineShares = Binned(genuine, from, to);
        double[] impostorShares = Binned(impostor, from, to);
        double highest = Math.Max(genuineShares.Max(), impostorShares.Max());
        return figure
            .Shares(impostorShares, from, to, Counted("impostor", roc.ImpostorCount), ImpostorColor)
            .Shares(genuineShares, from, to, Counted("genuine", roc.GenuineCount), GenuineColor)
            .Ranged(x: (from, to), y: (0, Headroom * highest));
    }

    private static double[] Binned(IEnumerable<(double Value, double Share)> weighted, double from, double to)
    {
        var shares = new double[ScoreBins];
        foreach ((double value, double share) in weighted)
        {
            shares[Math.Clamp((int)((value - from) / (to - from) * ScoreBins), 0, ScoreBins - 1)] += share;
        }

        return shares;
    }

    private Figure Shares(double[] shares, double from, double to, string name, string color)
    {
        double width = (to - from) / shares.Length;
        return NumberBars([.. shares.Select((_, bin) => from + ((bin + 0.5) * width))], shares, width, name, color, 0.6);
    }

    /// <summary>The figure with its newest trace changed.</summary>
    private Figure WithNewest(Action<JsonObject> change)
    {
        JsonObject trace = Clone(_traces[^1]);
        change(trace);
        return new Figure(_traces.SetItem(_traces.Count - 1, trace), _layout);
    }

    private Figure NumberBars(double[] middles, double[] heights, double width, string name, string color, double opacity)
    {
        JsonObject trace = Trace(Chart.Column<double, double, string>(values: heights, Keys: new(middles, true), UseDefaults: false), name);
        trace["width"] = width;
        trace["marker"] = new JsonObject { ["color"] = color, ["opacity"] = opacity, ["line"] = new JsonObject { ["width"] = 0 } };
        return WithTrace(trace).WithLayout(layout => layout["barmode"] = "overlay");
    }

    private static string Counted(string kind, long pairs) => string.Create(CultureInfo.InvariantCulture, $"{kind} ({pairs:N0} pairs)");

    private static string Short(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);
}
