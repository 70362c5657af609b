using System.Collections;
using System.IO.Compression;
using System.Reflection;
using TorchSharp.PyBridge;

namespace ArcFace.Interchange;

/// <summary>Reads the state dictionaries that <c>torch.save</c> writes since PyTorch 1.6: a zip archive of a pickle and of the tensors' bytes.</summary>
/// <remarks>The zip is checked before the pickle, and the pickle (<see cref="PickleScan"/>) before it is carried out: entries are stored,
/// none is larger than the file, and no Python object is named but tensors, their storages and ordered dictionaries. A tensor must lie
/// within its storage. Memory: for tensors at most <see cref="MostCopies"/> times the length of the file and of what is asked for together
/// (a storage may serve several tensors), and 256 bytes for each byte of the pickle, which has at most
/// <see cref="LongestPickle"/>.</remarks>
internal static class PyTorchFile
{
    public const long MostCopies = 4, LongestPickle = 4 << 20;

    private const int ReadSize = 1 << 20;
    private static ReadOnlySpan<byte> Signature => "PK\x3\x4"u8;

    /// <exception cref="InvalidDataException">It begins as <c>torch.save</c>'s format before PyTorch 1.6.</exception>
    public static bool Is(string path)
    {
        using var stream = BoundedFile.Open(path);
        Span<byte> start = stackalloc byte[16];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];

        // A pickle of protocol 2 that begins with a number of ten bytes: the magic number of the old format.
        return start is not [0x80, 0x02, 0x8a, 0x0a, ..]
            ? start.StartsWith(Signature)
            : throw new InvalidDataException($"'{path}' is in PyTorch's format from before version 1.6: load it there and save it again");
    }

    /// <summary>Reads the tensors whose names begin with <paramref name="prefix"/>, under the rest of their names, for a model of so many
    /// bytes, or 0. A dictionary within a dictionary puts its name and a dot before the names in it.</summary>
    /// <returns>CPU tensors; they belong to the current dispose scope if there is one, else to the caller.</returns>
    /// <exception cref="InvalidDataException">The file is damaged or holds something else; the message says what.</exception>
    public static Dictionary<string, Tensor> Load(string path, string prefix, long expectedBytes)
    {
        using var stream = BoundedFile.Open(path);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            CheckZip(archive, stream.Length);
            stream.Position = 0;
            var views = new SortedDictionary<string, View>(StringComparer.Ordinal);
            Flatten(PyTorchUnpickler.UnpickleStateDict(stream, leaveOpen: true, skipTensorRead: true), "", prefix, views, depth: 0);
            return Read(archive, views, MostCopies * (stream.Length + expectedBytes));
        }
        catch (Exception error) when (error is not IOException or EndOfStreamException)
        {
            // The unpickler throws whatever comes up in it: casts, lookups, arithmetic.
            throw new InvalidDataException($"'{path}' cannot be read as a PyTorch file: {error.GetBaseException().Message}", error);
        }
    }

    private static void CheckZip(ZipArchive archive, long fileLength)
    {
        long total = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            total += entry.Length;
            InvalidDataException.ThrowIf(entry.Length != entry.CompressedLength || total > fileLength, $"the entry '{entry.FullName}' of "
                + $"{entry.Length} bytes is compressed or larger than the file, and PyTorch stores its entries as they are");
            InvalidDataException.ThrowIf(!names.Add(entry.FullName), $"it has the entry '{entry.FullName}' twice");
        }

        ZipArchiveEntry[] pickles = [.. archive.Entries.Where(entry => entry.Name.EndsWith("data.pkl", StringComparison.Ordinal))];
        if (pickles is not [var pickle])
        {
            throw new InvalidDataException($"it has {pickles.Length} entries 'data.pkl', and a state dictionary has one");
        }

        InvalidDataException.ThrowIf(
            pickle.Length > LongestPickle, $"its data.pkl has {pickle.Length} bytes, and {LongestPickle} are allowed");
        using (var content = pickle.Open())
        {
            PickleScan.Check(content, pickle.Length, IsTensorPart);
        }

        if (archive.Entries.FirstOrDefault(entry => entry.Name == "byteorder") is { } order)
        {
            using var text = new StreamReader(order.Open());
            InvalidDataException.ThrowIf(text.Read() != 'l', "its numbers are big-endian, and only little-endian ones can be read");
        }
    }

    private static bool IsTensorPart(string name) =>
        name is "torch._utils _rebuild_tensor" or "torch._utils _rebuild_tensor_v2" or "torch._utils _rebuild_parameter" or "collections OrderedDict"
        || (name.StartsWith("torch ", StringComparison.Ordinal) && name.EndsWith("Storage", StringComparison.Ordinal));

    private static void Flatten(Hashtable table, string at, string prefix, SortedDictionary<string, View> views, int depth)
    {
        InvalidDataException.ThrowIf(depth > 8, "its dictionaries are more than eight deep");
        foreach (DictionaryEntry entry in table)
        {
            string name = $"{at}{entry.Key}";
            if (entry.Value is Hashtable inner)
            {
                Flatten(inner, $"{name}.", prefix, views, depth + 1);
            }
            else if (name.StartsWith(prefix, StringComparison.Ordinal) && View.Of(entry.Value) is { } view)
            {
                views.Add(name[prefix.Length..], view);
            }
        }
    }

    private static Dictionary<string, Tensor> Read(ZipArchive archive, SortedDictionary<string, View> views, long mostBytes)
    {
        long bytes = 0;
        foreach (var (name, view) in views)
        {
            long elements = archive.Entries[view.Entry].Length / view.ElementSize;
            InvalidDataException.ThrowIf(!view.LiesWithin(elements),
                $"the tensor '{name}' of shape [{string.Join(", ", view.Shape)}] reaches past its {elements} elements");
            bytes += view.ElementCount * view.ElementSize;
            InvalidDataException.ThrowIf(
                bytes > mostBytes, $"its tensors take more than {mostBytes} bytes, {MostCopies} times the file and the model");
        }

        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var sharing in views.GroupBy(view => (view.Value.Entry, view.Value.Type)))
        {
            using var inner = NewDisposeScope();
            var (entry, type) = sharing.Key;
            Tensor storage = empty(archive.Entries[entry].Length / SafetensorsType.SizeOf(type), dtype: type);
            if (storage.numel() > 0)
            {
                using var content = archive.Entries[entry].Open();
                storage.ReadBytesFromStream(content, (int)Math.Min(ReadSize, storage.numel() * SafetensorsType.SizeOf(type)));
            }

            foreach (var (name, view) in sharing)
            {
                Tensor tensor = storage.as_strided(view.Shape, view.Stride, view.Offset);
                bool isAll = tensor.is_contiguous() && view.ElementCount == storage.numel() && sharing.Count() == 1;
                tensors.Add(name, (isAll ? tensor : tensor.contiguous().clone()).MoveToOuterDisposeScope());
            }
        }

        scope.MoveToOuter(tensors.Values);
        return tensors;
    }

    /// <summary>A tensor as the pickle describes it: elements of an entry of the archive.</summary>
    private sealed record View(int Entry, ScalarType Type, long[] Shape, long[] Stride, long Offset)
    {
        public int ElementSize { get; } = SafetensorsType.NameOf(Type) is not null
            ? SafetensorsType.SizeOf(Type)
            : throw new InvalidDataException($"it has a tensor of type {Type}, and what can be read is {SafetensorsType.Names}");

        public long ElementCount => Shape.Aggregate(1L, (product, size) => checked(product * size));

        /// <summary>What the unpickler tells of a tensor that it has not read; null for what is no tensor.</summary>
        /// <exception cref="NotSupportedException">Another version of it tells something else.</exception>
        public static View? Of(object? value)
        {
            if (value?.GetType() is not { } type || type.Assembly != typeof(PyTorchUnpickler).Assembly)
            {
                return null;
            }

            T Get<T>(string name) => type.GetProperty(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)?.GetValue(value) is T found
                ? found
                : throw new NotSupportedException($"{type.Assembly.GetName()} does not tell a tensor's {name}: version 1.4.4 does");
            return new View(Get<int>("ArchiveIndex"), Get<ScalarType>("DType"), Get<long[]>("Shape"), Get<long[]>("Stride"), Get<int>("StorageOffset"));
        }

        public bool LiesWithin(long elements)
        {
            if (Offset < 0 || Shape.Length != Stride.Length || Shape.Length > 64 || Shape.Any(size => size < 0) || Stride.Any(step => step < 0))
            {
                return false;
            }

            // All numbers were 32 bits wide, and there are at most 64 of them.
            Int128 last = Offset + Shape.Zip(Stride, (size, step) => (Int128)(Math.Max(1, size) - 1) * step).Aggregate((Int128)0, (sum, one) => sum + one);
            return Shape.Contains(0) ? Offset <= elements : last < elements;
        }
    }
}
