using System.Globalization;

namespace ArcFace.Faces.Folders;

/// <summary>Reads the pair lists of LFW, and says in which line one is wrong.</summary>
internal sealed class FacePairsReader(string path)
{
    private const long MaximumLength = 64L << 20;
    private const int LargestNumber = 999_999_999;

    public (int Folds, int PairsPerKind, IReadOnlyList<FacePair> Pairs) Read()
    {
        long length = new FileInfo(path).Length;
        if (length is 0 or > MaximumLength)
        {
            throw new InvalidDataException($"'{path}' has {length} bytes; a list of pairs takes from 1 to {MaximumLength}");
        }

        List<string> lines = [.. File.ReadLines(path)];
        while (lines.Count > 1 && string.IsNullOrWhiteSpace(lines[^1]))
        {
            lines.RemoveAt(lines.Count - 1);
        }

        (int folds, int pairsPerKind) = Head(lines[0]);
        long expected = 2L * folds * pairsPerKind;
        if (lines.Count - 1 != expected)
        {
            throw Bad(1, $"{folds} folds of {pairsPerKind} and {pairsPerKind} pairs are {expected} lines, and {lines.Count - 1} follow");
        }

        var pairs = new FacePair[expected];
        for (int i = 0; i < pairs.Length; i++)
        {
            bool genuine = i / pairsPerKind % 2 == 0;
            pairs[i] = Pair(Fields(lines[i + 1]), genuine, line: i + 2);
        }

        return (folds, pairsPerKind, pairs);
    }

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
        foreach (string person in new[] { named.Left, named.Right })
        {
            if (!PersonName.IsSafe(person))
            {
                throw Bad(line, $"'{person}' is no name that a folder in a folder can have");
            }
        }

        if (!genuine && named.Left == named.Right)
        {
            throw Bad(line, $"both pictures are of '{named.Left}', and an impostor pair has two people");
        }

        return Number(named.LeftNumber) is { } leftNumber && Number(named.RightNumber) is { } rightNumber
            ? new FacePair(named.Left, leftNumber, named.Right, rightNumber)
            : throw Bad(line, $"'{named.LeftNumber}' and '{named.RightNumber}' are not both numbers of pictures, 1 to {LargestNumber}");
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= LargestNumber
            ? number
            : null;

    private InvalidDataException Bad(int line, string what) => new($"'{path}', line {line}: {what}");
}
