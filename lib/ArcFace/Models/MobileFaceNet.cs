namespace ArcFace.Models;

/// <summary>A face embedder small enough for a telephone: bottlenecks of depthwise convolutions, for images of 112×112.</summary>
/// <remarks>Names and shapes of parameters and buffers are those of InsightFace's <c>arcface_torch</c> (its <c>mbf</c>, twice the width of
/// the paper's network), so its weights load. Parameters at 512 dimensions: 2,059,520. Source: Chen et al., "MobileFaceNets", arXiv
/// 1804.07573, table 1.</remarks>
public sealed class MobileFaceNet : nn.Module<Tensor, Tensor>
{
    internal const long Side = 112;

    private const long Colours = 3, LastWidth = 512;

    [ComponentName(Name = "layers")] private readonly Sequential _layers;
    [ComponentName(Name = "conv_sep")] private readonly MobileFaceNetBlock _separable;
    [ComponentName(Name = "features")] private readonly MobileFaceNetBlock _features;

    /// <summary>Creates the network, weights drawn from torch's CPU generator.</summary>
    /// <param name="embeddingSize">D, the width of an embedding.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="embeddingSize"/> is below 1.</exception>
    public MobileFaceNet(long embeddingSize = 512)
        : base(nameof(MobileFaceNet))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(embeddingSize, 1);
        _layers = nn.Sequential(
            MobileFaceNetBlock.Convolved(Colours, 128, kernel: 3, stride: 2, padding: 1),
            MobileFaceNetBlock.Convolved(128, 128, kernel: 3, padding: 1, groups: 64),
            MobileFaceNetBlock.DepthWise(128, 128, expanded: 128),
            MobileFaceNetBlock.Residual(128, blocks: 4, expanded: 128),
            MobileFaceNetBlock.DepthWise(128, 256, expanded: 256),
            MobileFaceNetBlock.Residual(256, blocks: 6, expanded: 256),
            MobileFaceNetBlock.DepthWise(256, 256, expanded: 512),
            MobileFaceNetBlock.Residual(256, blocks: 2, expanded: 256));
        _separable = MobileFaceNetBlock.Convolved(256, LastWidth);
        _features = MobileFaceNetBlock.GlobalDepthwise(LastWidth, embeddingSize);
        RegisterComponents();
    }

    /// <summary>Images [N, 3, 112, 112] in RGB, values −1 to 1 → embeddings [N, D], not normalised, float32.</summary>
    /// <exception cref="ArgumentException">The images are of another size or not floating point.</exception>
    public override Tensor forward(Tensor images)
    {
        Guard.RequireImages(images, Colours, Side);
        using var scope = NewDisposeScope();

        // The channels of a pixel side by side, which every layer hands on: depthwise and grouped convolutions take half of the time so.
        var x = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        x = _separable.call(_layers.call(x));
        return _features.call(x).MoveToOuterDisposeScope();
    }
}

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
