namespace ArcFace.Models;

/// <summary>y = x where x &gt; 0, else a·x, with one learnt slope a per channel that starts at 0.25.</summary>
/// <remarks>The slope is stored in float32 and follows the type of the input, which torch's own layer refuses to do. Source: He et al.,
/// "Delving deep into rectifiers", arXiv 1502.01852, equation 1.</remarks>
public sealed class ParametricRelu : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;

    /// <summary>Creates the layer for inputs [N, <paramref name="channels"/>, …].</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="channels"/> is below 1.</exception>
    public ParametricRelu(long channels)
        : base(nameof(ParametricRelu))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        _weight = new Parameter(TensorArithmetic.Full([channels], 0.25, ScalarType.Float32));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return WrappedTensorDisposeScope(() => nn.functional.prelu(input, _weight.to(input.dtype)));
    }
}
