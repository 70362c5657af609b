using ArcFace.Data;

namespace ArcFace.Faces.Folders;

/// <summary>A list of pairs for verification, such as the <c>pairs.txt</c> of LFW.</summary>
/// <remarks>The folds follow one another, each of <see cref="PairsPerKind"/> genuine pairs and then as many impostor pairs, the order in
/// which <c>Verification.Evaluate</c> takes its folds. Where pairs are left out, give it <see cref="FacePairIndices.Fold"/>.</remarks>
public sealed class FacePairs
{
    private FacePairs(int folds, int pairsPerKind, IReadOnlyList<FacePair> pairs) =>
        (Folds, PairsPerKind, Pairs) = (folds, pairsPerKind, pairs);

    /// <summary>In how many folds the pairs come.</summary>
    public int Folds { get; }

    /// <summary>How many genuine pairs a fold has, and how many impostor pairs.</summary>
    public int PairsPerKind { get; }

    /// <summary>The pairs, in the order of the file.</summary>
    public IReadOnlyList<FacePair> Pairs { get; }

    /// <summary>Reads a list in the format of LFW.</summary>
    /// <remarks>The first line has the number of folds and of pairs of either kind in a fold (the latter alone for a single fold). A
    /// genuine pair is a person and two numbers, an impostor pair a person, a number, a person and a number; tabs between.</remarks>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not of that format, or a name could lead out of a folder.</exception>
    public static FacePairs Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (int folds, int pairsPerKind, var pairs) = new FacePairsReader(path).Read();
        return new FacePairs(folds, pairsPerKind, pairs);
    }

    /// <summary>Draws a list. No person is in two folds, and no pair comes twice.</summary>
    /// <param name="people">The people, each of whom has pictures 1, 2, … .</param>
    /// <param name="picturesPerPerson">How many pictures each has, at least 2.</param>
    /// <param name="folds">How many folds; at least two people must fall to each.</param>
    /// <param name="pairsPerKind">How many genuine and how many impostor pairs each fold has.</param>
    /// <param name="seed">Any number.</param>
    /// <exception cref="ArgumentException">There are not as many different pairs, or a name is none that a folder can have.</exception>
    public static FacePairs Draw(IReadOnlyList<string> people, int picturesPerPerson, int folds, int pairsPerKind, long seed)
    {
        ArgumentNullException.ThrowIfNull(people);
        ArgumentOutOfRangeException.ThrowIfLessThan(picturesPerPerson, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pairsPerKind, 1);
        long perFold = people.Count / folds, pictures = picturesPerPerson;
        long genuine = perFold * pictures * (pictures - 1) / 2, impostor = perFold * (perFold - 1) / 2 * pictures * pictures;
        ArgumentException.ThrowIf(pairsPerKind > Math.Min(genuine, impostor),
            $"{people.Count} people with {pictures} pictures make {genuine} genuine and {impostor} impostor pairs in each of {folds}"
            + $" folds, not {pairsPerKind}; ask for fewer pairs or folds", nameof(pairsPerKind));
        string? unsafeName = people.FirstOrDefault(person => !PersonName.IsSafe(person));
        ArgumentException.ThrowIf(unsafeName is not null, $"'{unsafeName}' is no name that a folder in a folder can have", nameof(people));
        string[] order = [.. people];
        var random = new SplitMix64((ulong)seed);
        random.Shuffle(order.AsSpan());
        var pairs = new List<FacePair>();
        foreach (string[] fold in order.Chunk((int)perFold).Take(folds))
        {
            pairs.AddRange(Different(pairsPerKind, () => Genuine(fold, picturesPerPerson, random)));
            pairs.AddRange(Different(pairsPerKind, () => Impostor(fold, picturesPerPerson, random)));
        }

        return new FacePairs(folds, pairsPerKind, pairs);
    }

    /// <summary>Writes the list in the format that <see cref="Read"/> reads, replacing a file in one stroke.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.WriteLines(path, Pairs
        .Select(pair => pair.Same
            ? $"{pair.LeftPerson}\t{pair.LeftNumber}\t{pair.RightNumber}"
            : $"{pair.LeftPerson}\t{pair.LeftNumber}\t{pair.RightPerson}\t{pair.RightNumber}")
        .Prepend($"{Folds}\t{PairsPerKind}"));

    /// <summary>Finds the pairs' pictures in a folder.</summary>
    /// <exception cref="InvalidDataException">A picture is missing, and the folder's options say to refuse that.</exception>
    public FacePairIndices IndicesIn(FaceFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        for (int i = 0; i < folder.Pictures.Count; i++)
        {
            // A person may have one picture as PNG and again as JPEG: the first counts.
            places.TryAdd(Path.ChangeExtension(folder.Pictures[i].Path, null), i);
        }

        bool Has(FacePair pair) => places.ContainsKey(pair.LeftName) && places.ContainsKey(pair.RightName);
        var found = Pairs.Select((pair, place) => (Pair: pair, Fold: place / (2L * PairsPerKind))).Where(one => Has(one.Pair)).ToList();
        FacePair[] missing = [.. Pairs.Where(pair => !Has(pair))];
        if (missing.Length > 0 && folder.Options.BadFiles == BadFiles.Refuse)
        {
            string name = places.ContainsKey(missing[0].LeftName) ? missing[0].RightName : missing[0].LeftName;
            throw new InvalidDataException($"the folder lacks a picture of {missing.Length} pairs, the first of them '{name}'");
        }

        return new FacePairIndices(
            [.. found.Select(one => places[one.Pair.LeftName])],
            [.. found.Select(one => places[one.Pair.RightName])],
            [.. found.Select(one => one.Pair.Same)],
            [.. found.Select(one => one.Fold)],
            missing);
    }

    private static IEnumerable<FacePair> Different(int count, Func<FacePair> draw) =>
        Enumerable.InfiniteSequence(0, 1).Select(_ => draw()).Distinct().Take(count);

    private static FacePair Genuine(string[] people, int pictures, SplitMix64 random)
    {
        string person = people[random.NextInt32(people.Length)];
        (int first, int second) = TwoOf(pictures, random);
        return new FacePair(person, first + 1, person, second + 1);
    }

    private static FacePair Impostor(string[] people, int pictures, SplitMix64 random)
    {
        (int first, int second) = TwoOf(people.Length, random);
        return new FacePair(people[first], random.NextInt32(pictures) + 1, people[second], random.NextInt32(pictures) + 1);
    }

    /// <summary>Two different numbers below <paramref name="count"/>, the smaller first.</summary>
    private static (int Smaller, int Larger) TwoOf(int count, SplitMix64 random)
    {
        (int one, int other) = (random.NextInt32(count), random.NextInt32(count - 1));
        other += other >= one ? 1 : 0;
        return (Math.Min(one, other), Math.Max(one, other));
    }
}
