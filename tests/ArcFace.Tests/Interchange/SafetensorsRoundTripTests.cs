using ArcFace.Interchange;
using CsCheck;
using static TorchSharp.torch;

namespace ArcFace.Tests.Interchange;

public sealed class SafetensorsRoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<ScalarType> Types =>
    [
        ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64,
        ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_element_type_comes_back_bit_for_bit(ScalarType type) =>
        Gen.Select(Gen.Byte.Array[0, 97], Gen.Int[0, 3]).Sample(
            (bytes, extraDimensions) =>
            {
                using var scope = NewDisposeScope();
                var tensor = FromBits(type == ScalarType.Bool ? [.. bytes.Select(b => (byte)(b & 1))] : bytes, type, extraDimensions);
                string path = _folder[$"{type}-{Environment.CurrentManagedThreadId}"];
                Safetensors.Save(path, new Dictionary<string, Tensor> { ["x"] = tensor });
                var back = Safetensors.Load(path)["x"];
                return back.dtype == type && back.shape.SequenceEqual(tensor.shape) && Bits(back).SequenceEqual(Bits(tensor));
            },
            iter: 40);

    [Fact]
    public void Tensors_larger_than_the_buffer_come_back_bit_for_bit()
    {
        using var scope = NewDisposeScope();
        var tensor = arange(700_001, dtype: ScalarType.Float32);
        Safetensors.Save(_folder["large"], new Dictionary<string, Tensor> { ["odd"] = ones(3, ScalarType.Int8), ["x"] = tensor });
        Assert.Equal(Bits(tensor), Bits(Safetensors.Load(_folder["large"])["x"]));
    }

    [Fact]
    public void What_lies_scattered_in_memory_is_written_row_by_row()
    {
        using var scope = NewDisposeScope();
        var transposed = arange(6, dtype: ScalarType.Float32).reshape(2, 3).t();
        var parameter = new TorchSharp.Modules.Parameter(ones(2));
        Safetensors.Save(_folder["view"], new Dictionary<string, Tensor> { ["view"] = transposed, ["parameter"] = parameter });
        var back = Safetensors.Load(_folder["view"]);
        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], back["view"].data<float>().ToArray());
        Assert.Equal([3L, 2L], back["view"].shape);
        Assert.False(back["parameter"].requires_grad);
    }

    [Fact]
    public void The_bytes_are_those_the_format_describes()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["b"] = tensor(new[] { 1f, -2f }), ["a"] = tensor(3L) };
        Safetensors.Save(_folder["bytes"], tensors, new Dictionary<string, string> { ["format"] = "pt" });
        const string Header = """{"__metadata__":{"format":"pt"},"a":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"""
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}";
        var expected = new MemoryStream();
        var writer = new BinaryWriter(expected);
        string padded = Header.PadRight((Header.Length + 7) / 8 * 8);
        writer.Write((ulong)padded.Length);
        writer.Write(System.Text.Encoding.ASCII.GetBytes(padded));
        writer.Write(3L);
        writer.Write(1f);
        writer.Write(-2f);
        Assert.Equal(expected.ToArray(), File.ReadAllBytes(_folder["bytes"]));
    }

    [Fact]
    public void Names_and_metadata_may_be_any_text() =>
        Gen.Select(Text.Dictionary(Text)[0, 5], Text.Array[0, 5]).Sample(
            (metadata, names) =>
            {
                using var scope = NewDisposeScope();
                string path = _folder[$"text-{Environment.CurrentManagedThreadId}"];
                var tensors = names.Distinct().ToDictionary(name => name, name => tensor((long)name.Length));
                Safetensors.Save(path, tensors, metadata);
                var back = Safetensors.Load(path, out var metadataBack);
                return back.Keys.ToHashSet().SetEquals(tensors.Keys)
                    && back.All(pair => pair.Value.item<long>() == pair.Key.Length)
                    && metadataBack.ToHashSet().SetEquals(metadata);
            },
            iter: 200);

    [Fact]
    public void The_header_tells_what_is_inside_without_reading_it()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["w"] = zeros(4, 3), ["n"] = tensor(1L), ["none"] = zeros(0, 5) };
        Safetensors.Save(_folder["file"], tensors);
        var header = Safetensors.ReadHeader(_folder["file"]);
        Assert.Equal(["n", "none", "w"], header.Entries.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        var w = header.Entries.Single(entry => entry.Name == "w");
        Assert.Equal([4L, 3L], w.Shape);
        Assert.Equal((ScalarType.Float32, 48L), (w.Type, w.ByteCount));
        Assert.Empty(header.Metadata);
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        using var scope = NewDisposeScope();
        Safetensors.Save(_folder["file"], new Dictionary<string, Tensor> { ["x"] = tensor(1L) });
        var tooLong = new Dictionary<string, string> { ["x"] = new string('x', 100_000_001) };
        Assert.Throws<ArgumentException>(() => Safetensors.Save(_folder["file"], new Dictionary<string, Tensor>(), tooLong));
        Assert.Equal(1L, Safetensors.Load(_folder["file"])["x"].item<long>());
        Assert.Equal(["file"], _folder.Names);
    }

    [Fact]
    public void What_cannot_be_written_is_refused_by_name()
    {
        using var scope = NewDisposeScope();
        var disposed = tensor(1L);
        disposed.Dispose();
        var complex = zeros(1, ScalarType.ComplexFloat32);
        foreach (var (bad, reason) in new (Tensor, string)[] { (null!, "null"), (disposed, "disposed"), (complex, "ComplexFloat32") })
        {
            var error = Assert.Throws<ArgumentException>(
                () => Safetensors.Save(_folder["file"], new Dictionary<string, Tensor> { ["layer.weight"] = bad }));
            Assert.Contains("layer.weight", error.Message);
            Assert.Contains(reason, error.Message);
        }

        var reserved = new Dictionary<string, Tensor> { ["__metadata__"] = tensor(1L) };
        Assert.Contains("__metadata__", Assert.Throws<ArgumentException>(() => Safetensors.Save(_folder["file"], reserved)).Message);
        Assert.Empty(_folder.Names);
    }

    private static Gen<string> Text { get; } =
        Gen.OneOf(Gen.String.AlphaNumeric, Gen.String["\"\\/\n\u0000äπ漢<>&'+ .{}"], Gen.Const("𝛑😀"));

    private static Tensor FromBits(byte[] bytes, ScalarType type, int extraDimensions)
    {
        int size = (int)zeros(1, type).element_size();
        var result = empty([.. Enumerable.Repeat(1L, extraDimensions), bytes.Length / size], dtype: type);
        if (result.numel() > 0)
        {
            result.bytes = bytes.AsSpan(0, bytes.Length / size * size);
        }

        return result;
    }

    private static byte[] Bits(Tensor tensor) => tensor.numel() == 0 ? [] : tensor.bytes.ToArray();
}
