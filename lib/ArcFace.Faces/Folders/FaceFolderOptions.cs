using System.Runtime.Serialization;
using ArcFace.Faces.Detection;

namespace ArcFace.Faces.Folders;

/// <summary>What is done about a file that cannot be taken.</summary>
public enum BadFiles
{
    /// <summary>It is left out and reported in <see cref="FaceFolder.Skipped"/>.</summary>
    Skip,

    /// <summary>It is an error.</summary>
    Refuse,
}

/// <summary>How the pictures of a <see cref="FaceFolder"/> are taken.</summary>
public sealed record FaceFolderOptions
{
    /// <summary>Height and width to which every picture is brought, 1 to 1024 pixels.</summary>
    public int Size { get; init; } = FaceLandmarks.ReferenceSize;

    /// <summary>Three channels (red, green, blue) instead of one (luminance).</summary>
    public bool Colour { get; init; } = true;

    /// <summary>What is done about files that are no picture, damaged, blank, too small or large, links, or not in the folder of a person.</summary>
    public BadFiles BadFiles { get; init; } = BadFiles.Skip;

    /// <summary>The least width and height of a picture; smaller ones are bad files.</summary>
    public int MinimumSide { get; init; } = 8;

    /// <summary>What a file may be at most.</summary>
    public PictureLimits Limits { get; init; } = new();

    /// <summary>Whether every file is decoded once when the folder is opened, so that no damaged one comes up later. Without it, one that
    /// does is an error when it is loaded.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>Of the pictures that <see cref="Verify"/> decodes, the first are kept in so many bytes, and not decoded again when they are
    /// loaded: a picture takes size² bytes a channel. 512 MiB hold 14,000 pictures of 112² in colour.</summary>
    [IgnoreDataMember] // It decides no picture: a run may be resumed with another.
    public long KeptBytes { get; init; } = 512L << 20;

    /// <summary>People with fewer pictures are left out; their pictures stand in <see cref="FaceFolder.Skipped"/>.</summary>
    public int MinimumPicturesPerPerson { get; init; } = 1;

    /// <summary>The file with the landmarks, relative to the folder: a line a picture, <c>person/file</c> and ten numbers (x and y of
    /// <see cref="FaceLandmarks"/> in their order), separated by tabs. If null, <c>landmarks.txt</c> where it is there, else what
    /// <see cref="Detector"/> finds, else the middle square of each picture is taken.</summary>
    public string? LandmarksFile { get; init; }

    /// <summary>Finds the landmarks of pictures where there is no file with them; a picture without a face is then a bad file. It stays the caller's.</summary>
    public FaceDetector? Detector { get; init; }

    /// <summary>Which face is taken where the detector finds several.</summary>
    public FaceChoice FaceChoice { get; init; } = FaceChoice.Largest;

    internal int Channels => Colour ? 3 : 1;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Limits);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumPicturesPerPerson, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumSide, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(KeptBytes);
        ArgumentOutOfRangeException.ThrowIf(Size is < 1 or > 1024, $"Size {Size} is outside 1..1024 pixels; 112 is usual", nameof(Size));
        ArgumentException.ThrowIf(Detector is { HasLandmarks: false },
            "the detector gives boxes alone, and alignment takes five points: use a file that gives both", nameof(Detector));
        ArgumentOutOfRangeException.ThrowIf(!Enum.IsDefined(BadFiles), $"BadFiles {BadFiles} is neither Skip nor Refuse", nameof(BadFiles));
    }
}
