using ArcFace.Faces.Folders;

namespace ArcFace.Faces.Tests;

public sealed class PrefetchTests
{
    [Fact]
    public void Prefetched_results_come_in_order_and_no_more_than_allowed_wait()
    {
        int started = 0;
        using var gate = new SemaphoreSlim(0);
        IEnumerable<int> results = Prefetch.InOrder(
            Enumerable.Range(0, 1_000_000),
            item =>
            {
                Interlocked.Increment(ref started);
                if (item == 0)
                {
                    gate.Wait();
                }

                return item * item;
            },
            ahead: 3);
        Assert.Equal(0, started);
        using (IEnumerator<int> enumerator = results.GetEnumerator())
        {
            gate.Release();
            for (int i = 0; i < 10; i++)
            {
                Assert.True(enumerator.MoveNext());
                Assert.Equal(i * i, enumerator.Current);
            }
        }

        Assert.InRange(started, 10, 13);
    }

    [Fact]
    public void An_error_of_a_prefetched_item_comes_out_in_its_place()
    {
        IEnumerable<int> results = Prefetch.InOrder([1, 2, 0, 4], item => 8 / item, ahead: 4);
        using IEnumerator<int> enumerator = results.GetEnumerator();
        Assert.True(enumerator.MoveNext() && enumerator.MoveNext());
        Assert.Throws<DivideByZeroException>(() => enumerator.MoveNext());
    }

    [Fact]
    public void Results_that_nobody_takes_are_disposed()
    {
        var made = new List<MemoryStream>();
        IEnumerable<MemoryStream> results = Prefetch.InOrder(
            Enumerable.Range(0, 10),
            _ =>
            {
                var stream = new MemoryStream();
                lock (made)
                {
                    made.Add(stream);
                }

                return stream;
            },
            ahead: 2);
        MemoryStream first = results.First();
        Assert.True(first.CanRead);
        Assert.All(made.Where(stream => stream != first), stream => Assert.False(stream.CanRead));
        Assert.Equal(3, made.Count);
    }
}
