using global::Onnx;
using Google.Protobuf;

namespace ArcFace.Faces.Tests;

/// <summary>Small ONNX files, built node by node.</summary>
internal static class OnnxFiles
{
    private const int Float = (int)TensorProto.Types.DataType.Float;

    public static string Write(string path, GraphProto graph, params (string Key, string Value)[] metadata)
    {
        graph.Name = "test";
        var about = metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value });
        File.WriteAllBytes(path, new ModelProto { IrVersion = 8, OpsetImport = { new OperatorSetIdProto { Version = 17 } }, Graph = graph, MetadataProps = { about } }.ToByteArray());
        return path;
    }

    /// <summary>A value; a size below 0 is free.</summary>
    public static ValueInfoProto Value(string name, long[] shape, TensorProto.Types.DataType type = TensorProto.Types.DataType.Float) => new()
    {
        Name = name,
        Type = new()
        {
            TensorType = new()
            {
                ElemType = (int)type,
                Shape = new() { Dim = { shape.Select((size, i) => size < 0 ? new TensorShapeProto.Types.Dimension { DimParam = $"d{i}" } : new() { DimValue = size }) } },
            },
        },
    };

    public static TensorProto Numbers(string name, long[] shape, params float[] numbers) =>
        new() { Name = name, DataType = Float, Dims = { shape }, FloatData = { numbers } };

    public static TensorProto Integers(string name, params long[] numbers) =>
        new() { Name = name, DataType = (int)TensorProto.Types.DataType.Int64, Dims = { numbers.Length }, Int64Data = { numbers } };

    public static NodeProto Node(string operation, string[] inputs, string[] outputs, params AttributeProto[] attributes) =>
        new() { OpType = operation, Input = { inputs }, Output = { outputs }, Attribute = { attributes } };

    public static AttributeProto Ints(string name, params long[] numbers) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers } };
}
