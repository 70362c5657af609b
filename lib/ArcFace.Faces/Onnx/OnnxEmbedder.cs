using System.Runtime.InteropServices;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace ArcFace.Faces.Onnx;

/// <summary>An embedder in an ONNX file, as a body like any other: for evaluation and use, without gradients.</summary>
/// <remarks>It takes files like InsightFace's <c>w600k_r50.onnx</c>, and those of <see cref="OnnxExport"/>: one input of square pictures
/// [N, 1 or 3, S, S] in float32 or bytes, one output [N, D] in float32. It computes on the CPU. Several threads may call it at once. A file
/// is a program of arithmetic: it reaches no other file, but decides how much time and memory it takes.</remarks>
public sealed class OnnxEmbedder : nn.Module<Tensor, Tensor>
{
    private const int UsualSide = 112;

    private readonly OnnxFile _file;
    private readonly string _path;
    private readonly bool _takesBytes, _oneByOne;

    /// <summary>Opens a file and embeds a black picture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">How many threads compute; 0 for one on each core.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is no ONNX file, or none of that form; the message says what it takes and gives.</exception>
    public OnnxEmbedder(string path, int threads = 0)
        : base(nameof(OnnxEmbedder))
    {
        (_path, _file) = (path, new OnnxFile(path, threads));
        (Channels, ImageSize, _oneByOne, _takesBytes) = _file.Tried(Form);
        string range = _file.Metadata.GetValueOrDefault(OnnxExport.RangeKey, "");
        InputRange = _takesBytes ? PixelRange.Bytes : PixelRange.Parse(range) ?? PixelRange.AroundZero;
        EmbeddingSize = (int)_file.Tried(() => Run(new byte[PictureLength * (_takesBytes ? 1 : sizeof(float))], 1)).Shape[1];
    }

    /// <summary>3 for colour, red first; 1 for grey.</summary>
    public int Channels { get; }

    /// <summary>Height and width of a picture.</summary>
    public int ImageSize { get; }

    /// <summary>D, the width of an embedding.</summary>
    public int EmbeddingSize { get; }

    /// <summary>The pixels that it takes, as the file's metadata say; without such, −1 to 1, which InsightFace's files take. 0 to 255 where it takes bytes.</summary>
    public PixelRange InputRange { get; }

    private int PictureLength => Channels * ImageSize * ImageSize;

    /// <summary>Pictures [N, channels, S, S] in <see cref="InputRange"/> → embeddings [N, D], float32, on the pictures' device.</summary>
    /// <exception cref="ArgumentException">The pictures have another shape.</exception>
    /// <exception cref="InvalidOperationException">The file's arithmetic fails on them.</exception>
    public override Tensor forward(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentException.ThrowIf(
            images.dim() != 4 || images.shape[0] == 0 || !images.shape.AsSpan(1).SequenceEqual([Channels, ImageSize, ImageSize]),
            $"images are [{string.Join(", ", images.shape)}], and '{_path}' takes [N, {Channels}, {ImageSize}, {ImageSize}]: resize them",
            nameof(images));
        using var scope = NewDisposeScope();
        Tensor input = images.detach().cpu();
        input = _takesBytes && input.is_floating_point() ? input.round().Clamped(0.0, byte.MaxValue) : input;
        byte[] bytes = input.to(_takesBytes ? ScalarType.Byte : ScalarType.Float32).contiguous().bytes.ToArray();
        var (values, shape) = Run(bytes, (int)images.shape[0]);
        return tensor(values, shape).to(images.device).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private (int Channels, int Side, bool OneByOne, bool Bytes) Form()
    {
        var (input, output) = (_file.Inputs, _file.Outputs);
        if (input.Count == 1 && output.Count == 1 && input.Single().Value is { IsTensor: true, Dimensions: [var batch, 1 or 3, var height, var width] } form
            && batch is 1 or < 0 && height == width && height != 0
            && form.ElementDataType is TensorElementType.Float or TensorElementType.UInt8
            && output.Single().Value is { IsTensor: true, ElementDataType: TensorElementType.Float })
        {
            return (form.Dimensions[1], height > 0 ? height : UsualSide, batch == 1, form.ElementDataType == TensorElementType.UInt8);
        }

        string found = string.Join(", ", input.Select(OnnxFile.Describe)) + " to " + string.Join(", ", output.Select(OnnxFile.Describe));
        throw _file.Bad($"it goes from {found}, and an embedder goes from one input [N, 3, 112, 112], Float or UInt8, to one output [N, D], Float");
    }

    private (float[] Values, long[] Shape) Run(byte[] pictures, int count)
    {
        int step = _oneByOne ? 1 : count, length = pictures.Length / count;
        long[] shape = [step, Channels, ImageSize, ImageSize];
        string what = $"{count} pictures";
        var values = new List<float[]>();
        for (int from = 0; from < count; from += step)
        {
            Memory<byte> part = pictures.AsMemory(from * length, step * length);
            var (row, form) = (_takesBytes
                ? _file.Run(part, shape, what)
                : _file.Run<float>(MemoryMarshal.Cast<byte, float>(part.Span).ToArray(), shape, what))[0];
            if (form is not [_, > 0] || form[0] != step)
            {
                throw new InvalidOperationException($"'{_path}' gives [{string.Join(", ", form)}] for {step} pictures, not [{step}, D]");
            }

            values.Add(row);
        }

        float[] all = values is [var only] ? only : [.. values.SelectMany(row => row)];
        return (all, [count, all.Length / count]);
    }
}
