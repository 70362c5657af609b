namespace ArcFace.Models;

/// <summary>z = x·Wᵀ + b: one logit per class. It has C·D + C parameters, or C·D without bias.</summary>
public sealed class SoftmaxRegression : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter? _bias;

    /// <summary>Creates the model with W = 0 and b = 0, where every class is equally likely: the loss is convex.</summary>
    /// <param name="featureCount">D, how many numbers describe a sample.</param>
    /// <param name="classCount">C, the number of classes.</param>
    /// <param name="bias">Whether there is a b.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is below 1.</exception>
    public SoftmaxRegression(long featureCount, long classCount, bool bias = true)
        : base(nameof(SoftmaxRegression))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        _weight = new Parameter(zeros(classCount, featureCount));
        _bias = bias ? new Parameter(zeros(classCount)) : null;
        RegisterComponents();
    }

    /// <summary>W [C, D], one row a class.</summary>
    public Parameter Weight => _weight;

    /// <summary>b [C], or null.</summary>
    public Parameter? Bias => _bias;

    /// <summary>Samples [N, D], or images that flatten to it, → logits [N, C].</summary>
    /// <exception cref="ArgumentException">A sample has another number of features, or they are not floating point.</exception>
    public override Tensor forward(Tensor features) => WrappedTensorDisposeScope(
        () => nn.functional.linear(Guard.Flattened(features, _weight.shape[1]), _weight, _bias!));
}
