using System.Buffers.Binary;
using System.Text;
using ArcFace.Interchange;
using CsCheck;
using static TorchSharp.torch;

namespace ArcFace.Tests.Interchange;

public sealed class SafetensorsFaultTests : IDisposable
{
    private const string Good =
        """{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F16","shape":[],"data_offsets":[8,10]}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_well_formed_file_of_another_writer_loads()
    {
        using var scope = NewDisposeScope();
        var tensors = Safetensors.Load(Write(Good, 10));
        Assert.Equal([2L], tensors["x"].shape);
        Assert.Equal(ScalarType.Float16, tensors["y"].dtype);
    }

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "not an object")]
    [InlineData("{} {}", "not JSON")]
    [InlineData("""{"x":1}""", "'x' is described by a JSON Number")]
    [InlineData("""{"x":{"shape":[2],"data_offsets":[0,8]}}""", "has no 'dtype'")]
    [InlineData("""{"x":{"dtype":"F32","data_offsets":[0,8]}}""", "has no 'shape'")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2]}}""", "has no 'data_offsets'")]
    [InlineData("""{"x":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'dtype' twice")]
    [InlineData("""{"x":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", "F33")]
    [InlineData("""{"x":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", "dtype 7")]
    [InlineData("""{"x":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", "not an array")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "-2")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "2.5")]
    [InlineData("""{"x":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", "whole number")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "1 data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "outside")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,16]}}""", "outside")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}""", "whole number")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "does not fit its 8 bytes")]
    [InlineData("""{"x":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}""", "does not fit its 8 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,2],"data_offsets":[0,8]}}""", "does not fit")]
    [InlineData("""{"x":{"dtype":"F32","shape":[0,4611686018427387904,4],"data_offsets":[0,0]}}""", "does not fit")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "overlaps")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gap")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "take 4 bytes, and 8 follow")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        "'x' stands in its header twice")]
    [InlineData("""{"__metadata__":[],"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "__metadata__")]
    [InlineData("""{"__metadata__":{"a":1},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'a'")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"},"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "'a' stands in __metadata__ twice")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "no text")]
    [InlineData("""{"x":{"dtype":"F32","shape":[[[[[[[[[[2]]]]]]]]]],"data_offsets":[0,8]}}""", "not JSON")]
    public void A_bad_header_is_refused_with_the_file_and_the_reason(string header, string reason)
    {
        string path = Write(header, 8);
        var error = Assert.Throws<InvalidDataException>(() => Safetensors.Load(path));
        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        byte[] header = Encoding.UTF8.GetBytes(Good);
        header[2] = 0xff;
        Assert.Throws<InvalidDataException>(() => Safetensors.Load(Write(header, (ulong)header.Length, 10)));
    }

    [Theory]
    [InlineData(ulong.MaxValue, "claims 18446744073709551615")]
    [InlineData((ulong)long.MaxValue, "claims")]
    [InlineData(100_000_001ul, "100000000 are allowed")]
    [InlineData(1_000ul, "truncated")]
    public void A_huge_header_length_asks_for_no_memory(ulong length, string reason)
    {
        string path = Write(Encoding.UTF8.GetBytes(Good), length, 10);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidDataException>(() => Safetensors.Load(path));
        Assert.Contains(reason, error.Message);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Write(Good, 10));
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder["cut"], whole[..length]);
            Assert.Throws<InvalidDataException>(() => Safetensors.Load(_folder["cut"]));
        }

        File.WriteAllBytes(_folder["cut"], [.. whole, 0]);
        Assert.Throws<InvalidDataException>(() => Safetensors.Load(_folder["cut"]));
    }

    [Fact]
    public void Changed_bytes_either_load_as_well_formed_tensors_or_are_refused()
    {
        byte[] whole = File.ReadAllBytes(Write(Good, 10));
        int changeable = whole.Length - 10;
        Gen.Select(Gen.Int[0, changeable - 1], Gen.Byte).Array[1, 4].Sample(
            changes =>
            {
                byte[] changed = [.. whole];
                foreach (var (at, value) in changes)
                {
                    changed[at] = value;
                }

                string path = _folder[$"fuzz-{Environment.CurrentManagedThreadId}"];
                File.WriteAllBytes(path, changed);
                using var scope = NewDisposeScope();
                try
                {
                    return Safetensors.Load(path).Values.Sum(tensor => tensor.numel() * tensor.element_size()) == 10;
                }
                catch (InvalidDataException error)
                {
                    return error.Message.Contains(path, StringComparison.Ordinal);
                }
            },
            iter: 4_000);
    }

    [Fact]
    public void Random_offsets_and_shapes_load_only_where_they_tile_the_file()
    {
        var type = Gen.OneOf(Gen.Const("F32"), Gen.Const("F16"), Gen.Const("I64"), Gen.Const("U8"));
        var entry = Gen.Select(type, Gen.Int[0, 3].Array[0, 2], Gen.Int[0, 24], Gen.Int[0, 24]);
        entry.Array[0, 3].Sample(
            entries =>
            {
                string header = "{" + string.Join(",", entries.Select((e, i) =>
                    $$"""
                    "t{{i}}":{"dtype":"{{e.Item1}}","shape":[{{string.Join(",", e.Item2)}}],"data_offsets":[{{e.Item3}},{{e.Item4}}]}
                    """)) + "}";
                string path = Write(header, 24, $"tile-{Environment.CurrentManagedThreadId}");
                var size = new Dictionary<string, int> { ["F32"] = 4, ["F16"] = 2, ["I64"] = 8, ["U8"] = 1 };
                bool sizesFit = entries.All(e => e.Item4 - e.Item3 == e.Item2.Aggregate(size[e.Item1], (a, b) => a * b));
                var covered = entries.Where(e => e.Item4 > e.Item3).SelectMany(e => Enumerable.Range(e.Item3, e.Item4 - e.Item3));
                bool tiles = covered.Order().SequenceEqual(Enumerable.Range(0, 24));
                using var scope = NewDisposeScope();
                try
                {
                    return Safetensors.Load(path).Count == entries.Length && sizesFit && tiles;
                }
                catch (InvalidDataException)
                {
                    // An empty tensor in the middle of another one is refused too; it covers nothing.
                    return !(sizesFit && tiles) || entries.Any(e => e.Item3 == e.Item4);
                }
            },
            iter: 4_000);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string path = _folder["absent.safetensors"];
        Assert.Contains(path, Assert.Throws<FileNotFoundException>(() => Safetensors.Load(path)).Message);
    }

    private string Write(string header, int dataBytes, string name = "file") =>
        Write(Encoding.UTF8.GetBytes(header), (ulong)Encoding.UTF8.GetByteCount(header), dataBytes, name);

    private string Write(byte[] header, ulong claimedLength, int dataBytes, string name = "file")
    {
        var length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, claimedLength);
        File.WriteAllBytes(_folder[name], [.. length, .. header, .. new byte[dataBytes]]);
        return _folder[name];
    }
}
