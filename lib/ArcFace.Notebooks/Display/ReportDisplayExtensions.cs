using System.Net;
using ArcFace.Evaluation;
using ArcFace.Notebooks.Lessons;

namespace ArcFace.Notebooks;

/// <summary>Shows the reports of the Evaluation room as the tables they print.</summary>
public static class ReportDisplayExtensions
{
    /// <summary>Shows how well pairs are verified.</summary>
    public static void Show(this VerificationReport report) => ShowText(report);

    /// <summary>Shows the confidence intervals of a verification.</summary>
    public static void Show(this VerificationIntervals intervals) => ShowText(intervals);

    /// <summary>Shows the figures of a ROC curve.</summary>
    public static void Show(this RocCurve curve) => ShowText(curve);

    /// <summary>Shows a threshold and what it gives.</summary>
    public static void Show(this OperatingPoint point) => ShowText(point);

    /// <summary>Shows how well probes are identified.</summary>
    public static void Show(this IdentificationReport report) => ShowText(report);

    /// <summary>Shows how well classes are retrieved.</summary>
    public static void Show(this RetrievalReport report) => ShowText(report);

    /// <summary>Shows the angles within and between classes.</summary>
    public static void Show(this AngleStatistics statistics) => ShowText(statistics);

    /// <summary>Shows accuracy and reliability.</summary>
    public static void Show(this CalibrationReport report) => ShowText(report);

    /// <summary>Shows a confusion matrix.</summary>
    public static void Show(this ConfusionMatrix confusion) => ShowText(confusion);

    private static void ShowText(object report)
    {
        ArgumentNullException.ThrowIfNull(report);
        string text = report.ToString()!;
        Display.Host.Show(new Dictionary<string, string>
        {
            [MimeTypes.Html] = $"<pre>{WebUtility.HtmlEncode(text)}</pre>",
            [MimeTypes.Text] = text,
        });
    }
}
