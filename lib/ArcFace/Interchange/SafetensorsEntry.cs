namespace ArcFace.Interchange;

/// <summary>One tensor of a safetensors file, as its header describes it.</summary>
/// <param name="Name">The tensor's name, unique in the file.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The sizes of the dimensions, outermost first; empty for a scalar.</param>
/// <param name="Offset">Where the first byte stands, counted from the start of the file.</param>
/// <param name="ByteCount">How many bytes the elements take: their number times the size of one.</param>
public sealed record SafetensorsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape, long Offset, long ByteCount);
