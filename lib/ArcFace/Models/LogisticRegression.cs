using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ArcFace.Models;

/// <summary>z = w·x + b: the log-odds that a sample belongs to class 1. It has D + 1 parameters.</summary>
public sealed class LogisticRegression : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;
    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    /// <summary>Creates the model with w = 0 and b = 0, where every sample has even odds: the loss is convex.</summary>
    /// <param name="featureCount">D, how many numbers describe a sample.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="featureCount"/> is below 1.</exception>
    public LogisticRegression(long featureCount)
        : base(nameof(LogisticRegression))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(featureCount, 1);
        _weight = new Parameter(zeros(featureCount));
        _bias = new Parameter(zeros([]));
        RegisterComponents();
    }

    /// <summary>w [D].</summary>
    public Parameter Weight => _weight;

    /// <summary>b, a scalar.</summary>
    public Parameter Bias => _bias;

    /// <summary>Samples [N, D], or images that flatten to it, → logits [N].</summary>
    /// <exception cref="ArgumentException">A sample has another number of features, or they are not floating point.</exception>
    public override Tensor forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        return ModelInputs.Rows(features, _weight.shape[0]).mv(_weight).Plus(_bias).MoveToOuterDisposeScope();
    }
}
