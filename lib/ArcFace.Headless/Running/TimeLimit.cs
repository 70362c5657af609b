using System.Diagnostics;

namespace ArcFace.Headless.Running;

/// <summary>Ends a notebook that takes too long. A second in which its process computes counts as a second; one in which it waits, for its
/// turn on a busy machine or for something that never comes, as a quarter.</summary>
internal sealed class TimeLimit(TimeSpan limit)
{
    private const int WaitingCounts = 4;
    private static readonly TimeSpan ShortestStep = TimeSpan.FromMilliseconds(20), LongestStep = TimeSpan.FromMilliseconds(500);

    public TimeSpan Used { get; private set; }

    /// <summary>Counts a stretch of time and the processor time that the notebook got in it, on all cores.</summary>
    /// <returns>Whether the limit is used up.</returns>
    public bool Count(TimeSpan elapsed, TimeSpan computed)
    {
        TimeSpan least = elapsed / WaitingCounts;
        Used += computed < least ? least : computed > elapsed ? elapsed : computed;
        return Used >= limit;
    }

    /// <summary>Cancels <paramref name="run"/> when the limit is used up. Ends when the run is cancelled, by whomever.</summary>
    public async Task WatchAsync(Func<TimeSpan> processorTime, CancellationTokenSource run)
    {
        long last = Stopwatch.GetTimestamp();
        TimeSpan before = TimeSpan.Zero;
        while (!run.IsCancellationRequested)
        {
            TimeSpan step = limit - Used < LongestStep ? limit - Used : LongestStep;
            await Task.Delay(step > ShortestStep ? step : ShortestStep, run.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            (TimeSpan elapsed, last) = (Stopwatch.GetElapsedTime(last), Stopwatch.GetTimestamp());
            TimeSpan now = processorTime();
            if (Count(elapsed, now - before))
            {
                await run.CancelAsync();
            }

            before = now;
        }
    }
}
