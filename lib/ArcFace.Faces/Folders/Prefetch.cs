namespace ArcFace.Faces.Folders;

/// <summary>Loads ahead on other threads, so that training never waits for a file.</summary>
public static class Prefetch
{
    /// <summary>What <paramref name="load"/> makes of each item, in the items' order, while up to <paramref name="ahead"/> of the following
    /// ones are being loaded. Nothing is loaded before the first result is asked for.</summary>
    /// <param name="items">What to load. It may be endless.</param>
    /// <param name="load">Makes a result; it runs on several threads at once. Its error comes out in the result's place.</param>
    /// <param name="ahead">How many results may wait, at least 1; the bound on memory and on threads.</param>
    /// <remarks>Whoever stops early gets the results that nobody took disposed.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ahead"/> is below 1.</exception>
    public static IEnumerable<TResult> InOrder<TItem, TResult>(IEnumerable<TItem> items, Func<TItem, TResult> load, int ahead)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(load);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ahead);
        return Iterate(items, load, ahead);
    }

    private static IEnumerable<TResult> Iterate<TItem, TResult>(IEnumerable<TItem> items, Func<TItem, TResult> load, int ahead)
    {
        var waiting = new Queue<Task<TResult>>();
        try
        {
            foreach (TItem item in items)
            {
                waiting.Enqueue(Task.Run(() => load(item)));
                if (waiting.Count > ahead)
                {
                    yield return waiting.Dequeue().GetAwaiter().GetResult();
                }
            }

            while (waiting.Count > 0)
            {
                yield return waiting.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            foreach (Task<TResult> task in waiting)
            {
                // Nobody asked for this result, so nobody is to hear of its error either.
                ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
                (task.IsCompletedSuccessfully ? task.Result as IDisposable : null)?.Dispose();
            }
        }
    }
}
