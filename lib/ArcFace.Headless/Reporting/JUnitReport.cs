using System.Xml.Linq;

namespace ArcFace.Headless.Reporting;

/// <summary>The JUnit report: a suite for each notebook, a case for each code cell.</summary>
internal static partial class JUnitReport
{
    public static void Save(string path, IReadOnlyList<NotebookReport> reports) =>
        OutputFile.Write(path, new XElement("testsuites", reports.Select(Suite)).Save);

    private static XElement Suite(NotebookReport report)
    {
        XElement? problem = report.Problem is null ? null
            : Case(report, "the notebook as a whole", TimeSpan.Zero, new XElement("error", Text("type", report.Verdict), Text("message", report.Problem)));
        return new XElement(
            "testsuite",
            Text("name", report.Name),
            new XAttribute("tests", report.Cells.Count + (problem is null ? 0 : 1)),
            new XAttribute("failures", report.Cells.Count(cell => cell.Failure is not null)),
            new XAttribute("errors", problem is null ? 0 : 1),
            Time(report.Duration),
            report.Cells.Select(cell => Case(report, cell)),
            problem);
    }

    private static XElement Case(NotebookReport report, CellResult cell)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"cell {cell.Cell:00}{(cell.Id is null ? "" : $" ({cell.Id})")}");
        XElement? failure = cell.Failure is not { } reason ? null : new XElement(
            "failure", Text("type", reason.Name), Text("message", $"{report.Name}, {cell.DescribeFailure()}"), Clean(reason.Details));
        return Case(report, name, cell.Duration, failure, cell.Output.Length == 0 ? null : new XElement("system-out", Clean(cell.Output)));
    }

    private static XElement Case(NotebookReport report, string name, TimeSpan time, params XElement?[] parts) =>
        new("testcase", Text("classname", report.Name), Text("name", name), Time(time), parts);

    private static XAttribute Text(string name, string value) => new(name, Clean(value));

    private static XAttribute Time(TimeSpan time) => new("time", time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));

    private static string Clean(string text) => NotXml().Replace(text, "\uFFFD");

    // XML has no way to write most control characters, nor half a surrogate pair.
    [GeneratedRegex(@"[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")]
    private static partial Regex NotXml();
}
