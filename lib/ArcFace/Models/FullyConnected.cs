namespace ArcFace.Models;

/// <summary>y = x·Aᵀ + b in the type of its weight, whatever the type of x: the step back from reduced precision.</summary>
internal sealed class FullyConnected : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter? _bias;

    /// <summary>Draws weight and bias uniformly from ±1/√inputs, as torch's own layer does; or without bias, with a weight that
    /// <paramref name="initialize"/> fills in place.</summary>
    public FullyConnected(long inputs, long outputs, Action<Tensor>? initialize = null)
        : base(nameof(FullyConnected))
    {
        double bound = 1 / Math.Sqrt(inputs);
        _weight = new Parameter(empty(outputs, inputs, ScalarType.Float32));
        _bias = initialize is null ? new Parameter(empty(outputs, ScalarType.Float32)) : null;
        using (no_grad())
        using (NewDisposeScope())
        {
            (initialize ?? Uniform)(_weight);
            if (_bias is not null)
            {
                Uniform(_bias);
            }
        }

        RegisterComponents();

        void Uniform(Tensor values) => nn.init.uniform_(values, -bound, bound);
    }

    public override Tensor forward(Tensor input) =>
        WrappedTensorDisposeScope(() => nn.functional.linear(input.to(_weight.dtype), _weight, _bias!));
}
