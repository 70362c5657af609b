using ArcFace.Faces.Detection;
using ArcFace.Faces.Pictures;

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

    /// <summary>What is done about files that are no picture, damaged, too large, or links.</summary>
    public BadFiles BadFiles { get; init; } = BadFiles.Skip;

    /// <summary>What a file may be at most.</summary>
    public PictureLimits Limits { get; init; } = new();

    /// <summary>
    /// Whether every file is decoded once when the folder is opened, so that no damaged one comes up later. Without it, one that
    /// does is an error when it is loaded.
    /// </summary>
    public bool Verify { get; init; } = true;

    /// <summary>People with fewer pictures are left out.</summary>
    public int MinimumPicturesPerPerson { get; init; } = 1;

    /// <summary>
    /// The file with the landmarks, relative to the folder: a line a picture, <c>person/file</c> and ten numbers (x and y of
    /// <see cref="FaceLandmarks"/> in their order), separated by tabs. If null, <c>landmarks.txt</c> where it is there, else what
    /// <see cref="Detector"/> finds, else the middle square of each picture is taken.
    /// </summary>
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
        if (Size is < 1 or > 1024)
        {
            throw new ArgumentOutOfRangeException(nameof(Size), $"Size {Size} is outside 1..1024 pixels; 112 is usual");
        }

        if (Detector is { HasLandmarks: false })
        {
            throw new ArgumentException("the detector gives boxes alone, and alignment takes five points: use a file that gives both", nameof(Detector));
        }

        if (!Enum.IsDefined(BadFiles))
        {
            throw new ArgumentOutOfRangeException(nameof(BadFiles), $"BadFiles {BadFiles} is neither Skip nor Refuse");
        }
    }
}
