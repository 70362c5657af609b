namespace ArcFace.Data;

/// <summary>Where a trainer gets its batches.</summary>
/// <remarks>The batches of an epoch depend on the number of the epoch (and on what the source was made with), never on what was asked for
/// before. So a run that was stopped goes on with the very batches it would have seen.</remarks>
public interface IBatchSource
{
    /// <summary>How many batches make an epoch, at least 1.</summary>
    int BatchesPerEpoch { get; }

    /// <summary>The batches <paramref name="first"/>, <paramref name="first"/> + 1, … to the end of the epoch.</summary>
    /// <param name="epoch">0 for the first epoch.</param>
    /// <param name="first">How many batches to leave out at the beginning.</param>
    /// <returns>Batches whose tensors are made when asked for, in the dispose scope of that moment.</returns>
    IEnumerable<Batch> Epoch(int epoch, int first = 0);
}

/// <summary>What one step learns from.</summary>
/// <param name="Samples">[N, …]: the input of the body.</param>
/// <param name="Labels">[N]: what the head compares with, int64 classes as a rule.</param>
public readonly record struct Batch(Tensor Samples, Tensor Labels);
