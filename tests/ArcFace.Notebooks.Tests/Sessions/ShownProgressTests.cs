using ArcFace.Training;

namespace ArcFace.Notebooks.Tests;

[Collection("Console")]
public sealed class ShownProgressTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void Where_the_host_can_one_line_changes()
    {
        var host = new RecordingHost();
        var progress = new ShownProgress("digits", host, _clock);
        progress.Report(At(epoch: 1, step: 5));
        _clock.Now += 1000;
        progress.Report(At(epoch: 1, step: 10));
        Assert.Equal(1, host.Shown);
        Assert.Equal(2, host.Lines.Count);
        Assert.StartsWith("digits  epoch 1/2  step 10/40  loss 0.5000", host.Lines[1]);
        Assert.Contains("<progress value=\"0.250\">", host.Html);
    }

    [Fact]
    public void Reports_that_no_eye_could_follow_are_left_out_but_never_the_end_of_an_epoch()
    {
        var host = new RecordingHost();
        var progress = new ShownProgress("digits", host, _clock);
        progress.Report(At(epoch: 1, step: 5));
        progress.Report(At(epoch: 1, step: 10));
        progress.Report(At(epoch: 1, step: 20, validation: 0.75));
        Assert.Equal(2, host.Lines.Count);
        Assert.Contains("validation 0.7500", host.Lines[1]);
    }

    [Fact]
    public void The_last_validation_score_stays_in_sight_during_the_next_epoch()
    {
        var host = new RecordingHost();
        var progress = new ShownProgress("digits", host, _clock);
        progress.Report(At(epoch: 1, step: 20, validation: 0.75));
        _clock.Now += 1000;
        progress.Report(At(epoch: 2, step: 25));
        Assert.EndsWith("(validation after epoch 1: 0.7500)", host.Lines[^1]);
    }

    [Fact]
    public void Where_the_host_cannot_there_is_one_line_an_epoch()
    {
        var before = Console.Out;
        using var written = new StringWriter();
        Console.SetOut(written);
        try
        {
            var progress = new ShownProgress("digits", new ConsoleDisplay(), _clock);
            progress.Report(At(epoch: 1, step: 10));
            progress.Report(At(epoch: 1, step: 20, validation: 0.75));
            progress.Report(At(epoch: 2, step: 30));
            progress.Report(At(epoch: 2, step: 40, validation: 0.875));
        }
        finally
        {
            Console.SetOut(before);
        }

        string[] lines = written.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("epoch 1/2  step 20/40", lines[0]);
        Assert.Contains("validation 0.8750", lines[1]);
    }

    [Fact]
    public void The_line_tells_the_time_left_also_beyond_a_day_and_nothing_of_it_at_the_end()
    {
        var line = At(epoch: 1, step: 10) with { TimeLeft = new TimeSpan(26, 3, 4) };
        Assert.EndsWith("rate 0.1  1000 images/s  26:03:04 left", line.ToString());
        Assert.EndsWith("images/s", (line with { TimeLeft = TimeSpan.Zero }).ToString());
    }

    private static TrainingProgress At(int epoch, int step, double? validation = null) => new(
        epoch,
        Epochs: 2,
        step,
        TotalSteps: 40,
        Loss: 0.5,
        LearningRate: 0.1,
        ImagesPerSecond: 1000,
        TimeSpan.FromSeconds(9),
        validation is null ? null : new EpochRecord(epoch, 0.5, 0.1, validation));

    /// <summary>A clock in milliseconds that is set by hand.</summary>
    private sealed class HandClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Now;
    }

    private sealed class RecordingHost : IDisplayHost
    {
        public int Shown { get; private set; }

        public List<string> Lines { get; } = [];

        public string Html { get; private set; } = "";

        public Action<IReadOnlyDictionary<string, string>> Show(IReadOnlyDictionary<string, string> forms)
        {
            Shown++;
            Update(forms);
            return Update;
        }

        private void Update(IReadOnlyDictionary<string, string> forms)
        {
            Lines.Add(forms["text/plain"]);
            Html = forms["text/html"];
        }
    }
}
