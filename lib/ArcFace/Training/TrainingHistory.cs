namespace ArcFace.Training;

/// <summary>What one epoch came to.</summary>
/// <param name="Epoch">1 for the first.</param>
/// <param name="Loss">The mean of the batch losses.</param>
/// <param name="LearningRate">The body's learning rate at the last step.</param>
/// <param name="Validation">What the validation hook returned after the epoch, if there is one.</param>
public sealed record EpochRecord(int Epoch, double Loss, double LearningRate, double? Validation);

/// <summary>A run as data.</summary>
/// <param name="Epochs">One record an epoch, in order.</param>
/// <param name="StoppedEarly">Whether the patience ran out before the last epoch.</param>
public sealed record TrainingHistory(IReadOnlyList<EpochRecord> Epochs, bool StoppedEarly)
{
    /// <summary>The loss of the last epoch.</summary>
    public double FinalLoss => Epochs[^1].Loss;
}
