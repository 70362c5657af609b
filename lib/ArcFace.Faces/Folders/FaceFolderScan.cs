using ArcFace.Faces.Detection;
using ArcFace.Faces.Pictures;

namespace ArcFace.Faces.Folders;

/// <summary>Looks through a face folder: what is a picture of whom, and what is left out.</summary>
internal sealed class FaceFolderScan(string root, FaceFolderOptions options)
{
    private readonly List<SkippedFile> _skipped = [];

    public IReadOnlyList<SkippedFile> Skipped => _skipped;

    public IReadOnlyList<(string Person, string Path, FaceLandmarks? Landmarks)> Run()
    {
        string landmarksPath = Path.Combine(root, LandmarksName);
        bool isWanted = options.LandmarksFile is not null || File.Exists(landmarksPath);
        var landmarks = isWanted ? LandmarksFile.Read(landmarksPath) : null;
        var files = new List<(string Person, string Path, FaceLandmarks? Landmarks)>();
        foreach (var person in Visible(new DirectoryInfo(root)).OfType<DirectoryInfo>())
        {
            if (IsLink(person, person.Name))
            {
                continue;
            }

            foreach (var entry in Visible(person))
            {
                string path = $"{person.Name}/{entry.Name}";
                if (entry is DirectoryInfo && !IsLink(entry, path))
                {
                    Skip(path, $"'{path}' is a folder within that of a person");
                }
                else if (entry is FileInfo && !IsLink(entry, path))
                {
                    files.Add((person.Name, path, landmarks?.GetValueOrDefault(path)));
                }
            }
        }

        var examined = files.Zip(Examine(files, needsLandmarks: landmarks is not null));
        return [.. examined.Where(pair => IsGood(pair.First.Path, pair.Second.Wrong)).Select(pair => pair.First with { Landmarks = pair.Second.Landmarks })];
    }

    private string LandmarksName => options.LandmarksFile ?? LandmarksFile.UsualName;

    /// <summary>The pixels of a picture, brought to its size.</summary>
    public static byte[] Decode(string root, string path, FaceLandmarks? landmarks, FaceFolderOptions options)
    {
        using var picture = Picture.Load(Path.Combine(root, path), options.Limits);
        using var sized = landmarks is null
            ? picture.MiddleSquare(options.Size)
            : picture.Transformed(landmarks.ToAligned(options.Size), options.Size);
        byte[] planes = new byte[options.Channels * options.Size * options.Size];
        sized.CopyTo(planes);
        return planes;
    }

    /// <summary>For each file what is wrong with it, or null, and its landmarks, where there are or could be found.</summary>
    private IEnumerable<(string? Wrong, FaceLandmarks? Landmarks)> Examine(IEnumerable<(string Person, string Path, FaceLandmarks? Landmarks)> files, bool needsLandmarks) =>
        Prefetch.InOrder(files, file => WhatIsWrong(file.Path, file.Landmarks, needsLandmarks), 2 * Environment.ProcessorCount);

    private (string? Wrong, FaceLandmarks? Landmarks) WhatIsWrong(string path, FaceLandmarks? landmarks, bool needsLandmarks)
    {
        try
        {
            if (!needsLandmarks && options.Detector is { } detector)
            {
                using var picture = Picture.Load(Path.Combine(root, path), options.Limits);
                landmarks = DetectedFace.Choose(detector.Detect(picture), options.FaceChoice, picture.Width, picture.Height)?.Landmarks;
                return (landmarks is null ? $"'{path}' shows no face" : null, landmarks);
            }

            if (options.Verify)
            {
                Decode(root, path, landmarks, options);
            }
            else
            {
                Picture.Check(Path.Combine(root, path), options.Limits);
            }

            return (needsLandmarks && landmarks is null ? $"'{path}' has no line in {LandmarksName}" : null, landmarks);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return (error.Message, landmarks);
        }
    }

    private bool IsGood(string path, string? wrong)
    {
        if (wrong is not null)
        {
            Skip(path, wrong);
        }

        return wrong is null;
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
        if (options.BadFiles == BadFiles.Refuse)
        {
            throw new InvalidDataException($"'{root}' is refused: {reason}");
        }

        _skipped.Add(new SkippedFile(path, reason));
    }

    private static IEnumerable<FileSystemInfo> Visible(DirectoryInfo folder) =>
        folder.EnumerateFileSystemInfos().Where(entry => entry.Name[0] != '.').OrderBy(entry => entry.Name, StringComparer.Ordinal);
}
