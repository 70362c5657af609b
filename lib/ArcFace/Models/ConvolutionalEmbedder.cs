namespace ArcFace.Models;

/// <summary>A small embedder for images of 8×8 to 64×64: fast enough to train on a processor while one watches.</summary>
/// <remarks>A first convolution of 3×3 at full size, then convolutions of stride 2 with twice the channels (at most eight times the width)
/// until the image is no larger than 4×4; each followed by batch normalisation and <see cref="ParametricRelu"/>. A linear layer and a batch
/// normalisation, as at the end of <see cref="IResNet"/>, make the embedding. With width 16 and 128 dimensions on one channel: 70,816
/// parameters for 8×8, 360,160 for 28×28, 508,000 for 64×64.</remarks>
public sealed class ConvolutionalEmbedder : nn.Module<Tensor, Tensor>
{
    private const long SmallestSide = 8, LargestSide = 64, LastSide = 4, WidestFactor = 8;

    [ComponentName(Name = "layers")] private readonly Sequential _layers;
    [ComponentName(Name = "fc")] private readonly FullyConnected _fc;
    [ComponentName(Name = "features")] private readonly BatchNormalization _features;

    /// <summary>Creates the network, weights drawn from torch's CPU generator.</summary>
    /// <param name="embeddingSize">D, the width of an embedding.</param>
    /// <param name="inputSize">Height and width of an image, 8 to 64.</param>
    /// <param name="channels">1 for grey images, 3 for colour.</param>
    /// <param name="width">Channels of the first convolution.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the image is not between 8 and 64.</exception>
    public ConvolutionalEmbedder(long embeddingSize, long inputSize, long channels = 1, long width = 16)
        : base(nameof(ConvolutionalEmbedder))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(embeddingSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, SmallestSide);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputSize, LargestSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Channels, InputSize) = (channels, inputSize);

        var layers = new List<nn.Module<Tensor, Tensor>>();
        AddStage(layers, channels, width, stride: 1);
        (long side, long inputs) = (inputSize, width);
        while (side > LastSide)
        {
            long outputs = Math.Min(2 * inputs, WidestFactor * width);
            AddStage(layers, inputs, outputs, stride: 2);
            (side, inputs) = ((side + 1) / 2, outputs);
        }

        _layers = nn.Sequential(layers);
        _fc = new FullyConnected(inputs * side * side, embeddingSize);
        _features = new BatchNormalization(embeddingSize);
        RegisterComponents();
    }

    internal long Channels { get; }

    internal long InputSize { get; }

    /// <summary>Images [N, channels, inputSize, inputSize] → embeddings [N, D], not normalised, float32.</summary>
    /// <exception cref="ArgumentException">The images are of another size or not floating point.</exception>
    public override Tensor forward(Tensor images)
    {
        Guard.RequireImages(images, Channels, InputSize);
        using var scope = NewDisposeScope();

        // The channels of a pixel side by side, where there is one channel too: so a CPU is faster at convolutions of few channels.
        var pixels = images.device_type == DeviceType.CPU ? stack(images.unbind(1), 3).permute(0, 3, 1, 2) : images;
        var x = _layers.call(pixels).flatten(1);
        return _features.call(_fc.call(x)).MoveToOuterDisposeScope();
    }

    private static void AddStage(List<nn.Module<Tensor, Tensor>> layers, long inputs, long outputs, long stride)
    {
        layers.Add(new ConvolutionLayer(inputs, outputs, kernel: 3, stride, padding: 1));
        layers.Add(new BatchNormalization(outputs));
        layers.Add(new ParametricRelu(outputs));
    }
}
