namespace ArcFace.Faces.Folders;

/// <summary>Reads the pair lists of LFW, and says in which line one is wrong.</summary>
internal sealed class FacePairsReader(string path)
{
    /// <summary>The longest list that is read. Reading takes at most 32 times as much memory as the file has bytes.</summary>
    internal const long MaximumLength = 16L << 20;

    private const int LargestNumber = 999_999_999;

    private readonly HashSet<string> _people = new(StringComparer.Ordinal);

    public FacePairs Read()
    {
        (int folds, int pairsPerKind) = Head(Lines().FirstOrDefault(""));
        long expected = 2L * folds * pairsPerKind, count = Lines().Index().LastOrDefault(line => !string.IsNullOrWhiteSpace(line.Item)).Index;
        InvalidDataException.ThrowIf(count != expected,
            $"{At(1)}: {folds} folds of {pairsPerKind} and {pairsPerKind} pairs are {expected} lines, and {count} follow");
        var pairs = new List<FacePair>();
        foreach (string line in Lines().Skip(1).Take((int)count))
        {
            pairs.Add(Pair(Fields(line), genuine: pairs.Count / pairsPerKind % 2 == 0, line: pairs.Count + 2));
        }

        return new FacePairs(folds, pairsPerKind, pairs);
    }

    private IEnumerable<string> Lines() => BoundedFile.Lines(path, MaximumLength);

    // People's names have blanks where lists are not LFW's own, so blanks part fields only where there is no tab.
    private static string[] Fields(string line) =>
        line.Contains('\t') ? line.TrimEnd('\r').Split('\t') : line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private (int Folds, int PairsPerKind) Head(string line) =>
        Fields(line) switch
        {
            [var pairs] when Number(pairs) is { } count => (1, count),
            [var folds, var pairs] when Number(folds) is { } foldCount && Number(pairs) is { } count => (foldCount, count),
            _ => throw Bad(1, "the first line must have the number of folds and the number of pairs of either kind in a fold"),
        };

    private FacePair Pair(string[] fields, bool genuine, int line)
    {
        InvalidDataException.ThrowIf(genuine && fields.Length != 3,
            $"{At(line)}: it has {fields.Length} fields, and a genuine pair has 3: a person and two numbers");
        InvalidDataException.ThrowIf(!genuine && fields.Length != 4,
            $"{At(line)}: it has {fields.Length} fields, and an impostor pair has 4: a person, a number, a person, a number");
        string left = Once(fields[0]), right = genuine ? left : Once(fields[2]);
        string? unsafeName = new[] { left, right }.FirstOrDefault(person => !PersonName.IsSafe(person));
        InvalidDataException.ThrowIf(unsafeName is not null, $"{At(line)}: '{unsafeName}' is no name that a folder in a folder can have");
        InvalidDataException.ThrowIf(!genuine && left == right, $"{At(line)}: both pictures are of '{left}', and an impostor pair has two people");
        return Number(fields[1]) is { } leftNumber && Number(fields[^1]) is { } rightNumber
            ? new FacePair(left, leftNumber, right, rightNumber)
            : throw Bad(line, $"'{fields[1]}' and '{fields[^1]}' are not both numbers of pictures, 1 to {LargestNumber}");
    }

    /// <summary>A name that is in many pairs is kept once.</summary>
    private string Once(string person) => _people.TryGetValue(person, out string? known) || !_people.Add(person) ? known! : person;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= LargestNumber ? number : null;

    private string At(int line) => $"'{path}', line {line}";

    private InvalidDataException Bad(int line, string what) => new($"{At(line)}: {what}");
}

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
