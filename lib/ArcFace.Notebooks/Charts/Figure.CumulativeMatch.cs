using ArcFace.Evaluation;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    /// <summary>Cumulative match characteristics: the share of the probes whose person is among the k best, over k.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="ranks">The last rank shown; fewer where the gallery holds fewer persons.</param>
    /// <param name="reports">The reports and their names; one without a name is not in the legend.</param>
    /// <exception cref="ArgumentException">There is no report.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ranks"/> is not positive.</exception>
    public static Figure CumulativeMatch(string title, int ranks, params (string Name, IdentificationReport Report)[] reports)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ranks);
        if (reports.Length == 0)
        {
            throw new ArgumentException("a figure of cumulative matches needs at least one report", nameof(reports));
        }

        ranks = Math.Min(ranks, reports.Max(one => one.Report.PersonCount));
        double lowest = reports.Min(one => one.Report.RankRate(1));
        Figure figure = Titled(title, "rank k", "share found among the k best")
            .Ranged(x: (0.5, ranks + 0.5), y: (Math.Max(0, Math.Floor((lowest * 10) - 0.5) / 10), 1.02));
        for (int i = 0; i < reports.Length; i++)
        {
            double[] rates = [.. reports[i].Report.CumulativeMatch.Take(ranks)];
            IEnumerable<double> ks = Enumerable.Range(1, rates.Length).Select(k => (double)k);
            figure = figure.Line(ks, rates, reports[i].Name, Palette.Class(i), markers: true);
        }

        return figure;
    }
}
