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
        (string Left, string LeftNumber, string Right, string RightNumber) named = fields switch
        {
            [var person, var first, var second] when genuine => (person, first, person, second),
            [var left, var first, var right, var second] when !genuine => (left, first, right, second),
            _ when genuine => throw Bad(line, $"it has {fields.Length} fields, and a genuine pair has 3: a person and two numbers"),
            _ => throw Bad(line, $"it has {fields.Length} fields, and an impostor pair has 4: a person, a number, a person, a number"),
        };
        named = named with { Left = Once(named.Left), Right = Once(named.Right) };
        string? unsafeName = new[] { named.Left, named.Right }.FirstOrDefault(person => !PersonName.IsSafe(person));
        InvalidDataException.ThrowIf(unsafeName is not null, $"{At(line)}: '{unsafeName}' is no name that a folder in a folder can have");
        InvalidDataException.ThrowIf(
            !genuine && named.Left == named.Right, $"{At(line)}: both pictures are of '{named.Left}', and an impostor pair has two people");
        return Number(named.LeftNumber) is { } leftNumber && Number(named.RightNumber) is { } rightNumber
            ? new FacePair(named.Left, leftNumber, named.Right, rightNumber)
            : throw Bad(line, $"'{named.LeftNumber}' and '{named.RightNumber}' are not both numbers of pictures, 1 to {LargestNumber}");
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
