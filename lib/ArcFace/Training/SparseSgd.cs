namespace ArcFace.Training;

/// <summary>SGD with momentum for class centers in a training loop of one's own, where a step may see only some of the rows.</summary>
/// <remarks>v ← μv + (g + λw), w ← w − ηv, as <see cref="SgdOptions"/> has it. Of a sparse gradient, which is what Partial FC leaves
/// (<see cref="Losses.MarginSoftmaxOptions.SampleRate"/> below 1), only the rows that it names take part, in decay and momentum too: the
/// others keep weight and velocity bit for bit. A <see cref="Trainer"/> does the same by itself.</remarks>
public sealed class SparseSgd : IDisposable
{
    private readonly Parameter _weight;
    private readonly SgdUpdate _update;
    private long _step;

    /// <summary>An optimizer for one weight.</summary>
    /// <param name="weight">W [C·K, D]; it stays the caller's.</param>
    /// <param name="options">The head's learning rate and weight decay where they are set, else the common ones; and the momentum.</param>
    /// <exception cref="ArgumentException">An option is out of its limits.</exception>
    public SparseSgd(Parameter weight, SgdOptions options)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _weight = weight;
        double learningRate = options.HeadLearningRate ?? options.LearningRate;
        _update = new SgdUpdate([new("weight", weight, learningRate, options.HeadWeightDecay ?? options.WeightDecay)], options);
    }

    /// <summary>v, the velocity of each row: of the weight's shape. There is none without momentum.</summary>
    public Tensor? Velocity => _update.Memory.GetValueOrDefault("weight.velocity");

    /// <summary>Moves the rows that have a gradient, and clears it.</summary>
    /// <param name="factor">A schedule's factor on the learning rate.</param>
    public void Step(double factor = 1)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        _update.Step(++_step, factor);
        _weight.grad = null;
    }

    /// <summary>Releases the velocity.</summary>
    public void Dispose() => _update.Dispose();
}
