using ArcFace.Losses;

namespace ArcFace.Faces.Recognition;

/// <summary>People who are known: for each a name and a template, the mean direction of the embeddings of their pictures.</summary>
/// <remarks>The score of a face and a person is the cosine between embedding and template, in float32. Templates take 4·D bytes a person,
/// in CPU memory. Not for several threads at once while one of them changes it.</remarks>
public sealed partial class Gallery : IDisposable
{
    // Sums of directions that cancel are rounding errors; and a block of scores shall stay small.
    private const double ShortestSum = 1e-6;
    private const long ScoresAtOnce = 1 << 22;

    private readonly OrderedDictionary<string, Person> _people = new(StringComparer.Ordinal);

    // [capacity, D]; the first Count rows are in use, in the order of the people.
    private Tensor? _templates;
    private double? _threshold;

    /// <summary>How many people there are.</summary>
    public int Count => _people.Count;

    /// <summary>Their names, in no particular order.</summary>
    public IReadOnlyList<string> Names => [.. _people.Keys];

    /// <summary>D, the width of an embedding; 0 before somebody was enrolled.</summary>
    public int EmbeddingSize => (int)(_templates?.shape[1] ?? 0);

    /// <summary>The score from which a face is somebody's; null before it was chosen.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not finite.</exception>
    public double? Threshold
    {
        get => _threshold;
        set => _threshold = value is { } number && !double.IsFinite(number)
            ? throw new ArgumentOutOfRangeException(nameof(value), number, $"the threshold {number} is not finite; it is a cosine")
            : value;
    }

    /// <summary>Enrols a person with several pictures; more pictures of somebody who is there already go into the same mean.</summary>
    /// <param name="name">The person.</param>
    /// <param name="embeddings">[n, D], not necessarily of length one.</param>
    /// <exception cref="ArgumentException">The embeddings have another width, are not finite, have length zero or cancel out.</exception>
    public void Enroll(string name, Tensor embeddings)
    {
        Guard.RequireRows(embeddings);
        Enroll([.. Enumerable.Repeat(name, (int)embeddings.shape[0])], embeddings);
    }

    /// <summary>Enrols pictures of several people. If it throws, nothing has changed.</summary>
    /// <param name="names">The person on each picture.</param>
    /// <param name="embeddings">[N, D], not necessarily of length one.</param>
    /// <inheritdoc cref="Enroll(string, Tensor)"/>
    public void Enroll(IReadOnlyList<string> names, Tensor embeddings)
    {
        ArgumentNullException.ThrowIfNull(names);
        CheckWidth(embeddings);
        ArgumentException.ThrowIf(names.Count != embeddings.shape[0] || names.Any(string.IsNullOrWhiteSpace),
            $"{names.Count} names for {embeddings.shape[0]} embeddings; give one that is not empty for each", nameof(names));
        using var scope = NewDisposeScope();
        var pictures = names.CountBy(name => name, StringComparer.Ordinal).ToList();
        var rows = pictures.Select((pair, row) => (pair.Key, row)).ToDictionary(StringComparer.Ordinal);
        Tensor sums = zeros([rows.Count, embeddings.shape[1]], ScalarType.Float64)
            .AddRowsInPlace(tensor(names.Select(name => (long)rows[name]).ToArray()), Directions.Of(embeddings).cpu());
        foreach (var (name, row) in rows)
        {
            if (_people.TryGetValue(name, out var known, out int place))
            {
                sums[row] = sums[row].Plus(_templates![place].to(ScalarType.Float64).Times(known.Length));
            }
        }

        double[] lengths = Directions.ToArray(UnitVectors.Lengths(sums));
        int cancelled = Array.FindIndex(lengths, length => length < ShortestSum);
        ArgumentException.ThrowIf(cancelled >= 0,
            $"the embeddings of '{pictures[cancelled].Key}' cancel out, their mean has no direction; leave one out", nameof(embeddings));

        // What may fail comes before the first change.
        Reserve(Count + rows.Keys.Count(name => !_people.ContainsKey(name)), embeddings.shape[1]);
        Tensor unit = sums.div_(tensor(lengths).unsqueeze(1)).to(ScalarType.Float32);
        var places = pictures.Select((pair, row) => Place(pair.Key, new(lengths[row], pair.Value))).ToArray();
        _templates!.index_copy_(0, tensor(places), unit);
    }

    /// <summary>Takes a person out, with their template.</summary>
    /// <returns>Whether the person was there.</returns>
    public bool Remove(string name)
    {
        int place = _people.IndexOf(name), last = Count - 1;
        if (place < 0)
        {
            return false;
        }

        using var scope = NewDisposeScope();
        _templates![place].copy_(_templates[last]);
        _templates[last].zero_();
        (string moved, var person) = _people.GetAt(last);
        _people.RemoveAt(last);
        if (place < last)
        {
            _people.SetAt(place, moved, person);
        }

        return true;
    }

    /// <summary>The people who are most like each face, the likest first.</summary>
    /// <param name="embeddings">[N, D], not necessarily of length one.</param>
    /// <param name="top">How many; there are no more than people.</param>
    /// <exception cref="ArgumentException">The embeddings have another width, are not finite or have length zero.</exception>
    public IReadOnlyList<IReadOnlyList<GalleryMatch>> Search(Tensor embeddings, int top = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        CheckWidth(embeddings);
        if (Count == 0)
        {
            return [.. Enumerable.Repeat<IReadOnlyList<GalleryMatch>>([], (int)embeddings.shape[0])];
        }

        var answers = new List<IReadOnlyList<GalleryMatch>>();
        using var scope = NewDisposeScope();
        Tensor templates = _templates!.narrow(0, 0, Count);
        foreach (Tensor probes in Directions.Of(embeddings).to(ScalarType.Float32).cpu().split(Math.Max(1, ScoresAtOnce / Count)))
        {
            using var block = NewDisposeScope();
            Tensor scores = probes.shape[0] == 1 ? templates.mv(probes[0]).unsqueeze(0) : probes.mm(templates.t());
            var (values, indices) = scores.topk(Math.Min(top, Count), 1);
            var (best, who) = (values.data<float>().ToArray(), indices.data<long>().ToArray());
            answers.AddRange(best.Zip(who, (score, place) => new GalleryMatch(_people.GetAt((int)place).Key, score)).Chunk((int)values.shape[1]));
        }

        return answers;
    }

    /// <summary>Who each face is: the likest person from the threshold on, or null for a stranger.</summary>
    /// <exception cref="InvalidOperationException">No threshold was chosen.</exception>
    /// <inheritdoc cref="Search"/>
    public IReadOnlyList<GalleryMatch?> Identify(Tensor embeddings)
    {
        double threshold = Threshold ?? throw new InvalidOperationException("the gallery has no threshold: choose one with Calibrate, or set it");
        return [.. Search(embeddings).Select(best => best is [var match] && match.Score >= threshold ? match : null)];
    }

    /// <summary>Sets the threshold for a false-accept rate of one comparison, measured on all pairs of the given pictures.</summary>
    /// <remarks>Take pictures of people like those who will come, enrolled or not, whom the network was not trained on. Each person of a
    /// gallery is one more comparison: with n people and rate f, about 1 − (1 − f)ⁿ of the strangers are let in.</remarks>
    /// <param name="embeddings">[N, D], not necessarily of length one.</param>
    /// <param name="labels">The person on each, whole numbers, [N].</param>
    /// <param name="falseAcceptRate">0..1.</param>
    /// <returns>The threshold with what it gives: rates, interval, number of errors, and a warning where the pictures are too few to speak of such a rate.</returns>
    /// <exception cref="ArgumentException">What <see cref="Verification.EvaluateAllPairs(Tensor, Tensor)"/> refuses, or a rate outside 0..1.</exception>
    public OperatingPoint Calibrate(Tensor embeddings, Tensor labels, double falseAcceptRate)
    {
        OperatingPoint point = Verification.EvaluateAllPairs(embeddings, labels).OperatingPointAt(falseAcceptRate);
        Threshold = point.Threshold;
        return point;
    }

    /// <summary>Frees the templates.</summary>
    public void Dispose() => _templates?.Dispose();

    private void CheckWidth(Tensor embeddings)
    {
        Guard.RequireRows(embeddings);
        ArgumentException.ThrowIf(
            Count > 0 && embeddings.shape[1] != EmbeddingSize,
            $"the embeddings have {embeddings.shape[1]} numbers, and those of the gallery {EmbeddingSize}: take both from one network",
            nameof(embeddings));
    }

    /// <summary>The row of a person, who is entered or, where known already, gets the pictures added.</summary>
    private long Place(string name, Person person)
    {
        if (!_people.TryAdd(name, person, out int place))
        {
            _people.SetAt(place, person with { Pictures = _people.GetAt(place).Value.Pictures + person.Pictures });
        }

        return place;
    }

    private void Reserve(int count, long width)
    {
        if (_templates is { } old && old.shape[0] >= count && old.shape[1] == width)
        {
            return;
        }

        using var scope = NewDisposeScope();
        Tensor larger = zeros([Math.Max(16, 2L * count), width], ScalarType.Float32);
        if (_templates?.shape[1] == width)
        {
            larger.narrow(0, 0, _templates.shape[0]).copy_(_templates);
        }

        _templates?.Dispose();
        _templates = larger.DetachFromDisposeScope();
    }

    /// <summary>The length of the sum of a person's unit embeddings, and how many they were.</summary>
    private sealed record Person(double Length, long Pictures);
}

/// <summary>A person of a <see cref="Gallery"/> and how much a face is like theirs.</summary>
/// <param name="Name">The person.</param>
/// <param name="Score">The cosine of the angle between the face and the person's mean direction.</param>
public sealed record GalleryMatch(string Name, double Score);
