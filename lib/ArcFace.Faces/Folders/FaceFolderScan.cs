using System.Numerics.Tensors;
using ArcFace.Faces.Detection;
using ArcFace.Faces.Pictures;

namespace ArcFace.Faces.Folders;

/// <summary>Looks through a face folder: what is a picture of whom, and what is left out.</summary>
internal sealed class FaceFolderScan(string root, FaceFolderOptions options)
{
    // In a picture that shows something, a channel has more levels than that.
    private const int MostLevelsOfBlank = 3;

    private readonly List<SkippedFile> _skipped = [];
    private readonly PixelBudget _budget = new(options.Limits.MaximumPixels);

    public IReadOnlyList<SkippedFile> Skipped => _skipped;

    private PictureLimits Limits { get; } = options.Limits with { MinimumSide = options.MinimumSide };

    private string LandmarksName => options.LandmarksFile ?? LandmarksFile.UsualName;

    /// <summary>The pictures, with their pixels as far as those are kept.</summary>
    public IReadOnlyList<FoundPicture> Run()
    {
        string landmarksPath = Path.Combine(root, LandmarksName);
        bool isWanted = options.LandmarksFile is not null || File.Exists(landmarksPath);
        var landmarks = isWanted ? LandmarksFile.Read(landmarksPath) : null;
        var files = new List<FoundPicture>();
        foreach (var entry in Visible(new DirectoryInfo(root), ""))
        {
            if (!IsLink(entry, entry.Name) && entry is DirectoryInfo person)
            {
                files.AddRange(Files(person).Select(path => new FoundPicture(person.Name, path, landmarks?.GetValueOrDefault(path))));
            }
            else if (entry is FileInfo && entry.Name is not ("pairs.txt" or LandmarksFile.UsualName) && entry.Name != LandmarksName)
            {
                Skip(entry.Name, $"'{entry.Name}' lies beside the folders of the people, in none of them");
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

    /// <summary>Notes a picture that was left out, though nothing is wrong with it.</summary>
    public void LeaveOut(FoundPicture picture, string reason) => _skipped.Add(new SkippedFile(picture.Path, reason));

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
        using var sized = picture.Transformed(Transform(picture.Width, picture.Height, landmarks), options.Size);
        byte[] planes = new byte[options.Channels * options.Size * options.Size];
        sized.CopyTo(planes);
        bool IsBlank(int channel)
        {
            var levels = planes.AsSpan(channel * options.Size * options.Size, options.Size * options.Size);
            return TensorPrimitives.Max<byte>(levels) - TensorPrimitives.Min<byte>(levels) < MostLevelsOfBlank;
        }

        return options.Size > 1 && Enumerable.Range(0, options.Channels).All(IsBlank)
            ? throw new InvalidDataException($"'{Path.Combine(root, path)}' cannot be taken as a picture: it is blank where a face would be")
            : planes;
    }

    private IEnumerable<string> Files(DirectoryInfo person)
    {
        foreach (var entry in Visible(person, person.Name))
        {
            string path = $"{person.Name}/{entry.Name}";
            if (entry is DirectoryInfo && !IsLink(entry, path))
            {
                Skip(path, $"'{path}' is a folder within that of a person");
            }
            else if (entry is FileInfo && !IsLink(entry, path))
            {
                yield return path;
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

    private bool IsLink(FileSystemInfo entry, string path)
    {
        if (entry.LinkTarget is null)
        {
            return false;
        }

        Skip(path, $"'{path}' is a link, and could lead out of the folder");
        return true;
    }

    private void Skip(string path, string reason)
    {
        InvalidDataException.ThrowIf(options.BadFiles == BadFiles.Refuse, $"'{root}' is refused: {reason}");
        _skipped.Add(new SkippedFile(path, reason));
    }

    private IReadOnlyList<FileSystemInfo> Visible(DirectoryInfo folder, string path)
    {
        try
        {
            return [.. folder.EnumerateFileSystemInfos().Where(entry => entry.Name[0] != '.').OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception error) when (path.Length > 0 && error is IOException or UnauthorizedAccessException)
        {
            Skip(path, $"'{path}' cannot be looked into: {error.Message}");
            return [];
        }
    }
}

/// <summary>A picture that a scan has found.</summary>
internal sealed record FoundPicture(string Person, string Path, FaceLandmarks? Landmarks, byte[]? Pixels = null, string? Wrong = null);
