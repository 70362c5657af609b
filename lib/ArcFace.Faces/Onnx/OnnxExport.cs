using global::Onnx;
using Google.Protobuf;
using static ArcFace.Faces.Onnx.OnnxGraph;

namespace ArcFace.Faces.Onnx;

/// <summary>Writes a trained body as an ONNX file, which runs where there is no TorchSharp.</summary>
public static class OnnxExport
{
    internal const string RangeKey = "input_range", UnitKey = "unit_length";

    private const int Opset = 17, IrVersion = 8;

    /// <summary>Writes <paramref name="body"/> as it computes in evaluation, in float32, with any number of inputs at once.</summary>
    /// <remarks>Opset 17. The metadata say what the input is (<c>input_range</c>, <c>input_size</c>, <c>channel_order</c>), whether rows
    /// have length one (<c>unit_length</c>), and which library wrote the file. The file appears whole or not at all.</remarks>
    /// <param name="body">A model of <c>ArcFace.Models</c>, or a <c>Sequential</c> of these and of TorchSharp's Linear, Conv2d,
    /// BatchNorm1d, BatchNorm2d, PReLU, ReLU, Sigmoid, Tanh, Flatten, Dropout and Identity. It stays as it is.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">What it takes and gives; if null, float32 as the body does.</param>
    /// <exception cref="NotSupportedException">A module has no translation, which the message names, or the weights take more than 2 GiB.</exception>
    /// <exception cref="ArgumentException">The options do not fit the body, or its layers one another.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(nn.Module<Tensor, Tensor> body, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new();
        ArgumentException.ThrowIfNullOrWhiteSpace(options.InputName, nameof(options));
        ArgumentException.ThrowIfNullOrWhiteSpace(options.OutputName, nameof(options));
        long[] shape = options.InputShape?.ToArray() ?? OnnxLayers.InputShapeOf(body)
            ?? throw new ArgumentException($"a {body.GetType().Name} does not say what it takes: give the InputShape, such as [3, 112, 112]", nameof(options));
        ArgumentException.ThrowIf(shape.Length == 0 || shape.Any(size => size < 1),
            $"the InputShape [{string.Join(", ", shape)}] is no shape of an input", nameof(options));
        var range = options.InputRange ?? OnnxLayers.InputRangeOf(body);
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            OpsetImport = { new OperatorSetIdProto { Version = Opset } },
            ProducerName = "ArcFace",
            ProducerVersion = typeof(OnnxExport).Assembly.GetName().Version!.ToString(3),
            Graph = Graph(body, shape, range, options),
        };
        var about = new Dictionary<string, string>
        {
            [RangeKey] = (options.TakesBytes ? PixelRange.Bytes : range).ToString(),
            ["input_size"] = string.Join('x', shape.Skip(shape.Length - 2)),
            ["channel_order"] = shape is [1, _, _] ? "grey" : shape is [3, _, _] ? "RGB" : "none",
            [UnitKey] = options.UnitLength.ToString(CultureInfo.InvariantCulture),
            ["library"] = $"{model.ProducerName} {model.ProducerVersion}",
        };
        model.MetadataProps.Add(about.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        AtomicFile.Write(path, model.WriteTo);
    }

    private static GraphProto Graph(nn.Module<Tensor, Tensor> body, long[] shape, PixelRange range, OnnxExportOptions options)
    {
        var graph = new OnnxGraph();
        OnnxValue value = graph.Input(options.InputName, shape, options.TakesBytes);
        if (options.TakesBytes)
        {
            value = graph.Node("Cast", "input", value, shape, null, Attribute("to", (long)TensorProto.Types.DataType.Float));
            value = graph.Node("Mul", "input", value, shape, [graph.Number("input.scale", (range.High - range.Low) / byte.MaxValue)]);
            value = graph.Node("Add", "input", value, shape, [graph.Number("input.low", range.Low)]);
        }

        value = new OnnxLayers(graph).Add(body, "", value);
        if (options.UnitLength)
        {
            value = value.Shape.Length == 1
                ? graph.Node("LpNormalization", "output", value, value.Shape, null, Attribute("axis", 1L), Attribute("p", 2L))
                : throw new ArgumentException($"rows of length one are made from [N, D], and the body gives [N, {string.Join(", ", value.Shape)}]", nameof(options));
        }

        graph.Output(options.OutputName, value);
        return graph.Proto;
    }
}

/// <summary>What an ONNX file takes and gives.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The shape of one input, such as [3, 112, 112]; null where the body tells it: the models of this library and a linear layer do.</summary>
    public IReadOnlyList<long>? InputShape { get; init; }

    /// <summary>The pixels that the body takes. Null: −1 to 1 for <c>IResNet</c> and <c>MobileFaceNet</c>, else 0 to 1.</summary>
    public PixelRange? InputRange { get; init; }

    /// <summary>Whether the file takes bytes from 0 to 255 and brings them to <see cref="InputRange"/> itself, instead of float32 in that range.</summary>
    public bool TakesBytes { get; init; }

    /// <summary>Whether the file divides each output row by its length: x / ‖x‖.</summary>
    public bool UnitLength { get; init; }

    /// <summary>The name of the input.</summary>
    public string InputName { get; init; } = "input";

    /// <summary>The name of the output.</summary>
    public string OutputName { get; init; } = "embedding";
}
