namespace ArcFace.Interchange;

/// <summary>Writes a file so that whoever opens it sees the old content or the new, whatever happens in between.</summary>
internal static class AtomicFile
{
    /// <summary>Writes to <c>path.tmp</c>, has the disk confirm it, then gives it its name.</summary>
    /// <remarks>The temporary name is fixed: what a killed writer leaves behind, the next one overwrites.</remarks>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = path + ".tmp";
        var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
