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
                files.AddRange(Files(person).Select(path => new FoundPicture(person.Name, path, landmarks?.GetValueOrDefault(path), null)));
            }
            else if (entry is FileInfo && entry.Name is not ("pairs.txt" or LandmarksFile.UsualName) && entry.Name != LandmarksName)
            {
                Skip(entry.Name, $"'{entry.Name}' lies beside the folders of the people, in none of them");
            }
        }

        var good = new List<FoundPicture>();
        long kept = 0;
        foreach (var (file, (wrong, points, pixels)) in files.Zip(Prefetch.InOrder(files, file => Examine(file, landmarks is not null), 2 * Environment.ProcessorCount)))
        {
            if (wrong is not null)
            {
                Skip(file.Path, wrong);
                continue;
            }

            bool fits = pixels is not null && kept + pixels.Length <= options.KeptBytes;
            kept += fits ? pixels!.Length : 0;
            good.Add(file with { Landmarks = points, Pixels = fits ? pixels : null });
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

    /// <summary>What is wrong with a file, or null; its landmarks, where there are or could be found; its pixels, where they were decoded.</summary>
    private (string? Wrong, FaceLandmarks? Landmarks, byte[]? Pixels) Examine(FoundPicture file, bool needsLandmarks)
    {
        try
        {
            if (needsLandmarks && file.Landmarks is null)
            {
                return ($"'{file.Path}' has no line in {LandmarksName}", null, null);
            }

            string path = Path.Combine(root, file.Path);
            if (!needsLandmarks && options.Detector is { } detector)
            {
                using var picture = Picture.Load(path, Limits, budget: _budget);
                var landmarks = DetectedFace.Choose(detector.Detect(picture), options.FaceChoice, picture.Width, picture.Height)?.Landmarks;
                return landmarks is null ? ($"'{file.Path}' shows no face", null, null) : (null, landmarks, Sized(picture, file.Path, landmarks));
            }

            if (options.Verify)
            {
                return (null, file.Landmarks, Decode(file.Path, file.Landmarks));
            }

            Picture.Check(path, Limits);
            return (null, file.Landmarks, null);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return (error.Message, null, null);
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
internal sealed record FoundPicture(string Person, string Path, FaceLandmarks? Landmarks, byte[]? Pixels);
