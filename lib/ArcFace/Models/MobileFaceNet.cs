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
