namespace ArcFace.Faces.Folders;

/// <summary>A list of pairs for verification, such as the <c>pairs.txt</c> of LFW.</summary>
/// <remarks>The folds follow one another, each of <see cref="PairsPerKind"/> genuine pairs and then as many impostor pairs, the order in
/// which <c>Verification.Evaluate</c> takes its folds. Where pairs are left out, give it <see cref="FacePairIndices.Fold"/>.</remarks>
public sealed class FacePairs
{
    internal FacePairs(int folds, int pairsPerKind, IReadOnlyList<FacePair> pairs) =>
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
        return new FacePairsReader(path).Read();
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

        // A person may have one picture as PNG and again as JPEG: the first counts.
        var places = folder.Pictures.Select((picture, place) => (Name: Path.ChangeExtension(picture.Path, null), Place: (long)place))
            .DistinctBy(picture => picture.Name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
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

/// <summary>Two pictures of a <see cref="FaceFolder"/> to compare, each named by a person and a number.</summary>
/// <param name="LeftPerson">Whose picture the left one is.</param>
/// <param name="LeftNumber">Its number: picture 7 of <c>Ann</c> is the file <c>Ann/Ann_0007.jpg</c> or <c>.png</c>.</param>
/// <param name="RightPerson">Whose picture the right one is.</param>
/// <param name="RightNumber">Its number.</param>
public sealed record FacePair(string LeftPerson, int LeftNumber, string RightPerson, int RightNumber)
{
    /// <summary>Whether both pictures are of one person: a genuine pair.</summary>
    public bool Same => LeftPerson == RightPerson;

    internal string LeftName => NameOf(LeftPerson, LeftNumber);

    internal string RightName => NameOf(RightPerson, RightNumber);

    /// <summary>Person and file without its ending.</summary>
    internal static string NameOf(string person, int number) => $"{person}/{person}_{number:D4}";
}

/// <summary>Pairs as places in <see cref="FaceFolder.Pictures"/>.</summary>
/// <param name="Left">The left picture of each pair.</param>
/// <param name="Right">The right picture of each pair.</param>
/// <param name="Same">Whether both are of one person.</param>
/// <param name="Fold">The fold of each pair, from 0.</param>
/// <param name="Missing">Pairs that were left out, since the folder lacks a picture of theirs.</param>
public sealed record FacePairIndices(
    IReadOnlyList<long> Left, IReadOnlyList<long> Right, IReadOnlyList<bool> Same, IReadOnlyList<long> Fold, IReadOnlyList<FacePair> Missing);

/// <summary>Verification of pairs as a folder gives them.</summary>
public static class FolderVerification
{
    extension(Verification)
    {
        /// <summary>Evaluates the pairs of a folder, in their folds.</summary>
        /// <param name="embeddings">The embedding of each of <see cref="FaceFolder.Pictures"/>, in their order, [N, D].</param>
        /// <param name="pairs">What <see cref="FacePairs.IndicesIn"/> found.</param>
        /// <exception cref="ArgumentException">There are not as many embeddings as the pairs name, one is not finite or has length zero,
        /// genuine or impostor pairs are missing, or all pairs are in one fold.</exception>
        public static VerificationReport Evaluate(Tensor embeddings, FacePairIndices pairs)
        {
            ArgumentNullException.ThrowIfNull(embeddings);
            ArgumentNullException.ThrowIfNull(pairs);
            long last = pairs.Left.Concat(pairs.Right).DefaultIfEmpty(-1).Max();
            ArgumentException.ThrowIf(embeddings.dim() != 2 || last < 0 || last >= embeddings.shape[0],
                $"the embeddings are {Guard.Shape(embeddings)} and the pairs name picture {last}: give one row for each picture of the folder",
                nameof(embeddings));
            using var scope = NewDisposeScope();
            Tensor Rows(IReadOnlyList<long> indices) => embeddings.index_select(0, tensor(indices.ToArray()).to(embeddings.device));
            return Verification.Evaluate(Rows(pairs.Left), Rows(pairs.Right), tensor(pairs.Same.ToArray()), tensor(pairs.Fold.ToArray()));
        }
    }
}
