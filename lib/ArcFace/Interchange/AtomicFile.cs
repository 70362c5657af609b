namespace ArcFace.Interchange;

/// <summary>Writes a file so that whoever opens it sees the old content or the new, whatever happens in between.</summary>
/// <remarks>Every file that is meant to stay is written here, by the host too, which has no reference to the library and compiles this in.
/// Each writer has a temporary file of its own beside the target, so several may write one path: the last to finish wins.</remarks>
internal static class AtomicFile
{
    private const string Start = ".arcface-", End = ".tmp";
    private static readonly TimeSpan Abandoned = TimeSpan.FromMinutes(1);

    /// <summary>Writes beside <paramref name="path"/>, has the disk confirm it, then gives it its name. What fails leaves the old file.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(target) ?? target, $"{Start}{Guid.NewGuid():N}{End}");
        var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception error)
        {
            File.Delete(temporary);
            if (error is ArgumentOutOfRangeException { TargetSite.DeclaringType: { } thrower } && thrower == typeof(RandomAccess))
            {
                // What the runtime says of a file that grows past what the system allows.
                throw new IOException($"'{target}' cannot be written: {error.Message}", error);
            }

            throw;
        }
    }

    /// <summary>Writes lines of text in UTF-8, each ended by a line feed.</summary>
    public static void WriteLines(string path, IEnumerable<string> lines) => Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (string line in lines)
        {
            writer.WriteLine(line);
        }
    });

    /// <summary>Removes what writers that were killed have left beside <paramref name="path"/>: files that are old, and that nobody has open.</summary>
    public static void RemoveAbandoned(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (string file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, $"{Start}*{End}") : [])
        {
            try
            {
                if (File.GetLastWriteTimeUtc(file) < DateTime.UtcNow - Abandoned)
                {
                    new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // Another's, who is still writing.
            }
        }
    }
}
