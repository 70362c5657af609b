namespace ArcFace.Faces.Recognition;

/// <summary>A person of a <see cref="Gallery"/> and how much a face is like theirs.</summary>
/// <param name="Name">The person.</param>
/// <param name="Score">The cosine of the angle between the face and the person's mean direction.</param>
public sealed record GalleryMatch(string Name, double Score);
