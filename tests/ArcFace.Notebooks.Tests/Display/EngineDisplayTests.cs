using ArcFace.Notebooks.Charts;

namespace ArcFace.Notebooks.Tests;

/// <summary>The façade on engines that this project cannot have, by stand-ins with their names; and where there is no engine.</summary>
[Collection("Console")]
public sealed class EngineDisplayTests : IDisposable
{
    private static readonly Figure One = Figure.Titled("one").Line([0, 1], [0, 1]);
    private static readonly Figure Two = Figure.Titled("two").Line([0, 1], [1, 0]);

    [Fact]
    public void On_ClrKernel_a_figure_is_html_and_replaced_in_place()
    {
        using var engine = new StandInEngine(StandInEngine.ClrKernelName, StandInEngine.ClrKernel);
        Display.Register(EngineDisplay.Find([engine.Assembly])!);

        One.Show().Update(Two);
        new Table("loss").Row("<0.5").Show();

        Assert.Equal("ClrKernel", Display.HostName);
        Assert.True(Display.Host.ReplacesInPlace);
        Assert.Equal(["html", "update of 1", "html"], engine.Lines.Select(line => line.Split(" <")[0]));
        Assert.Contains(One.ToPlotlyJson(), engine.Lines[0], StringComparison.Ordinal);
        Assert.Contains(Two.ToPlotlyJson(), engine.Lines[1], StringComparison.Ordinal);
        Assert.Contains("<td>&lt;0.5</td>", engine.Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void On_Verso_which_replaces_nothing_a_new_figure_stands_below_and_progress_is_a_line_an_epoch()
    {
        using var engine = new StandInEngine(StandInEngine.VersoName, StandInEngine.Verso);
        Display.Register(EngineDisplay.Find([engine.Assembly])!);

        One.Show().Update(Two);

        Assert.Equal("Verso", Display.HostName);
        Assert.False(Display.Host.ReplacesInPlace);
        Assert.Equal(["text/html", "text/html"], engine.Lines.Select(line => line.Split(" <")[0]));
        Assert.Contains(Two.ToPlotlyJson(), engine.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_cell_that_starts_a_session_brings_plotly_into_each_document_of_a_process_once()
    {
        using var engine = new StandInEngine(StandInEngine.VersoName, StandInEngine.Verso);
        Display.Register(EngineDisplay.Find([engine.Assembly])!);

        for (int document = 0; document < 2; document++)
        {
            Display.StartDocument();
            One.Show();
            Two.Show();
        }

        Assert.Equal([true, false, false, true, false, false], engine.Lines.Select(line => line.Contains("DecompressionStream", StringComparison.Ordinal)));
        Assert.All(engine.Lines, line => Assert.InRange(line.Length, 1, 1_600_000));
        Assert.InRange(engine.Lines[1].Length, 1, 4_000);
    }

    [Fact]
    public void What_an_engine_throws_reaches_the_reader_as_it_is()
    {
        const string Failing = """
            namespace Verso.Abstractions
            {
                public static class DisplayExtensions
                {
                    public static void Display(this object value, string mimeType) => throw new System.TimeoutException("the front end does not answer");
                }
            }
            """;
        using var engine = new StandInEngine(StandInEngine.VersoName, Failing);
        Display.Register(EngineDisplay.Find([engine.Assembly])!);

        TimeoutException error = Assert.Throws<TimeoutException>(() => One.Show());

        Assert.Equal("the front end does not answer", error.Message);
    }

    [Theory]
    [InlineData("Microsoft.DotNet.Interactive", "namespace Microsoft.DotNet.Interactive { public class Kernel { public static void display(object value) { } } }")]
    [InlineData(StandInEngine.ClrKernelName, "namespace ClrKernel.Core.Primitives { public class Other { } }")]
    [InlineData("ClrKernel.Core", StandInEngine.ClrKernel)]
    [InlineData("Verso.Other", StandInEngine.Verso)]
    public void An_engine_that_has_changed_is_no_engine_and_values_are_shown_as_text(string assembly, string source)
    {
        using var engine = new StandInEngine(assembly, source);

        Assert.Null(EngineDisplay.Find([engine.Assembly]));
    }

    [Fact]
    public void Without_an_engine_a_figure_is_told_in_words_and_drawn_on_a_page_that_is_named_and_so_is_its_successor()
    {
        using var folder = new TemporaryFolder();
        Display.Register(new ConsoleDisplay(folder.Path));
        TextWriter before = Console.Out;
        using var text = new StringWriter();
        try
        {
            Console.SetOut(text);
            One.Show().Update(Two);
            new Table("loss").Show();
        }
        finally
        {
            Console.SetOut(before);
        }

        string page = Path.Combine(folder.Path, "figure-01.html");
        string drawn = $"{Environment.NewLine}  drawn in {page}{Environment.NewLine}";
        Assert.Equal($"{One}{drawn}{Two}{drawn}{new Table("loss")}{Environment.NewLine}", text.ToString());
        Assert.Contains("<title>two</title>", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.Contains(Two.ToPlotlyJson(), File.ReadAllText(page), StringComparison.Ordinal);
    }

    // The engines of these tests end with them.
    public void Dispose() => Display.Register(new ConsoleDisplay());
}
