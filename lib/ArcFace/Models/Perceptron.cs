namespace ArcFace.Models;

/// <summary>Linear layers with max(0, x) between them: h_k = max(0, A_k·h_{k−1} + b_k), and a last layer without it.</summary>
/// <remarks>Layer k has as many parameters as (inputs + 1) · outputs; 64 → 64 → 2 makes 65·64 + 65·2 = 4,290.</remarks>
public sealed class Perceptron : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "layers")] private readonly Sequential _layers;

    /// <summary>Creates the network, weights drawn from torch's CPU generator.</summary>
    /// <param name="featureCount">How many numbers describe a sample.</param>
    /// <param name="outputSize">The width of the last layer: the embedding size, or the number of classes.</param>
    /// <param name="hiddenSizes">The widths of the layers between, first to last; none makes the network linear.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public Perceptron(long featureCount, long outputSize, params long[] hiddenSizes)
        : base(nameof(Perceptron))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputSize, 1);
        ArgumentNullException.ThrowIfNull(hiddenSizes);
        FeatureCount = featureCount;
        var layers = new List<nn.Module<Tensor, Tensor>>();
        long inputs = featureCount;
        foreach (long hidden in hiddenSizes)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1, nameof(hiddenSizes));
            layers.Add(nn.Linear(inputs, hidden));
            layers.Add(nn.ReLU());
            inputs = hidden;
        }

        layers.Add(nn.Linear(inputs, outputSize));
        _layers = nn.Sequential(layers);
        RegisterComponents();
    }

    internal long FeatureCount { get; }

    /// <summary>Samples [N, featureCount], or images that flatten to it, → [N, outputSize].</summary>
    /// <exception cref="ArgumentException">A sample has another number of features, or they are not floating point.</exception>
    public override Tensor forward(Tensor features) =>
        WrappedTensorDisposeScope(() => _layers.call(Guard.Flattened(features, FeatureCount)));
}
