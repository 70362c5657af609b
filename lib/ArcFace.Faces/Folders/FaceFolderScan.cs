using ArcFace.Faces.Detection;

namespace ArcFace.Faces.Folders;

/// <summary>Looks through a face folder: what is a picture of whom, and what is left out.</summary>
internal sealed class FaceFolderScan(string root, FaceFolderOptions options)
{
    // In a picture that shows something, a channel has more levels than that.
    private const int MostLevelsOfBlank = 3;

    private readonly PixelBudget _budget = new(options.Limits.MaximumPixels);

    public List<SkippedFile> Skipped { get; } = [];

    private PictureLimits Limits { get; } = options.Limits with { MinimumSide = options.MinimumSide };

    private string LandmarksName => options.LandmarksFile ?? LandmarksFile.UsualName;

    /// <summary>The pictures, with their pixels as far as those are kept.</summary>
    public IReadOnlyList<FoundPicture> Run()
    {
        string landmarksPath = Path.Combine(root, LandmarksName);
        bool isWanted = options.LandmarksFile is not null || File.Exists(landmarksPath);
        var landmarks = isWanted ? LandmarksFile.Read(landmarksPath) : null;
        var files = new List<FoundPicture>();
        foreach (var (entry, path) in Visible(new DirectoryInfo(root), ""))
        {
            if (entry is DirectoryInfo person)
            {
                files.AddRange(Files(person).Select(file => new FoundPicture(person.Name, file, landmarks?.GetValueOrDefault(file))));
            }
            else if (entry.Name is not ("pairs.txt" or LandmarksFile.UsualName) && entry.Name != LandmarksName)
            {
                Skip(path, $"'{path}' lies beside the folders of the people, in none of them");
            }
        }

        var good = new List<FoundPicture>();
        long kept = 0;
        foreach (var file in Prefetch.InOrder(files, file => Examined(file, landmarks is not null), 2 * Environment.ProcessorCount))
        {
            if (file.Wrong is not null)
            {
                Skip(file.Path, file.Wrong);
                continue;
            }

            bool fits = kept + (file.Pixels?.Length ?? 0) <= options.KeptBytes;
            kept += fits ? file.Pixels?.Length ?? 0 : 0;
            good.Add(fits ? file : file with { Pixels = null });
        }

        return good;
    }

    /// <summary>The pixels of a picture, brought to its size. It may be called on any thread.</summary>
    /// <exception cref="InvalidDataException">There is something wrong with it.</exception>
    public byte[] Decode(string path, FaceLandmarks? landmarks)
    {
        using var picture = Picture.Load(Path.Combine(root, path), Limits, (width, height) => Transform(width, height, landmarks).Scale, _budget);
        return Sized(picture, path, landmarks);
    }

    private SimilarityTransform Transform(int width, int height, FaceLandmarks? landmarks) =>
        landmarks?.ToAligned(options.Size) ?? Picture.MiddleSquare(width, height, options.Size);

    private byte[] Sized(Picture picture, string path, FaceLandmarks? landmarks)
    {
        byte[] planes = picture.Planes(Transform(picture.Width, picture.Height, landmarks), options.Channels, options.Size);
        var channels = planes.Chunk(options.Size * options.Size);
        InvalidDataException.ThrowIf(options.Size > 1 && channels.All(levels => levels.Max() - levels.Min() < MostLevelsOfBlank),
            $"'{Path.Combine(root, path)}' cannot be taken as a picture: it is blank where a face would be");
        return planes;
    }

    private IEnumerable<string> Files(DirectoryInfo person)
    {
        foreach (var (entry, path) in Visible(person, $"{person.Name}/"))
        {
            if (entry is FileInfo)
            {
                yield return path;
            }
            else
            {
                Skip(path, $"'{path}' is a folder within that of a person");
            }
        }
    }

    /// <summary>The file with what is wrong with it, if anything; its landmarks, if they could be found; its pixels, if they were decoded.</summary>
    private FoundPicture Examined(FoundPicture file, bool needsLandmarks)
    {
        try
        {
            string path = Path.Combine(root, file.Path);
            if (needsLandmarks && file.Landmarks is null)
            {
                return file with { Wrong = $"'{file.Path}' has no line in {LandmarksName}" };
            }

            if (!needsLandmarks && options.Detector is { } detector)
            {
                using var picture = Picture.Load(path, Limits, budget: _budget);
                return DetectedFace.Choose(detector.Detect(picture), options.FaceChoice, picture.Width, picture.Height)?.Landmarks is { } found
                    ? file with { Landmarks = found, Pixels = Sized(picture, file.Path, found) }
                    : file with { Wrong = $"'{file.Path}' shows no face" };
            }

            if (options.Verify)
            {
                return file with { Pixels = Decode(file.Path, file.Landmarks) };
            }

            Picture.Check(path, Limits);
            return file;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return file with { Wrong = error.Message };
        }
    }

    private void Skip(string path, string reason)
    {
        InvalidDataException.ThrowIf(options.BadFiles == BadFiles.Refuse, $"'{root}' is refused: {reason}");
        Skipped.Add(new SkippedFile(path, reason));
    }

    /// <summary>What is neither hidden nor a link, in the order of the names; paths begin with <paramref name="start"/>.</summary>
    private IEnumerable<(FileSystemInfo Entry, string Path)> Visible(DirectoryInfo folder, string start)
    {
        FileSystemInfo[] entries = [];
        try
        {
            entries = [.. folder.EnumerateFileSystemInfos().Where(one => one.Name[0] != '.').OrderBy(one => one.Name, StringComparer.Ordinal)];
        }
        catch (Exception error) when (start.Length > 0 && error is IOException or UnauthorizedAccessException)
        {
            Skip(folder.Name, $"'{folder.Name}' cannot be looked into: {error.Message}");
        }

        foreach (var entry in entries)
        {
            string path = start + entry.Name;
            if (entry.LinkTarget is null)
            {
                yield return (entry, path);
            }
            else
            {
                Skip(path, $"'{path}' is a link, and could lead out of the folder");
            }
        }
    }
}

/// <summary>A picture that a scan has found.</summary>
internal sealed record FoundPicture(string Person, string Path, FaceLandmarks? Landmarks, byte[]? Pixels = null, string? Wrong = null);
