namespace ArcFace.Interchange;

/// <summary>The element types of the safetensors format that torch has too: their names in a file, and their sizes.</summary>
internal static class SafetensorsType
{
    private static readonly (string Name, ScalarType Type, int Size)[] Known =
    [
        ("F64", ScalarType.Float64, 8),
        ("F32", ScalarType.Float32, 4),
        ("F16", ScalarType.Float16, 2),
        ("BF16", ScalarType.BFloat16, 2),
        ("I64", ScalarType.Int64, 8),
        ("I32", ScalarType.Int32, 4),
        ("I16", ScalarType.Int16, 2),
        ("I8", ScalarType.Int8, 1),
        ("U8", ScalarType.Byte, 1),
        ("BOOL", ScalarType.Bool, 1),
    ];

    public static string Names => string.Join(", ", Known.Select(known => known.Name));

    public static ScalarType? Parse(string? name) => Known.Where(known => known.Name == name).Select(known => (ScalarType?)known.Type).SingleOrDefault();

    public static string? NameOf(ScalarType type) =>
        Known.Where(known => known.Type == type).Select(known => known.Name).SingleOrDefault();

    public static int SizeOf(ScalarType type) => Known.Single(known => known.Type == type).Size;
}
