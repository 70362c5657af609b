using System.Text.Json.Serialization;

namespace ArcFace.Headless.Protocol;

/// <summary>A value in the forms it can be drawn in.</summary>
/// <param name="Id">What an update names it by.</param>
/// <param name="Forms">MIME type to content.</param>
internal sealed record ShownValue(string Id, IReadOnlyDictionary<string, string> Forms);

/// <summary>Why a cell failed.</summary>
/// <param name="Name">The kind of error: the exception's type, or <c>CompilationError</c>.</param>
/// <param name="Message">What went wrong.</param>
/// <param name="Traceback">The details, line by line.</param>
/// <param name="Line">The line of the cell, from 1, where it is known.</param>
internal sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback, int? Line);

[JsonSerializable(typeof(ShownValue))]
[JsonSerializable(typeof(CellError))]
internal sealed partial class PayloadContext : JsonSerializerContext
{
    public static byte[] Encode(ShownValue value) => JsonSerializer.SerializeToUtf8Bytes(value, Default.ShownValue);

    public static byte[] Encode(CellError error) => JsonSerializer.SerializeToUtf8Bytes(error, Default.CellError);

    public static ShownValue DecodeShownValue(byte[] payload) => JsonSerializer.Deserialize(payload, Default.ShownValue)!;

    public static CellError DecodeCellError(byte[] payload) => JsonSerializer.Deserialize(payload, Default.CellError)!;
}
