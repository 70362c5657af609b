using ArcFace.Faces.Folders;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>Synthetic faces as a <see cref="FaceFolder"/>: photographs of one's own, for those who have none at hand.</summary>
public static class SyntheticFaceFolder
{
    private const int PicturesAtOnce = 64;

    /// <summary>
    /// Writes a sub-folder <c>Person_0000</c>, … of PNG files for each person, <c>landmarks.txt</c>, and <c>pairs.txt</c> in the
    /// format of LFW (<see cref="FacePairs.Draw"/>).
    /// </summary>
    /// <param name="faces">Where the pictures come from. To leave something to align, draw them larger than 112 pixels.</param>
    /// <param name="folder">The folder to make; it may be there already, but must be empty.</param>
    /// <param name="people">How many people.</param>
    /// <param name="picturesPerPerson">How many pictures of each, at least 2.</param>
    /// <param name="folds">How many folds the pairs come in; each takes at least two people.</param>
    /// <param name="pairsPerKind">How many genuine and how many impostor pairs a fold has.</param>
    /// <param name="seed">Any number; the choice of the pairs depends on it.</param>
    /// <exception cref="ArgumentException">A number is outside its range, or there are not as many different pairs.</exception>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    public static void Write(
        SyntheticFaces faces, string folder, int people, int picturesPerPerson, int folds = 10, int pairsPerKind = 10, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(faces);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(people, 1);
        string[] names = [.. Enumerable.Range(0, people).Select(person => $"Person_{person:D4}")];
        var pairs = FacePairs.Draw(names, picturesPerPerson, folds, pairsPerKind, seed);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new IOException($"'{folder}' is not empty; name a new folder, or empty it first");
        }

        var landmarks = new List<KeyValuePair<string, FaceLandmarks>>();
        Array.ForEach(names, name => Directory.CreateDirectory(Path.Combine(folder, name)));
        var all = names.SelectMany((name, person) => Enumerable.Range(0, picturesPerPerson)
            .Select(picture => (Person: (long)person, Picture: (long)picture, Path: $"{FacePair.NameOf(name, picture + 1)}.png")));
        foreach (var chunk in all.Chunk(PicturesAtOnce))
        {
            using var scope = NewDisposeScope();
            var images = faces.Render([.. chunk.Select(one => one.Person)], [.. chunk.Select(one => one.Picture)]).cpu();
            for (int i = 0; i < chunk.Length; i++)
            {
                using Picture picture = PictureFile.ToPicture(images[i]);
                File.WriteAllBytes(Path.Combine(folder, chunk[i].Path), picture.EncodePng());   // new: no old one to keep whole
                landmarks.Add(KeyValuePair.Create(chunk[i].Path, faces.Landmarks(chunk[i].Person, chunk[i].Picture)));
            }
        }

        LandmarksFile.Write(Path.Combine(folder, LandmarksFile.UsualName), landmarks);
        pairs.Write(Path.Combine(folder, "pairs.txt"));
    }
}
