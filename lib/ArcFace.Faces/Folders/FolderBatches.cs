namespace ArcFace.Faces.Folders;

/// <summary>Every picture of a folder once an epoch, decoded on other threads while the batches before are learnt from.</summary>
/// <remarks>For more pictures than fit into memory. The order is that of <see cref="ShuffledBatches"/> on the loaded folder.</remarks>
public sealed class FolderBatches : IBatchSource
{
    private readonly FaceFolder _folder;
    private readonly EpochOrder _order;
    private readonly int _ahead;

    /// <summary>Draws from <paramref name="folder"/>.</summary>
    /// <param name="folder">The pictures.</param>
    /// <param name="batchSize">The largest number of pictures in a batch.</param>
    /// <param name="seed">Any number.</param>
    /// <param name="ahead">How many batches may be decoded in advance, one on each thread; one for each processor core if null.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public FolderBatches(FaceFolder folder, int batchSize, long seed, int? ahead = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        _ahead = ahead ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(_ahead, 1, nameof(ahead));
        (_folder, _order) = (folder, new EpochOrder(folder.Pictures.Count, batchSize, seed));
        (Count, BatchSize, Seed) = (folder.Pictures.Count, batchSize, seed);
    }

    /// <summary>How many pictures there are.</summary>
    public long Count { get; }

    /// <summary>The largest number of pictures in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>What the order is drawn from.</summary>
    public long Seed { get; }

    /// <summary>How the pictures are taken.</summary>
    public FaceFolderOptions Options => _folder.Options;

    /// <inheritdoc/>
    public int BatchesPerEpoch => _order.BatchesPerEpoch;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">A picture is damaged.</exception>
    public IEnumerable<Batch> Epoch(int epoch, int first = 0) =>
        Prefetch.InOrder(_order.Batches(epoch, first), Decode, _ahead).Select(ToBatch);

    // The threads fill bytes only: a tensor made there would belong to the dispose scope of nobody.
    private (byte[][] Pictures, long[] Labels) Decode(long[] indices) =>
        ([.. indices.Select(index => _folder.Decode((int)index))], [.. indices.Select(index => (long)_folder.Pictures[(int)index].Label)]);

    private Batch ToBatch((byte[][] Pictures, long[] Labels) decoded) => new(_folder.ToImages(decoded.Pictures), tensor(decoded.Labels));
}
