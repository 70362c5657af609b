using System.Text.Json.Nodes;
using ArcFace.Notebooks.Lessons;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    private const int ClassesWithCounts = 20;

    /// <summary>A confusion matrix: colour tells the share of the true class, up to 20 classes the count stands in each cell.</summary>
    /// <param name="title">Says what to see.</param>
    /// <param name="confusion">The counts.</param>
    /// <param name="classNames">Names of the classes, [C]; their numbers if none.</param>
    /// <exception cref="ArgumentException">There are not as many names as classes.</exception>
    public static Figure Confusion(string title, ConfusionMatrix confusion, IReadOnlyList<string>? classNames = null)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        int classCount = confusion.ClassCount;
        int[] classes = [.. Enumerable.Range(0, classCount)];
        classNames ??= [.. classes.Select(label => $"{label}")];
        if (classNames.Count != classCount)
        {
            throw new ArgumentException($"{classNames.Count} names for {classCount} classes; give one name a class", nameof(classNames));
        }

        long[] totals = [.. classes.Select(label => classes.Sum(predicted => confusion[label, predicted]))];
        double[][] shares = [.. classes.Select(label => (double[])
            [.. classes.Select(predicted => totals[label] == 0 ? double.NaN : (double)confusion[label, predicted] / totals[label])])];
        double[] positions = [.. classes.Select(label => (double)label)];
        Figure figure = Titled(title, "predicted class", "true class").Sized(DefaultWidth, 620)
            .HeatMap(shares, positions, positions, ColorScale.Grey, "share of the true class")
            .WithNewest(trace =>
            {
                trace["zmin"] = 0;
                trace["zmax"] = 1;
                trace["xgap"] = 1;
                trace["ygap"] = 1;
                if (classCount <= ClassesWithCounts)
                {
                    JsonArray Row(int label) => new([.. classes.Select(predicted => Cell(confusion[label, predicted]))]);
                    trace["text"] = new JsonArray([.. classes.Select(Row)]);
                    trace["texttemplate"] = "%{text}";
                }
            });
        return figure.WithLayout(layout =>
        {
            foreach (JsonNode axis in (JsonNode[])[layout["xaxis"]!, layout["yaxis"]!])
            {
                axis["tickvals"] = Numbers(positions);
                axis["ticktext"] = new JsonArray([.. classNames.Select(name => JsonValue.Create(name))]);
                axis["showgrid"] = false;
                axis["zeroline"] = false;
                axis["constrain"] = "domain";
                axis["title"]!["standoff"] = 12;
            }

            layout["yaxis"]!["autorange"] = "reversed";
            layout["yaxis"]!["scaleanchor"] = "x";
        });
    }

    // A page of zeros hides what matters.
    private static JsonValue Cell(long count) => JsonValue.Create(count == 0 ? "" : $"{count}");
}
