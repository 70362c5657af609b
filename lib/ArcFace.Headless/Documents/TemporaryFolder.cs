namespace ArcFace.Headless.Documents;

/// <summary>A folder of this program's own below the system's temporary folder.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("arcface-").FullName;

    /// <summary>Removes the folder with what is in it.</summary>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A process that was ended may hold a file for a moment longer. The system clears its temporary folder.
        }
    }
}
