using System.Collections;
using System.Text;
using Razorvine.Pickle;

namespace ArcFace.Faces.Recognition;

/// <summary>A verification set as InsightFace keeps them (<c>lfw.bin</c>, <c>cfp_fp.bin</c>, <c>agedb_30.bin</c>): pairs of aligned pictures.</summary>
/// <remarks>A Python pickle of two lists: 2·P pictures as PNG or JPEG, of which 2i and 2i + 1 are pair i, and P booleans, true where a pair
/// shows one person. Written by Python 2 or 3. It is checked before it is read: no Python object is made but lists, tuples, bytes and
/// booleans. Memory: at most six times the length of the file. The pictures stay encoded until they are asked for.</remarks>
public sealed class VerificationSet
{
    private readonly string _path;
    private readonly byte[][] _pictures;

    private VerificationSet(string path, byte[][] pictures, bool[] same) => (_path, _pictures, Same) = (path, pictures, same);

    /// <summary>Whether pair i shows one person.</summary>
    public IReadOnlyList<bool> Same { get; }

    /// <summary>Reads a set.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is damaged or holds something else; the message says what.</exception>
    public static VerificationSet Read(string path)
    {
        using var stream = BoundedFile.Open(path);
        try
        {
            PickleScan.Check(stream, stream.Length, name => name == "_codecs encode");
            stream.Position = 0;
            using var unpickler = new Unpickler();
            object[] parts = [.. ((IEnumerable)unpickler.load(stream)).Cast<object>()];
            byte[][] pictures = [.. ((IEnumerable)parts[0]).Cast<object>().Select(ToBytes)];
            bool[] same = [.. ((IEnumerable)parts[1]).Cast<bool>()];
            return parts.Length == 2 && same.Length > 0 && pictures.Length == 2 * same.Length
                ? new VerificationSet(path, pictures, same)
                : throw new InvalidDataException($"it has {pictures.Length} pictures and {same.Length} flags in {parts.Length} lists; two pictures belong to each flag");
        }
        catch (Exception error) when (error is not IOException or EndOfStreamException)
        {
            // The unpickler throws whatever comes up in it: casts, lookups, ends of lists.
            throw new InvalidDataException($"'{path}' cannot be read as a verification set: {error.Message}", error);
        }
    }

    /// <summary>One picture: 2i and 2i + 1 are pair i.</summary>
    /// <param name="index">Its place.</param>
    /// <param name="size">Height and width to which it is brought.</param>
    /// <returns>[3, size, size] float32 from 0 to 1 on the CPU; it belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    /// <exception cref="InvalidDataException">The picture is damaged.</exception>
    public Tensor Load(int index, int size = FaceLandmarks.ReferenceSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _pictures.Length);
        return Picture.ToTensor(Decode(index, 3, size), 3, size, size);
    }

    /// <summary>Embeds every picture and evaluates the pairs, in contiguous folds, as published tables do; those also average mirror images.</summary>
    /// <param name="embedder">The network.</param>
    /// <param name="folds">At least 2.</param>
    /// <exception cref="InvalidDataException">A picture is damaged.</exception>
    /// <exception cref="ArgumentException">There are no pairs of one of the kinds, or <paramref name="folds"/> is below 2.</exception>
    public VerificationReport Evaluate(FaceEmbedder embedder, int folds = 10)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        using var scope = NewDisposeScope();
        Tensor embeddings = embedder.Embed(_pictures.Length, index => Decode(index, embedder.Channels, embedder.ImageSize)).view(Same.Count, 2, -1);
        return Verification.Evaluate(embeddings.select(1, 0), embeddings.select(1, 1), tensor(Same.ToArray()), folds);
    }

    private byte[] Decode(int index, int channels, int size)
    {
        using var picture = Picture.Load(_pictures[index], $"{_path}[{index}]", new(), (width, height) => (double)size / Math.Min(width, height));
        return picture.Planes(Picture.MiddleSquare(picture.Width, picture.Height, size), channels, size);
    }

    /// <summary>Python 2 has no bytes, and its texts are bytes.</summary>
    private static byte[] ToBytes(object content) => content as byte[] ?? Encoding.Latin1.GetBytes((string)content);
}
