namespace ArcFace.Data;

/// <summary>Every index once, in an order drawn anew for each epoch, cut into batches that differ in size by at most one.</summary>
internal sealed class EpochOrder(int count, int batchSize, long seed)
{
    public int BatchesPerEpoch => (int)(((long)count + batchSize - 1) / batchSize);

    public IEnumerable<long[]> Batches(int epoch, int first)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        long[] order = [.. Enumerable.Range(0, count)];
        new SplitMix64(SplitMix64.Mix((ulong)seed) + (ulong)epoch).Shuffle(order.AsSpan());
        int batches = BatchesPerEpoch;
        return Enumerable.Range(0, batches).Skip(first)
            .Select(batch => order[(int)((long)count * batch / batches)..(int)((long)count * (batch + 1) / batches)]);
    }
}
