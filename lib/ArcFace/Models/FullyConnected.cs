namespace ArcFace.Models;

/// <summary>y = x·Aᵀ + b in the type of its weight, whatever the type of x: the step back from reduced precision.</summary>
internal sealed class FullyConnected : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;
    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    /// <summary>Draws weight and bias uniformly from ±1/√inputs, as torch's own layer does.</summary>
    public FullyConnected(long inputs, long outputs)
        : base(nameof(FullyConnected))
    {
        double bound = 1 / Math.Sqrt(inputs);
        _weight = new Parameter(empty(outputs, inputs, ScalarType.Float32));
        _bias = new Parameter(empty(outputs, ScalarType.Float32));
        using (no_grad())
        using (NewDisposeScope())
        {
            nn.init.uniform_(_weight, -bound, bound);
            nn.init.uniform_(_bias, -bound, bound);
        }

        RegisterComponents();
    }

    /// <summary>Without bias; <paramref name="initialize"/> fills the weight in place.</summary>
    public FullyConnected(long inputs, long outputs, Action<Tensor> initialize)
        : base(nameof(FullyConnected))
    {
        _weight = new Parameter(empty(outputs, inputs, ScalarType.Float32));
        using (no_grad())
        using (NewDisposeScope())
        {
            initialize(_weight);
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return nn.functional.linear(input.to(_weight.dtype), _weight, _bias!).MoveToOuterDisposeScope();
    }
}
