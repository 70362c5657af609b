using System.Globalization;
using ArcFace.Training;

namespace ArcFace.Notebooks;

/// <summary>Shows how a training run stands: one line that changes, or one an epoch where a host cannot change it.</summary>
internal sealed class ShownProgress(string name, IDisplayHost host, TimeProvider clock) : IProgress<TrainingProgress>
{
    // Faster than an eye follows would only cost time.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private Action<IReadOnlyDictionary<string, string>>? _shown;
    private long _lastShown;
    private EpochRecord? _lastEpoch;

    public void Report(TrainingProgress value)
    {
        _lastEpoch = value.Finished ?? _lastEpoch;
        if (!host.ReplacesInPlace)
        {
            if (value.Finished is not null)
            {
                Console.WriteLine(Line(value));
            }

            return;
        }

        // The last report of an epoch may be that of the run.
        if (_shown is not null && value.Finished is null && clock.GetElapsedTime(_lastShown) < Pause)
        {
            return;
        }

        _lastShown = clock.GetTimestamp();
        var forms = Forms(value);
        if (_shown is null)
        {
            _shown = host.Show(forms);
        }
        else
        {
            _shown(forms);
        }
    }

    private string Line(TrainingProgress value)
    {
        string line = $"{name}  {value}";
        return value.Finished is null && _lastEpoch?.Validation is { } score
            ? line + string.Create(CultureInfo.InvariantCulture, $"  (validation after epoch {_lastEpoch.Epoch}: {score:F4})")
            : line;
    }

    private Dictionary<string, string> Forms(TrainingProgress value)
    {
        string share = value.Share.ToString("F3", CultureInfo.InvariantCulture);
        string line = Line(value);
        return MimeTypes.Forms($"<progress value=\"{share}\"></progress> <code>{WebUtility.HtmlEncode(line)}</code>", line);
    }
}
