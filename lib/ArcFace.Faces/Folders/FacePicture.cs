using ArcFace.Faces.Pictures;

namespace ArcFace.Faces.Folders;

/// <summary>A picture of a <see cref="FaceFolder"/>.</summary>
/// <param name="Path">Where it lies in the folder: <c>person/file</c>.</param>
/// <param name="Label">The index of the person in <see cref="FaceFolder.People"/>.</param>
/// <param name="Landmarks">Five points of the face, if they are known.</param>
public sealed record FacePicture(string Path, int Label, FaceLandmarks? Landmarks);

/// <summary>A file that was left out.</summary>
/// <param name="Path">Where it lies in the folder.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record SkippedFile(string Path, string Reason);
