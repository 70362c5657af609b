using ArcFace.Faces.Folders;
using ArcFace.Faces.Recognition;

namespace ArcFace.Notebooks.Lessons;

/// <summary>What a reader brings: a folder of photographs, and a file of weights. What cannot serve stops the notebook with one message.</summary>
public static class OwnFaces
{
    /// <summary>Opens a folder that has people enough, each with two pictures or more.</summary>
    /// <param name="path">The folder, in the layout of <see cref="FaceFolder"/>.</param>
    /// <param name="people">How many people it needs; half of them choose a threshold, the others test it.</param>
    /// <exception cref="NotebookStoppedException">There is no such folder, it cannot be read, or has fewer people.</exception>
    public static FaceFolder Open(string path, int people)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(people, 1);
        FaceFolder folder = OrStop(() => FaceFolder.Open(path, new() { MinimumPicturesPerPerson = 2 }), "ARCFACE_FACES");
        if (folder.People.Count >= people)
        {
            return folder;
        }

        string skipped = folder.Skipped is [var first, ..] ? $" Left out: {folder.Skipped.Count}, the first since {first.Reason}." : "";
        throw Stop($"'{path}' has {folder.People.Count} people with two pictures or more, and {people} are needed.{skipped}", "ARCFACE_FACES", null);
    }

    /// <summary>Opens a file of weights, each picture to be embedded with its mirror image.</summary>
    /// <param name="path">A file that <see cref="FaceEmbedder.FromFile"/> takes.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="NotebookStoppedException">There is no such file, or it holds no network that is known.</exception>
    public static FaceEmbedder Embedder(string path, TorchSharp.torch.Device device) =>
        OrStop(() => FaceEmbedder.FromFile(path, new() { FlipAveraging = true, Device = device }), "ARCFACE_WEIGHTS");

    private static T OrStop<T>(Func<T> open, string variable)
    {
        try
        {
            return open();
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException)
        {
            throw Stop($"{error.Message.TrimEnd('.')}.", variable, error);
        }
    }

    private static NotebookStoppedException Stop(string why, string variable, Exception? error) =>
        new($"{why} The notebook stops here: name another one in {variable}, or unset it for what comes with the notebook, and start again.", error!);
}
