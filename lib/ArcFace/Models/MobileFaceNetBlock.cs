namespace ArcFace.Models;

/// <summary>What every building block of <see cref="MobileFaceNet"/> is: a chain of layers under the name <c>layers</c>.</summary>
internal sealed class MobileFaceNetBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "layers")] private readonly Sequential _layers;

    private MobileFaceNetBlock(bool addInput, params nn.Module<Tensor, Tensor>[] layers)
        : base(nameof(MobileFaceNetBlock))
    {
        AddsInput = addInput;
        _layers = nn.Sequential(layers);
        RegisterComponents();
    }

    public bool AddsInput { get; }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var output = _layers.call(input);
        return (AddsInput ? output.Plus(input) : output).MoveToOuterDisposeScope();
    }

    /// <summary>Convolution, batch normalisation, PReLU unless it is to be linear.</summary>
    public static MobileFaceNetBlock Convolved(
        long inputs, long outputs, long kernel = 1, long stride = 1, long padding = 0, long groups = 1, bool linear = false) =>
        new(
            addInput: false,
            [
                new ConvolutionLayer(inputs, outputs, kernel, stride, padding, groups),
                new BatchNormalization(outputs),
                .. linear ? [] : (nn.Module<Tensor, Tensor>[])[new ParametricRelu(outputs)],
            ]);

    /// <summary>1×1 convolution to <paramref name="expanded"/> channels, a depthwise 3×3, and 1×1 to the outputs.</summary>
    public static MobileFaceNetBlock DepthWise(long inputs, long outputs, long expanded, long stride = 2, bool addInput = false) =>
        new(
            addInput,
            Convolved(inputs, expanded),
            Convolved(expanded, expanded, kernel: 3, stride, padding: 1, groups: expanded),
            Convolved(expanded, outputs, linear: true));

    /// <summary>Depthwise blocks that each add their input.</summary>
    public static MobileFaceNetBlock Residual(long channels, int blocks, long expanded) =>
        new(
            addInput: false,
            [.. Enumerable.Range(0, blocks).Select(_ => DepthWise(channels, channels, expanded, stride: 1, addInput: true))]);

    /// <summary>A depthwise convolution over the whole 7×7 map, then a linear layer and batch normalisation.</summary>
    public static MobileFaceNetBlock GlobalDepthwise(long channels, long embeddingSize) =>
        new(
            addInput: false,
            Convolved(channels, channels, kernel: 7, groups: channels, linear: true),
            nn.Flatten(),
            new FullyConnected(channels, embeddingSize, ConvolutionLayer.He),
            new BatchNormalization(embeddingSize));
}
