namespace ArcFace.Models;

/// <summary>A two-dimensional convolution without bias that can compute in less precision than it is stored in.</summary>
/// <remarks>Input [N, inputs, H, W] → output [N, outputs, H', W'] with H' = ⌊(H + 2·padding − kernel) / stride⌋ + 1. The weight [outputs,
/// inputs / groups, kernel, kernel] stays in float32, and so does its gradient; input and weight are rounded to <see cref="ComputeType"/>
/// just before they meet.</remarks>
public sealed class ConvolutionLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;

    /// <summary>Creates the layer. The weight is drawn by <paramref name="initialize"/>, from torch's CPU generator.</summary>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Height and width of the window.</param>
    /// <param name="stride">Step of the window.</param>
    /// <param name="padding">Zeros added on every side.</param>
    /// <param name="groups">Groups of channels that do not see each other: <paramref name="inputs"/> makes it depthwise.</param>
    /// <param name="initialize">Fills the weight in place; He's normal initialisation over the outputs if null.</param>
    /// <exception cref="ArgumentException">A size is below 1, the padding below 0, or the groups do not divide the channels.</exception>
    public ConvolutionLayer(
        long inputs, long outputs, long kernel, long stride = 1, long padding = 0, long groups = 1, Action<Tensor>? initialize = null)
        : base(nameof(ConvolutionLayer))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(padding, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentException.ThrowIf(inputs % groups != 0 || outputs % groups != 0,
            $"{groups} groups divide neither {inputs} inputs nor {outputs} outputs evenly", nameof(groups));
        (Stride, Padding, Groups) = ([stride, stride], [padding, padding], groups);
        _weight = new Parameter(empty(outputs, inputs / groups, kernel, kernel, ScalarType.Float32));
        using (no_grad())
        using (NewDisposeScope())
        {
            (initialize ?? He)(_weight);
        }

        RegisterComponents();
    }

    /// <summary>The type in which the products are formed: float32 (default), bfloat16 or float16. The output has this type.</summary>
    public ScalarType ComputeType { get; set; } = ScalarType.Float32;

    internal long[] Stride { get; }

    internal long[] Padding { get; }

    internal long Groups { get; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var scope = NewDisposeScope();
        Tensor output = nn.functional.conv2d(input.to(ComputeType), _weight.to(ComputeType), null, Stride, Padding, null, Groups);
        return output.MoveToOuterDisposeScope();
    }

    /// <summary>Normal with variance 2 / (outputs · kernel²): He et al., arXiv 1502.01852, equation 14.</summary>
    internal static void He(Tensor weight) =>
        nn.init.kaiming_normal_(weight, mode: nn.init.FanInOut.FanOut, nonlinearity: nn.init.NonlinearityType.ReLU);
}
