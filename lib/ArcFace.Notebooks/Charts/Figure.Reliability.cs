using System.Globalization;
using System.Text.Json.Nodes;
using ArcFace.Notebooks.Lessons;

namespace ArcFace.Notebooks.Charts;

public sealed partial class Figure
{
    /// <summary>A reliability diagram: accuracy over confidence, with the number of predictions on each bar.</summary>
    /// <remarks>Where a bar ends below the diagonal the model is surer than it is right. Dots stand at a bin's mean confidence.</remarks>
    /// <param name="title">Says what to see.</param>
    /// <param name="report">The calibration.</param>
    public static Figure Reliability(string title, CalibrationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ReliabilityBin[] bins = [.. report.Bins.Where(bin => bin.Count > 0)];
        double[] middles = [.. bins.Select(bin => (bin.Lower + bin.Upper) / 2)];
        double[] accuracies = [.. bins.Select(bin => bin.Accuracy)];
        double width = 1.0 / report.Bins.Count;
        string percent = (100 * report.ExpectedCalibrationError).ToString("F1", CultureInfo.InvariantCulture);
        return Titled(title, "confidence", "accuracy")
            .Ranged(x: (0, 1), y: (0, 1.08))
            .NumberBars(middles, accuracies, 0.96 * width, "accuracy, with the number of predictions", Palette.Class(0), 0.6)
            .WithNewest(bars =>
            {
                bars["text"] = new JsonArray([.. bins.Select(bin => JsonValue.Create(bin.Count.ToString(CultureInfo.InvariantCulture)))]);
                bars["textposition"] = "inside";
                bars["insidetextanchor"] = "start";
                bars["insidetextfont"] = new JsonObject { ["color"] = Palette.Ink };
                bars["textangle"] = 0;
            })
            .Line([0, 1], [0, 1], "as right as it says", Palette.Ink, dashed: true)
            .Points([.. bins.Select(bin => bin.Confidence)], accuracies, "at the mean confidence", Palette.Class(2), size: 8)
            .WithNote(0.02, 0.97, "x domain", "y domain", $"expected calibration error {percent} %", "left", "top");
    }
}
