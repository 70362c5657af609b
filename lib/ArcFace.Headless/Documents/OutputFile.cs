using ArcFace.Interchange;

namespace ArcFace.Headless.Documents;

/// <summary>Writes a file and the folders above it: whole or not at all (<see cref="AtomicFile"/>), but for a device.</summary>
/// <exception cref="IOException">It cannot be written.</exception>
/// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
internal static class OutputFile
{
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public static void Write(string path, ReadOnlyMemory<byte> content) => Write(path, stream => stream.Write(content.Span));

    public static void Write(string path, Action<Stream> write)
    {
        string target = Path.GetFullPath(path);
        if (target.StartsWith("/dev/", StringComparison.Ordinal))
        {
            // A device, such as /dev/stdout: not to be replaced by a file.
            using FileStream device = File.OpenWrite(target);
            write(device);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        AtomicFile.Write(target, write);
    }
}
