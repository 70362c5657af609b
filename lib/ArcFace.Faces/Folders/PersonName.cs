namespace ArcFace.Faces.Folders;

/// <summary>Names of people become names of folders.</summary>
internal static class PersonName
{
    private const int LongestName = 200;

    /// <summary>Whether a name stays within the folder that it is put into, on every system.</summary>
    public static bool IsSafe(string name) =>
        name.Length is > 0 and <= LongestName
        && name[0] != '.'
        && !name.Any(letter => char.IsControl(letter) || letter is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|');
}
