namespace ArcFace.Faces.Folders;

/// <summary>A folder of photographs in the layout of LFW: a sub-folder a person, named after the person.</summary>
/// <remarks>Source of the layout: G. B. Huang et al., "Labeled Faces in the Wild", University of Massachusetts, 2007. Pictures are brought
/// to one size: with landmarks, from a file or a detector, by a <see cref="SimilarityTransform"/> to <see cref="FaceLandmarks.Reference"/>,
/// else by taking the middle square. Names that begin with a dot are not looked at. Nothing outside the folder is: links are not followed.
/// While pictures are decoded, those in memory have together no more pixels than <see cref="PictureLimits.MaximumPixels"/>, on however many
/// processors.</remarks>
public sealed class FaceFolder
{
    private readonly FaceFolderScan _scan;
    private readonly byte[]?[] _kept;

    private FaceFolder(FaceFolderScan scan, FaceFolderOptions options, IReadOnlyList<IGrouping<string, FoundPicture>> people)
    {
        (_scan, Options, People) = (scan, options, [.. people.Select(person => person.Key)]);
        Pictures = [.. people.SelectMany((person, label) => person.Select(file => new FacePicture(file.Path, label, file.Landmarks)))];
        _kept = [.. people.SelectMany(person => person.Select(file => file.Pixels))];
    }

    /// <summary>How the pictures are taken.</summary>
    public FaceFolderOptions Options { get; }

    /// <summary>The people with pictures, by label, in the order of their names' characters.</summary>
    public IReadOnlyList<string> People { get; }

    /// <summary>The pictures, person by person, in the order of their names' characters.</summary>
    public IReadOnlyList<FacePicture> Pictures { get; }

    /// <summary>The files and folders that were left out, and why: all but hidden ones, <c>pairs.txt</c> and the landmarks.</summary>
    public IReadOnlyList<SkippedFile> Skipped => _scan.Skipped;

    /// <summary>Looks through a folder.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="options">How to take the pictures; the defaults if null.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The options name a file of landmarks, and it is not there.</exception>
    /// <exception cref="InvalidDataException">No picture is left, the landmarks cannot be read, or there is a bad file and it is to be
    /// refused.</exception>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public static FaceFolder Open(string root, FaceFolderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        options ??= new FaceFolderOptions();
        options.Validate();
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"'{root}' is no folder; give one with a sub-folder of pictures for each person");
        }

        var scan = new FaceFolderScan(root, options);
        var found = scan.Run();
        var people = found.GroupBy(picture => picture.Person, StringComparer.Ordinal).ToLookup(person => person.Count() >= options.MinimumPicturesPerPerson);
        foreach (var person in people[false])
        {
            string reason = $"'{person.Key}' has {person.Count()} pictures, and people with fewer than {options.MinimumPicturesPerPerson} are left out";
            scan.Skipped.AddRange(person.Select(picture => new SkippedFile(picture.Path, reason)));
        }

        if (!people[true].Any())
        {
            string skipped = scan.Skipped is [var first, ..] ? $"; {scan.Skipped.Count} were left out, the first since {first.Reason}" : "";
            throw new InvalidDataException($"'{root}' has nothing to take; it needs a sub-folder of PNG or JPEG files for each person{skipped}");
        }

        return new FaceFolder(scan, options, [.. people[true]]);
    }

    /// <summary>All pictures at once, in the order of <see cref="Pictures"/>, decoded on several threads.</summary>
    /// <returns>Images [N, channels, size, size] from 0 to 1 on the CPU; their classes are <see cref="People"/>.</returns>
    /// <remarks>Takes little more memory than what it returns, four bytes a number.</remarks>
    /// <exception cref="InvalidDataException">A file is damaged or blank; not where the folder was verified and has not changed.</exception>
    /// <exception cref="InvalidOperationException">They are more than 2 GiB of pixels: train from <c>FolderBatches</c> instead.</exception>
    public LabeledImages Load()
    {
        long length = (long)Options.Channels * Options.Size * Options.Size;
        if (Pictures.Count * length > Array.MaxLength)
        {
            throw new InvalidOperationException(
                $"{Pictures.Count} pictures of {length} bytes are too many to hold at once; train from batches, or make them smaller");
        }

        using var scope = NewDisposeScope();
        Tensor images = empty(Pictures.Count, Options.Channels, Options.Size, Options.Size);
        int place = 0;
        foreach (byte[][] some in Prefetch.InOrder(Enumerable.Range(0, Pictures.Count), Decode, 2 * Environment.ProcessorCount).Chunk(64))
        {
            using var inner = NewDisposeScope();
            images.narrow(0, place, some.Length).copy_(ToImages(some));
            place += some.Length;
        }

        return new LabeledImages(images, tensor(Pictures.Select(picture => (long)picture.Label).ToArray()), People);
    }

    /// <summary>One picture.</summary>
    /// <param name="index">Its place in <see cref="Pictures"/>.</param>
    /// <returns>[channels, size, size] from 0 to 1 on the CPU; it belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such place.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or blank.</exception>
    public Tensor Load(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Pictures.Count);
        using var scope = NewDisposeScope();
        return ToImages([Decode(index)]).squeeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>The pixels of a picture, channel after channel. It may be called on any thread.</summary>
    internal byte[] Decode(int index) => _kept[index] ?? _scan.Decode(Pictures[index].Path, Pictures[index].Landmarks);

    /// <summary>Pixels of several pictures, one after the other, as [N, channels, size, size] from 0 to 1.</summary>
    internal Tensor ToImages(byte[][] pictures) => Picture.ToTensor(pictures, Options.Channels, Options.Size, Options.Size);
}

/// <summary>A picture of a <see cref="FaceFolder"/>.</summary>
/// <param name="Path">Where it lies in the folder: <c>person/file</c>.</param>
/// <param name="Label">The index of the person in <see cref="FaceFolder.People"/>.</param>
/// <param name="Landmarks">Five points of the face, if they are known.</param>
public sealed record FacePicture(string Path, int Label, FaceLandmarks? Landmarks);

/// <summary>A file that was left out.</summary>
/// <param name="Path">Where it lies in the folder.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record SkippedFile(string Path, string Reason);
