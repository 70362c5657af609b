using ArcFace.Data;
using ArcFace.Training;

namespace ArcFace.Tests.Training;

/// <summary>Training that stops when the test run does.</summary>
internal static class TestRuns
{
    public static TrainingHistory Train(this Trainer trainer, IBatchSource batches, Func<double>? validate = null) =>
        trainer.Fit(batches, validate, progress: null, TestContext.Current.CancellationToken);
}
