namespace ArcFace.Training;

/// <summary>A loss, a gradient or a weight became infinite or not a number, so the run was stopped.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(string what, long step, double learningRate, string checkpoint, Exception? cause)
        : base(
            $"{what} at step {step}, learning rate {learningRate:G3}. Likely causes: a learning rate that is too high or rises without a"
            + " warm-up; a scale too large for the number of classes; a pixel that is not finite; a root or a quotient whose derivative"
            + $" is infinite. Lower the rate, add a warm-up or clip the gradients. {checkpoint}",
            cause) => (Step, LearningRate) = (step, learningRate);

    /// <summary>The first step whose loss, gradients or weights were not finite, 1 for the first of the run.</summary>
    public long Step { get; }

    /// <summary>The body's learning rate at that step.</summary>
    public double LearningRate { get; }
}
