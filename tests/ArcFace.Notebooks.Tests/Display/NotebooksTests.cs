using ArcFace.Notebooks.Charts;

namespace ArcFace.Notebooks.Tests;

/// <summary>These change what belongs to the whole process: the console, the environment, the display host.</summary>
[CollectionDefinition("Console", DisableParallelization = true)]
public sealed class ConsoleTests;

[Collection("Console")]
public class NotebooksTests
{
    [Theory]
    [InlineData("libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)", "run 'dotnet build' again")]
    [InlineData("libstdc++.so.6: version `GLIBCXX_3.4.30' not found (required by libtorch_cpu.so)", "needs that of GCC 12")]
    [InlineData("libc.so.6: version `GLIBC_2.34' not found (required by libtorch_cpu.so)", "needs glibc 2.34")]
    [InlineData("libgomp-98b21ff3.so.1: cannot open shared object file", "OpenMP library is missing")]
    [InlineData("no such file", "run 'dotnet build' again")]
    public void A_library_that_does_not_load_is_answered_with_what_is_missing_and_what_to_do(string loader, string remedy)
    {
        string message = TorchNatives.Explain(loader);
        Assert.Contains(loader, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_starts_on_the_device_and_threads_that_the_environment_names_whatever_the_notebook_asks_for()
    {
        using var environment = new Variables(("ARCFACE_DEVICE", "cpu"), ("ARCFACE_THREADS", "1"));
        Session session = Session.Start(seed: 7, threads: 2);

        Assert.Equal(TorchSharp.DeviceType.CPU, session.Device.type);
        Assert.Equal("ARCFACE_DEVICE says so", session.DeviceReason);
        Assert.Equal(1, session.Threads);
        Assert.Equal(1, TorchSharp.torch.get_num_threads());
        Assert.Contains("seed    7", session.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers()
    {
        Session.Start(seed: 3);
        using TorchSharp.torch.Tensor first = TorchSharp.torch.randn(5);
        Session.Start(seed: 3);
        using TorchSharp.torch.Tensor second = TorchSharp.torch.randn(5);
        Assert.Equal(first.ToDoubles(), second.ToDoubles());
    }

    [Theory]
    [InlineData("ARCFACE_DEVICE", "gpu", "cpu, cuda, cuda:1")]
    [InlineData("ARCFACE_DEVICE", "cuda:x", "cpu, cuda, cuda:1")]
    [InlineData("ARCFACE_THREADS", "many", "a number of threads")]
    public void A_wish_that_cannot_be_honoured_is_told_with_its_value(string variable, string value, string limit)
    {
        using var environment = new Variables((variable, value));
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Session.Start());
        Assert.Contains($"'{value}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(limit, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_figure_reaches_the_registered_host_as_json_and_text_and_can_be_replaced()
    {
        var host = new RecordingHost();
        Display.Register(host);
        Figure figure = Figure.Titled("one").Line([0, 1], [0, 1]);

        ShownFigure shown = figure.Show();
        shown.Update(Figure.Titled("two"));

        Assert.Equal(["application/vnd.plotly.v1+json", "text/plain"], host.Forms[0].Keys.Order());
        Assert.Equal(figure.ToPlotlyJson(), host.Forms[0]["application/vnd.plotly.v1+json"]);
        Assert.StartsWith("[figure] two", host.Forms[1]["text/plain"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_reaches_the_registered_host_as_html_and_text()
    {
        var host = new RecordingHost();
        Display.Register(host);
        new Table("a").Row("b").Show();
        Assert.Equal(["text/html", "text/plain"], host.Forms[0].Keys.Order());
    }

    private sealed class RecordingHost : IDisplayHost
    {
        public List<IReadOnlyDictionary<string, string>> Forms { get; } = [];

        public Action<IReadOnlyDictionary<string, string>> Show(IReadOnlyDictionary<string, string> forms)
        {
            Forms.Add(forms);
            return Forms.Add;
        }
    }

    private sealed class Variables : IDisposable
    {
        private readonly (string Name, string? Before)[] _before;

        public Variables(params (string Name, string Value)[] variables)
        {
            _before = [.. variables.Select(v => (v.Name, Environment.GetEnvironmentVariable(v.Name)))];
            foreach ((string name, string value) in variables)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }

        public void Dispose()
        {
            foreach ((string name, string? before) in _before)
            {
                Environment.SetEnvironmentVariable(name, before);
            }
        }
    }
}
