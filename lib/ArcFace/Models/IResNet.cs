namespace ArcFace.Models;

/// <summary>The residual network that ArcFace's results were made with.</summary>
/// <remarks>A 3×3 convolution at full size, four stages of residual blocks with 64, 128, 256 and 512 channels that each halve the image,
/// then batch normalisation, dropout, a linear layer and a last batch normalisation whose slope stays 1. Names and shapes of parameters and
/// buffers are those of InsightFace's <c>arcface_torch</c>, so its weights load. Parameters at 512 dimensions and 112×112: R18 24,025,600;
/// R34 34,139,328; R50 43,590,848; R100 65,156,160; R200 118,833,920. Source: Deng et al., arXiv 1801.07698, section 3.1.</remarks>
public sealed class IResNet : nn.Module<Tensor, Tensor>
{
    private const long Colours = 3, StemWidth = 64;

    [ComponentName(Name = "conv1")] private readonly ConvolutionLayer _conv1;
    [ComponentName(Name = "bn1")] private readonly BatchNormalization _bn1;
    [ComponentName(Name = "prelu")] private readonly ParametricRelu _prelu;
    [ComponentName(Name = "layer1")] private readonly Sequential _layer1;
    [ComponentName(Name = "layer2")] private readonly Sequential _layer2;
    [ComponentName(Name = "layer3")] private readonly Sequential _layer3;
    [ComponentName(Name = "layer4")] private readonly Sequential _layer4;
    [ComponentName(Name = "bn2")] private readonly BatchNormalization _bn2;
    [ComponentName(Name = "dropout")] private readonly Dropout _dropout;
    [ComponentName(Name = "fc")] private readonly FullyConnected _fc;
    [ComponentName(Name = "features")] private readonly BatchNormalization _features;

    /// <summary>Creates the network, weights drawn from torch's CPU generator.</summary>
    /// <param name="depth">How many layers.</param>
    /// <param name="embeddingSize">D, the width of an embedding.</param>
    /// <param name="inputSize">Height and width of an image.</param>
    /// <param name="dropout">The share of features set to 0 before the linear layer while training: at least 0, below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not one of the five, or another number is out of range.</exception>
    public IResNet(IResNetDepth depth, long embeddingSize = 512, long inputSize = 112, double dropout = 0)
        : base(nameof(IResNet))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(embeddingSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIf(
            !(dropout >= 0 && dropout < 1), $"a dropout of {dropout} is outside 0 (included) to 1 (excluded)", nameof(dropout));
        var blocks = Blocks(depth);
        (Depth, InputSize) = (depth, inputSize);
        _conv1 = new ConvolutionLayer(Colours, StemWidth, 3, padding: 1, initialize: InitializeConvolution);
        _bn1 = new BatchNormalization(StemWidth);
        _prelu = new ParametricRelu(StemWidth);
        _layer1 = Stage(StemWidth, 64, blocks[0]);
        _layer2 = Stage(64, 128, blocks[1]);
        _layer3 = Stage(128, 256, blocks[2]);
        _layer4 = Stage(256, 512, blocks[3]);
        _bn2 = new BatchNormalization(512);
        _dropout = nn.Dropout(dropout);
        long side = blocks.Aggregate(inputSize, (size, _) => (size + 1) / 2);
        _fc = new FullyConnected(512 * side * side, embeddingSize);
        _features = new BatchNormalization(embeddingSize);
        _features.weight!.requires_grad_(false);
        RegisterComponents();
    }

    /// <summary>How many layers.</summary>
    public IResNetDepth Depth { get; }

    internal long InputSize { get; }

    /// <summary>Images [N, 3, inputSize, inputSize] in RGB, values −1 to 1 → embeddings [N, D], not normalised, float32.</summary>
    /// <exception cref="ArgumentException">The images are of another size or not floating point.</exception>
    public override Tensor forward(Tensor images)
    {
        Guard.RequireImages(images, Colours, InputSize);
        using var scope = NewDisposeScope();
        var x = _prelu.call(_bn1.call(_conv1.call(images)));
        x = _layer4.call(_layer3.call(_layer2.call(_layer1.call(x))));
        x = _dropout.call(_bn2.call(x).flatten(1));
        return _features.call(_fc.call(x)).MoveToOuterDisposeScope();
    }

    internal static void InitializeConvolution(Tensor weight) => nn.init.normal_(weight, mean: 0, std: 0.1);

    internal static int[] Blocks(IResNetDepth depth) => depth switch
    {
        IResNetDepth.R18 => [2, 2, 2, 2],
        IResNetDepth.R34 => [3, 4, 6, 3],
        IResNetDepth.R50 => [3, 4, 14, 3],
        IResNetDepth.R100 => [3, 13, 30, 3],
        IResNetDepth.R200 => [6, 26, 60, 6],
        _ => throw new ArgumentOutOfRangeException(
            nameof(depth), $"depth {(int)depth} is unknown: choose one of {string.Join(", ", Enum.GetNames<IResNetDepth>())}"),
    };

    private static Sequential Stage(long inputs, long outputs, int blocks) => nn.Sequential(
        Enumerable.Range(0, blocks).Select(
            nn.Module<Tensor, Tensor> (i) => i == 0 ? new IResNetBlock(inputs, outputs, 2) : new IResNetBlock(outputs, outputs, 1)));
}

/// <summary>How deep an <see cref="IResNet"/> is. The number is the name's; the blocks per stage are said with each.</summary>
public enum IResNetDepth
{
    /// <summary>2, 2, 2, 2 blocks.</summary>
    R18 = 18,

    /// <summary>3, 4, 6, 3 blocks.</summary>
    R34 = 34,

    /// <summary>3, 4, 14, 3 blocks.</summary>
    R50 = 50,

    /// <summary>3, 13, 30, 3 blocks.</summary>
    R100 = 100,

    /// <summary>6, 26, 60, 6 blocks.</summary>
    R200 = 200,
}

/// <summary>x + bn3(conv2(prelu(bn2(conv1(bn1(x)))))): the improved residual block of ArcFace (arXiv 1801.07698, section 3.1).</summary>
/// <remarks>The second convolution carries the stride, and where the shape changes a 1×1 convolution brings x along.</remarks>
internal sealed class IResNetBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "bn1")] private readonly BatchNormalization _bn1;
    [ComponentName(Name = "conv1")] private readonly ConvolutionLayer _conv1;
    [ComponentName(Name = "bn2")] private readonly BatchNormalization _bn2;
    [ComponentName(Name = "prelu")] private readonly ParametricRelu _prelu;
    [ComponentName(Name = "conv2")] private readonly ConvolutionLayer _conv2;
    [ComponentName(Name = "bn3")] private readonly BatchNormalization _bn3;
    [ComponentName(Name = "downsample")] private readonly Sequential? _downsample;

    public IResNetBlock(long inputs, long outputs, long stride)
        : base(nameof(IResNetBlock))
    {
        _bn1 = new BatchNormalization(inputs);
        _conv1 = new ConvolutionLayer(inputs, outputs, 3, padding: 1, initialize: IResNet.InitializeConvolution);
        _bn2 = new BatchNormalization(outputs);
        _prelu = new ParametricRelu(outputs);
        _conv2 = new ConvolutionLayer(outputs, outputs, 3, stride, padding: 1, initialize: IResNet.InitializeConvolution);
        _bn3 = new BatchNormalization(outputs);
        if (stride != 1 || inputs != outputs)
        {
            _downsample = nn.Sequential(
                new ConvolutionLayer(inputs, outputs, 1, stride, initialize: IResNet.InitializeConvolution), new BatchNormalization(outputs));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _conv1.call(_bn1.call(input));
        x = _conv2.call(_prelu.call(_bn2.call(x)));
        x = _bn3.call(x).AddInPlace(_downsample?.call(input) ?? input);
        return x.MoveToOuterDisposeScope();
    }
}
