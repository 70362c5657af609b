using ArcFace.Faces.Folders;
using ArcFace.Faces.Onnx;
using ArcFace.Models;

namespace ArcFace.Faces.Recognition;

/// <summary>Aligned faces in, unit embeddings out, whatever file the network came in.</summary>
public sealed class FaceEmbedder : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _body;
    private readonly FaceEmbedderOptions _options;
    private readonly PixelRange _range;
    private bool _ownsBody;

    /// <summary>Embeds with a network of one's own, which stays the caller's.</summary>
    /// <param name="body">A model of <c>ArcFace.Models</c>, a <c>Sequential</c> that begins with one, or an <see cref="OnnxEmbedder"/>.</param>
    /// <param name="options">How to compute; the defaults if null. The device is the network's.</param>
    /// <exception cref="ArgumentException">The network does not say what pictures it takes, or an option is out of its range.</exception>
    public FaceEmbedder(nn.Module<Tensor, Tensor> body, FaceEmbedderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        (_body, _options) = (body, options ?? new());
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.BatchSize, 1, nameof(options));
        (Channels, ImageSize) = OnnxLayers.InputShapeOf(body) is [var channels, var height, var width] && height == width
            ? ((int)channels, (int)height)
            : throw new ArgumentException($"a {body.GetType().Name} does not say which square pictures it takes", nameof(body));
        _range = _options.InputRange ?? OnnxLayers.InputRangeOf(body);
    }

    /// <summary>3 for colour, red first; 1 for grey.</summary>
    public int Channels { get; }

    /// <summary>Height and width of the pictures.</summary>
    public int ImageSize { get; }

    /// <summary>Opens a file, which is recognised by its content: safetensors, the zip format of <c>torch.save</c>, or ONNX.</summary>
    /// <remarks>Of the first two, the names and shapes tell the network: <see cref="IResNet"/> of any depth or <see cref="MobileFaceNet"/>,
    /// also where the names begin with <c>module.</c> or another prefix. <see cref="OnnxEmbedder"/> says which ONNX files are
    /// taken.</remarks>
    /// <param name="path">The file.</param>
    /// <param name="options">How to compute; the defaults if null.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or holds something else; the message says what.</exception>
    public static FaceEmbedder FromFile(string path, FaceEmbedderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Span<byte> start = stackalloc byte[9];
        using (var stream = BoundedFile.Open(path))
        {
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }

        bool holdsWeights = start is [(byte)'P', (byte)'K', 3, 4, ..] or [0x80, 2, ..] or [_, _, _, _, 0, 0, 0, 0, (byte)'{'];
        nn.Module<Tensor, Tensor> body = holdsWeights ? Network(path, options?.Device ?? CPU) : new OnnxEmbedder(path);
        return new FaceEmbedder(body, options) { _ownsBody = true };
    }

    /// <summary>Aligned faces [N, channels, size, size], pixels from 0 to 1 → embeddings of length one [N, D], float32 on the CPU.</summary>
    /// <exception cref="ArgumentException">The faces have another shape, or an embedding is not finite.</exception>
    public Tensor Embed(Tensor faces)
    {
        ArgumentNullException.ThrowIfNull(faces);
        ArgumentException.ThrowIf(faces.dim() != 4 || faces.shape[0] == 0,
            $"faces are [{string.Join(", ", faces.shape)}]; give [N, {Channels}, {ImageSize}, {ImageSize}]", nameof(faces));
        using var scope = NewDisposeScope();
        return cat([.. faces.split(_options.BatchSize).Select(EmbedBatch)]).MoveToOuterDisposeScope();
    }

    /// <summary>Every picture of a folder, in its order → embeddings of length one [N, D], float32 on the CPU. Pictures are decoded ahead.</summary>
    /// <exception cref="InvalidDataException">A picture is damaged.</exception>
    /// <inheritdoc cref="Embed(Tensor)"/>
    public Tensor Embed(FaceFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentException.ThrowIf(folder.Options.Size != ImageSize || folder.Options.Channels != Channels,
            $"the folder gives [{folder.Options.Channels}, {folder.Options.Size}, {folder.Options.Size}], and the network takes"
            + $" [{Channels}, {ImageSize}, {ImageSize}]: open it with the Size and Colour of the network", nameof(folder));
        return Embed(folder.Pictures.Count, folder.Decode);
    }

    /// <summary>Pictures 0 to <paramref name="count"/> − 1, each decoded on some thread to its planes of the network's size.</summary>
    internal Tensor Embed(int count, Func<int, byte[]> decode)
    {
        using var scope = NewDisposeScope();
        var batches = Prefetch.InOrder(Enumerable.Range(0, count).Chunk(_options.BatchSize), batch => Array.ConvertAll(batch, one => decode(one)), ahead: 2);
        return cat([.. batches.Select(ToEmbeddings)]).MoveToOuterDisposeScope();

        Tensor ToEmbeddings(byte[][] pictures)
        {
            using var inner = NewDisposeScope();
            return EmbedBatch(Picture.ToTensor(pictures, Channels, ImageSize, ImageSize)).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Frees the network, where it came out of a file.</summary>
    public void Dispose()
    {
        if (_ownsBody)
        {
            _body.Dispose();
        }
    }

    private Tensor EmbedBatch(Tensor faces)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        _body.eval();
        var device = _body.parameters().FirstOrDefault()?.device ?? CPU;
        Tensor pixels = _range.FromUnit(faces.to(device).to(ScalarType.Float32));
        Tensor embeddings = _options.FlipAveraging ? FlipAveraging.Embed(_body.call, pixels) : Directions.Of(_body.call(pixels));
        return embeddings.to(ScalarType.Float32).cpu().MoveToOuterDisposeScope();
    }

    private static nn.Module<Tensor, Tensor> Network(string path, Device device)
    {
        const string Residual = "layer1.0.conv1.weight", Separable = "conv_sep.layers.0.weight";
        using var scope = NewDisposeScope();
        var tensors = Weights.Read(path);
        string? sign = tensors.Keys.Where(name => name.EndsWith(Residual, StringComparison.Ordinal) || name.EndsWith(Separable, StringComparison.Ordinal)).Min();
        string prefix = sign is null ? "" : sign[..^(sign.EndsWith(Residual, StringComparison.Ordinal) ? Residual : Separable).Length];
        var own = tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);

        int[] blocks = [.. Enumerable.Range(1, 4).Select(stage => own.Keys.Count(name =>
            name.StartsWith($"layer{stage}.", StringComparison.Ordinal) && name.EndsWith(".conv1.weight", StringComparison.Ordinal)))];
        IResNetDepth depth = Enum.GetValues<IResNetDepth>().FirstOrDefault(one => IResNet.Blocks(one).SequenceEqual(blocks));
        nn.Module<Tensor, Tensor>? body = null;
        if (depth != default && own.GetValueOrDefault("fc.weight")?.shape is [> 0 and var width, >= 512 and var features])
        {
            // Four halvings lead from the picture to the last map.
            body = new IResNet(depth, width, 16 * (long)Math.Round(Math.Sqrt(features / 512.0)));
        }
        else if (own.ContainsKey(Separable) && own.GetValueOrDefault("features.layers.2.weight")?.shape is [> 0 and var size, _])
        {
            body = new MobileFaceNet(size);
        }

        InvalidDataException.ThrowIf(
            body is null, $"'{path}' holds {tensors.Count} tensors, and their names are those of no IResNet and no MobileFaceNet");
        try
        {
            Weights.Load(body, own);
            body.to(device);
            foreach (Tensor kept in Weights.StateOf(body).Values)
            {
                kept.DetachFromDisposeScope();
            }

            return body;
        }
        catch (ArgumentException error)
        {
            body.Dispose();
            throw new InvalidDataException($"'{path}' is nearly a {body.GetType().Name}: {error.Message}", error);
        }
    }
}

/// <summary>How a <see cref="FaceEmbedder"/> computes.</summary>
public sealed record FaceEmbedderOptions
{
    /// <summary>Whether each picture is embedded with its mirror image, which costs twice the time and often gains a little.</summary>
    public bool FlipAveraging { get; init; }

    /// <summary>How many pictures are embedded at once.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The pixels that the network takes; null for what file or network say.</summary>
    public PixelRange? InputRange { get; init; }

    /// <summary>Where networks of this library compute; the CPU if null. ONNX files compute on the CPU.</summary>
    public Device? Device { get; init; }
}
