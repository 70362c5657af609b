namespace ArcFace.Training;

/// <summary>How a <see cref="Trainer"/> trains.</summary>
public sealed record TrainerOptions
{
    /// <summary>How often every sample is seen.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>How weights follow their gradients.</summary>
    public OptimizerOptions Optimizer { get; init; } = new SgdOptions { LearningRate = 0.1 };

    /// <summary>The factor on the learning rate over the run.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>The greatest length that all gradients together may have; longer ones are scaled down. Null for no limit.</summary>
    public double? GradientClip { get; init; }

    /// <summary>The type in which the body's convolutions compute; head and normalisation stay in float32.</summary>
    public ScalarType Precision { get; init; } = ScalarType.Float32;

    /// <summary>Where to compute; null for <c>ARCFACE_DEVICE</c>, else a GPU where there is one, else the CPU.</summary>
    public Device? Device { get; init; }

    /// <summary>Stops after this many epochs without a better validation score. Null never stops early.</summary>
    public int? Patience { get; init; }

    /// <summary>Every how many steps losses are read from the device, watched and reported. A step itself never waits.</summary>
    public int ReportEvery { get; init; } = 50;

    /// <summary>The file that keeps the run; if it exists, the run goes on from there. Null keeps nothing.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Every how many steps a checkpoint is written, besides the end of each epoch. Null for the ends alone.</summary>
    public int? CheckpointEvery { get; init; }

    /// <summary>Whether a training on the CPU lets the process keep the memory that each step frees
    /// (<see cref="ProcessMemory.KeepFreed"/>). False leaves the C library as it is.</summary>
    public bool KeepFreedMemory { get; init; } = true;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Optimizer);
        ArgumentNullException.ThrowIfNull(Schedule);
        Optimizer.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReportEvery, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Patience ?? 1, 1, nameof(Patience));
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointEvery ?? 1, 1, nameof(CheckpointEvery));
        ArgumentOutOfRangeException.ThrowIf(
            GradientClip is not (null or > 0), $"GradientClip is {GradientClip}; it must be above 0, or null for none", nameof(GradientClip));
        ArgumentOutOfRangeException.ThrowIf(Precision is not (ScalarType.Float32 or ScalarType.BFloat16),
            $"Precision is {Precision}; choose Float32 or BFloat16", nameof(Precision));
    }
}
