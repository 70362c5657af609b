using System.Globalization;
using System.Xml;
using ArcFace.Headless.Documents;

namespace ArcFace.Headless.Reporting;

/// <summary>The JUnit report: a suite for each notebook, a case for each code cell.</summary>
internal static class JUnitReport
{
    public static void Save(string path, IReadOnlyList<NotebookReport> reports)
    {
        OutputFile.Write(path, stream =>
        {
            using var xml = XmlWriter.Create(stream, new XmlWriterSettings { Indent = true });
            xml.WriteStartElement("testsuites");
            foreach (NotebookReport report in reports)
            {
                WriteSuite(xml, report);
            }

            xml.WriteEndElement();
        });
    }

    private static void WriteSuite(XmlWriter xml, NotebookReport report)
    {
        xml.WriteStartElement("testsuite");
        WriteAttribute(xml, "name", report.Name);
        WriteAttribute(xml, "tests", report.Cells.Count + (report.Problem is null ? 0 : 1));
        WriteAttribute(xml, "failures", report.Cells.Count(cell => cell.Failure is not null));
        WriteAttribute(xml, "errors", report.Problem is null ? 0 : 1);
        WriteAttribute(xml, "time", Seconds(report.Duration));
        foreach (CellResult cell in report.Cells)
        {
            WriteCase(xml, report, cell);
        }

        if (report.Problem is not null)
        {
            WriteStartCase(xml, report, "the notebook as a whole", TimeSpan.Zero);
            xml.WriteStartElement("error");
            WriteAttribute(xml, "type", report.Verdict);
            WriteAttribute(xml, "message", report.Problem);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, NotebookReport report, CellResult cell)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"cell {cell.Cell:00}{(cell.Id is null ? "" : $" ({cell.Id})")}");
        WriteStartCase(xml, report, name, cell.Duration);
        if (cell.Failure is { } failure)
        {
            xml.WriteStartElement("failure");
            WriteAttribute(xml, "type", failure.Name);
            WriteAttribute(xml, "message", $"{report.Name}, {cell.DescribeFailure()}");
            xml.WriteString(Clean(failure.Details));
            xml.WriteEndElement();
        }

        if (cell.Output.Length > 0)
        {
            xml.WriteElementString("system-out", Clean(cell.Output));
        }

        xml.WriteEndElement();
    }

    private static void WriteStartCase(XmlWriter xml, NotebookReport report, string name, TimeSpan time)
    {
        xml.WriteStartElement("testcase");
        WriteAttribute(xml, "classname", report.Name);
        WriteAttribute(xml, "name", name);
        WriteAttribute(xml, "time", Seconds(time));
    }

    private static void WriteAttribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Clean(value));

    private static void WriteAttribute(XmlWriter xml, string name, int value) =>
        xml.WriteAttributeString(name, value.ToString(CultureInfo.InvariantCulture));

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    // XML has no way to write most control characters, nor half a surrogate pair.
    private static string Clean(string text)
    {
        var clean = new System.Text.StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i]))
            {
                clean.Append(text[i]);
            }
            else if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                clean.Append(text, i++, 2);
            }
            else
            {
                clean.Append('\uFFFD');
            }
        }

        return clean.ToString();
    }
}
