using System.Text;

namespace ArcFace.Interchange;

/// <summary>Opens files from outside: plain ones, of a length that is looked at before anything is read.</summary>
internal static class BoundedFile
{
    public const int LongestLine = 1 << 12;

    /// <summary>Opens a plain file for reading, whoever replaces or deletes it meanwhile.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is empty, longer, or a pipe or device, which have no length.</exception>
    public static FileStream Open(string path, long mostBytes = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var file = new FileInfo(path);
        var stream = (file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true)) is FileInfo { Exists: true, Length: 0 } ? null
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1 << 16);
        long length = stream?.Length ?? 0;
        if (stream is null || length > mostBytes)
        {
            stream?.Dispose();
            throw new InvalidDataException($"'{path}' has {length} bytes; it must be a plain file of 1 to {mostBytes}");
        }

        return stream;
    }

    /// <summary>The lines of a text in UTF-8, one at a time, each of at most <see cref="LongestLine"/> characters.</summary>
    /// <inheritdoc cref="Open"/>
    public static IEnumerable<string> Lines(string path, long mostBytes)
    {
        using var reader = new StreamReader(Open(path, mostBytes));
        var line = new StringBuilder();
        int number = 1;
        for (int next = reader.Read(); next >= 0; next = reader.Read())
        {
            if (next != '\n')
            {
                InvalidDataException.ThrowIf(
                    line.Append((char)next).Length > LongestLine, $"'{path}', line {number}: it has more than {LongestLine} characters");
                continue;
            }

            yield return TakeLine();
            number++;
        }

        if (line.Length > 0)
        {
            yield return TakeLine();
        }

        string TakeLine()
        {
            string text = line.ToString().TrimEnd('\r');
            line.Clear();
            return text;
        }
    }
}
