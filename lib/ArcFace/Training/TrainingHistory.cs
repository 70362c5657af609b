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

/// <summary>Where a run stands, reported while it goes on.</summary>
/// <param name="Epoch">1 for the first.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="Loss">Mean loss of this epoch so far.</param>
/// <param name="LearningRate">The body's learning rate at the last step.</param>
/// <param name="ImagesPerSecond">Samples a second since the run was started or resumed.</param>
/// <param name="TimeLeft">How long the rest takes at that pace.</param>
/// <param name="Finished">The record of the epoch, if it has just ended.</param>
public sealed record TrainingProgress(
    int Epoch,
    int Epochs,
    long Step,
    long TotalSteps,
    double Loss,
    double LearningRate,
    double ImagesPerSecond,
    TimeSpan TimeLeft,
    EpochRecord? Finished)
{
    /// <summary>One line.</summary>
    public override string ToString() =>
        $"epoch {Epoch}/{Epochs}  step {Step}/{TotalSteps}  loss {Loss:F4}"
        + (Finished?.Validation is { } score ? $"  validation {score:F4}" : "")
        + $"  rate {LearningRate:G3}  {ImagesPerSecond:F0} images/s  {TimeLeft:hh\\:mm\\:ss} left";
}
