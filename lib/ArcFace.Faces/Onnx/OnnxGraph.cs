using global::Onnx;
using Google.Protobuf;

namespace ArcFace.Faces.Onnx;

/// <summary>A value of the graph: its name, and its shape without the first dimension, which is the batch.</summary>
internal sealed record OnnxValue(string Name, long[] Shape);

/// <summary>A graph under construction: nodes in order, and the numbers that they use.</summary>
internal sealed class OnnxGraph
{
    // A protobuf message counts its bytes in 31 bits; names and nodes need some of them.
    private const long MostWeightBytes = int.MaxValue - (16L << 20);

    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
    private long _weightBytes;

    public GraphProto Proto { get; } = new() { Name = "ArcFace" };

    public OnnxValue Input(string name, long[] shape, bool bytes)
    {
        Proto.Input.Add(Described(name, bytes ? TensorProto.Types.DataType.Uint8 : TensorProto.Types.DataType.Float, shape));
        return new(name, shape);
    }

    public void Output(string name, OnnxValue value)
    {
        Proto.Node.Add(new NodeProto { OpType = "Identity", Name = name, Input = { value.Name }, Output = { name } });
        Proto.Output.Add(Described(name, TensorProto.Types.DataType.Float, value.Shape));
    }

    /// <summary>Adds a node that computes a value of <paramref name="shape"/> from <paramref name="input"/> and further values by name.</summary>
    public OnnxValue Node(string operation, string at, OnnxValue input, long[] shape, IEnumerable<string>? others = null, params AttributeProto[] attributes)
    {
        string name = $"{at}/{Proto.Node.Count}";
        Proto.Node.Add(new NodeProto
        {
            OpType = operation,
            Name = name,
            Input = { input.Name, others ?? [] },
            Output = { name },
            Attribute = { attributes },
        });
        return new(name, shape);
    }

    /// <summary>Adds a tensor as float32, once for each name, and gives the name.</summary>
    public string Constant(string name, Tensor tensor, params long[] shape)
    {
        if (_constants.Add(name))
        {
            using var scope = NewDisposeScope();
            byte[] bytes = tensor.detach().to(ScalarType.Float32).cpu().contiguous().bytes.ToArray();
            _weightBytes += bytes.Length;
            if (_weightBytes > MostWeightBytes)
            {
                throw new NotSupportedException($"the weights take more than {MostWeightBytes} bytes, and an ONNX file has room for no more");
            }

            Proto.Initializer.Add(new TensorProto
            {
                Name = name,
                DataType = (int)TensorProto.Types.DataType.Float,
                Dims = { shape.Length > 0 ? shape : tensor.shape },
                RawData = UnsafeByteOperations.UnsafeWrap(bytes),
            });
        }

        return name;
    }

    /// <summary>Adds one number as a float32 scalar, and gives its name.</summary>
    public string Number(string name, double number)
    {
        Proto.Initializer.Add(new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float, FloatData = { (float)number } });
        return name;
    }

    public static AttributeProto Attribute(string name, long number) => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = number };

    public static AttributeProto Attribute(string name, double number) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = (float)number };

    public static AttributeProto Attribute(string name, params long[] numbers) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { numbers } };

    private static ValueInfoProto Described(string name, TensorProto.Types.DataType type, long[] shape) => new()
    {
        Name = name,
        Type = new()
        {
            TensorType = new()
            {
                ElemType = (int)type,
                Shape = new() { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" }, shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } },
            },
        },
    };
}
