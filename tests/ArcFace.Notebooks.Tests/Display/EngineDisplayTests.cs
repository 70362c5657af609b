using ArcFace.Notebooks.Charts;
using Microsoft.DotNet.Interactive.Formatting;

namespace ArcFace.Notebooks.Tests;

/// <summary>The façade on notebook engines that this project has no reference to.</summary>
[Collection("Console")]
public sealed class EngineDisplayTests : IDisposable
{
    private const string InteractiveName = "Microsoft.DotNet.Interactive";
    private static readonly Figure One = Figure.Titled("one").Line([0, 1], [0, 1]);
    private static readonly Figure Two = Figure.Titled("two").Line([0, 1], [1, 0]);

    [Fact]
    public void On_DotNet_Interactive_a_figure_is_shown_as_json_and_text_and_replaced_in_place()
    {
        using var engine = new StandInEngine(InteractiveName, StandInEngine.Interactive);
        Display.Register(EngineDisplay.Find([engine.Assembly])!);

        One.Show().Update(Two);

        Assert.Equal(".NET Interactive", Display.HostName);
        Assert.Equal(
            [
                $"display {Figure.PlotlyMimeType} {One.ToPlotlyJson()}", $"display text/plain {One}",
                $"update {Figure.PlotlyMimeType} {Two.ToPlotlyJson()}", $"update text/plain {Two}",
            ],
            engine.Lines);
    }

    [Fact]
    public void On_DotNet_Interactive_a_table_is_shown_as_html_and_text()
    {
        using var engine = new StandInEngine(InteractiveName, StandInEngine.Interactive);
        Display.Register(EngineDisplay.Find([engine.Assembly])!);
        Table table = new Table("loss").Row("0.5");

        table.Show();

        Assert.Equal([$"display text/html {table.ToHtml()}", $"display text/plain {table}"], engine.Lines);
    }

    [Fact]
    public void A_figure_as_the_last_expression_draws_itself_on_DotNet_Interactive()
    {
        Assert.Equal([Figure.PlotlyMimeType, "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(Figure)));
        Assert.Equal(One.ToPlotlyJson(), One.ToDisplayString(Figure.PlotlyMimeType));
        Assert.Equal(One.ToString(), One.ToDisplayString("text/plain"));
        Assert.Contains("Plotly.newPlot", One.ToDisplayString("text/html"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_as_the_last_expression_draws_itself_on_DotNet_Interactive()
    {
        Table table = new Table("loss").Row("0.5");

        Assert.Equal(["text/html", "text/plain"], Formatter.GetPreferredMimeTypesFor(typeof(Table)));
        Assert.Equal(table.ToHtml(), table.ToDisplayString("text/html"));
        Assert.Equal(table.ToString(), table.ToDisplayString("text/plain"));
    }

    [Theory]
    [InlineData("ClrKernel.Core", StandInEngine.ClrKernel, "ClrKernel", "html")]
    [InlineData("Verso.Abstractions", StandInEngine.Verso, "Verso", "text/html")]
    public void On_an_engine_of_html_a_figure_is_a_fragment_that_draws_itself_and_a_new_one_stands_below(
        string assembly, string source, string name, string form)
    {
        using var engine = new StandInEngine(assembly, source);
        Display.Register(EngineDisplay.Find([engine.Assembly])!);

        One.Show().Update(Two);
        new Table("loss").Row("<0.5").Show();

        Assert.Equal(name, Display.HostName);
        Assert.Equal(3, engine.Lines.Count);
        Assert.All(engine.Lines, line => Assert.StartsWith(form + " <", line, StringComparison.Ordinal));
        Assert.Contains(One.ToPlotlyJson(), engine.Lines[0], StringComparison.Ordinal);
        Assert.Contains(Two.ToPlotlyJson(), engine.Lines[1], StringComparison.Ordinal);
        Assert.Contains("<td>&lt;0.5</td>", engine.Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_engine_throws_reaches_the_reader_as_it_is()
    {
        const string Failing = """
            namespace ClrKernel.Core.Primitives
            {
                public static class DisplayValues
                {
                    public static void DisplayHtml(object value) => throw new System.TimeoutException("the front end does not answer");
                }
            }
            """;
        using var engine = new StandInEngine("ClrKernel.Core", Failing);
        Display.Register(EngineDisplay.Find([engine.Assembly])!);

        TimeoutException error = Assert.Throws<TimeoutException>(() => One.Show());

        Assert.Equal("the front end does not answer", error.Message);
    }

    [Theory]
    [InlineData(InteractiveName, "namespace Microsoft.DotNet.Interactive { public class Kernel { public static void display(object value) { } } }")]
    [InlineData(InteractiveName, "namespace Microsoft.DotNet.Interactive { public class Kernel { public static void display(object v, string[] m) { } } }")]
    [InlineData("ClrKernel.Core", "namespace ClrKernel.Core { public class Other { } }")]
    [InlineData("Verso.Other", StandInEngine.Verso)]
    public void An_engine_that_has_changed_is_no_engine_and_values_are_shown_as_text(string assembly, string source)
    {
        using var engine = new StandInEngine(assembly, source);

        Assert.Null(EngineDisplay.Find([engine.Assembly]));
    }

    [Fact]
    public void Without_an_engine_a_figure_is_told_in_words_and_so_is_its_successor()
    {
        Display.Register(new ConsoleDisplay());
        TextWriter before = Console.Out;
        using var text = new StringWriter();
        try
        {
            Console.SetOut(text);
            One.Show().Update(Two);
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.Equal($"{One}{Environment.NewLine}{Two}{Environment.NewLine}", text.ToString());
    }

    // The engines of these tests end with them.
    public void Dispose() => Display.Register(new ConsoleDisplay());
}
