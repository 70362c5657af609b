using System.Security.Cryptography;
using ArcFace.Interchange;

namespace ArcFace.Notebooks.Lessons;

/// <summary>The repository's <c>data</c> folder: finds its files, and hands out only what its manifest vouches for.</summary>
public static class ShippedData
{
    /// <summary>The manifest beside the files, in the format of <c>sha256sum</c>: a digest, two spaces, a file name.</summary>
    public const string ManifestName = "SHA256SUMS";

    private const long MaximumLength = 64 << 20;

    /// <summary>
    /// The full path of <c>data/<paramref name="fileName"/></c>, looked for in the current folder and in every folder above
    /// it, then in the same way from where the program and this library lie.
    /// </summary>
    /// <exception cref="FileNotFoundException">No such file in any of these folders.</exception>
    public static string Locate(string fileName)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        string?[] folders = [Directory.GetCurrentDirectory(), AppContext.BaseDirectory, Path.GetDirectoryName(typeof(ShippedData).Assembly.Location)];
        string[] starts = [.. folders.OfType<string>().Distinct()];
        foreach (string start in starts)
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, "data", fileName);
                if (File.Exists(candidate))
                {
                    return candidate;
                }
            }
        }

        throw new FileNotFoundException(
            $"data/{fileName} is neither in nor above any of these folders: {string.Join(", ", starts)}; "
            + "run from within a clone of the repository, or give the file's path",
            fileName);
    }

    /// <summary>The bytes of the file at <paramref name="path"/>, whose SHA-256 is the one in the manifest beside it.</summary>
    /// <exception cref="FileNotFoundException">The file or its manifest is missing.</exception>
    /// <exception cref="InvalidDataException">The manifest is malformed or does not list the file, or the digests differ.</exception>
    public static byte[] ReadVerified(string path)
    {
        byte[] content = ReadBounded(path, MaximumLength);
        string manifest = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, ManifestName);
        (string expected, int line) = DigestIn(manifest, Path.GetFileName(path));
        string actual = Convert.ToHexStringLower(SHA256.HashData(content));
        InvalidDataException.ThrowIf(actual != expected,
            $"{path}: the SHA-256 of its {content.Length} bytes is {actual}, but {manifest}, line {line}, says {expected}; "
            + $"the file was altered or cut short, so take it from the repository again");
        return content;
    }

    internal static byte[] ReadBounded(string path, long maximumLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long length = new FileInfo(path).Length;
        InvalidDataException.ThrowIf(length > maximumLength, $"{path}: {length} bytes are more than the {maximumLength} that such a file can have");
        return File.ReadAllBytes(path);
    }

    private static (string Digest, int Line) DigestIn(string manifest, string fileName)
    {
        if (!File.Exists(manifest))
        {
            throw new FileNotFoundException($"{manifest}: the manifest that vouches for {fileName} is missing", manifest);
        }

        int number = 0;
        foreach (string line in BoundedFile.Lines(manifest, MaximumLength))
        {
            number++;
            bool wellFormed = line.Length > 66 && line[..64].All(char.IsAsciiHexDigitLower) && line[64] == ' ' && line[65] is ' ' or '*';
            InvalidDataException.ThrowIf(
                !wellFormed, $"{manifest}, line {number}: not a SHA-256 in 64 lower-case hex digits, two spaces and a file name");
            if (line[66..] == fileName)
            {
                return (line[..64], number);
            }
        }

        throw new InvalidDataException($"{manifest}, line {number}: the end, and no line names {fileName}");
    }
}
