using static System.FormattableString;

namespace ArcFace.Training;

/// <summary>Where a run stands, reported while it goes on.</summary>
/// <param name="Epoch">1 for the first.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps of the whole run.</param>
/// <param name="Loss">Mean loss of this epoch so far.</param>
/// <param name="LearningRate">The body's learning rate at the last step.</param>
/// <param name="ImagesPerSecond">Samples a second since the run was started or resumed.</param>
/// <param name="TimeLeft">How long the rest takes at that pace; zero at the end, also at an early one.</param>
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
    /// <summary>The share of the run that is done, from 0 to 1.</summary>
    public double Share => (double)Step / TotalSteps;

    /// <summary>One line.</summary>
    public override string ToString()
    {
        string score = Finished?.Validation is { } validation ? Invariant($"  validation {validation:F4}") : "";
        string left = TimeLeft > TimeSpan.Zero ? Invariant($"  {(int)TimeLeft.TotalHours:00}:{TimeLeft:mm\\:ss} left") : "";
        return Invariant($"epoch {Epoch}/{Epochs}  step {Step}/{TotalSteps}  loss {Loss:F4}{score}")
            + Invariant($"  rate {LearningRate:G3}  {ImagesPerSecond:F0} images/s{left}");
    }
}

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
