using ArcFace.Faces.Pictures;

namespace ArcFace.Faces.Onnx;

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
