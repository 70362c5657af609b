using System.Collections.Concurrent;
using ArcFace.Data;
using ArcFace.Notebooks.Lessons.Faces;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Lessons;

/// <summary>
/// An endless supply of people who do not exist: person p, picture k is always the same picture, whenever and in whichever
/// batch it is drawn.
/// </summary>
/// <remarks>
/// A person is some forty numbers (the shape of head, eyes, brows, nose, mouth and hair, the colours, the marks), drawn from
/// a key that is a bijection of seed, split and person number, so that no person is in two splits. A picture adds what a
/// network must learn to look past: turn, nod and tilt of the head, distance, light, expression, glasses or mask,
/// background, blur, noise. One picture a thread, on as many threads as torch may use. Several threads may draw at once. The
/// first pictures of a process take many times as long, until the runtime has compiled the formulas well.
/// </remarks>
public sealed class SyntheticFaces : IDisposable
{
    private readonly SyntheticFacesOptions _options;
    private readonly FaceCamera _camera;
    private readonly ConcurrentBag<FaceRenderer> _renderers = [];

    /// <summary>Opens a population.</summary>
    /// <param name="options">How the pictures look; the defaults if none are given.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public SyntheticFaces(SyntheticFacesOptions? options = null)
    {
        _options = options ?? new SyntheticFacesOptions();
        ArgumentOutOfRangeException.ThrowIf(
            _options.Size is < 16 or > 512, $"Size {_options.Size} is outside 16..512 pixels; 64 and 112 are usual", nameof(options));
        ArgumentOutOfRangeException.ThrowIf(
            !(_options.Difficulty >= 0 && _options.Difficulty <= 1), $"Difficulty {_options.Difficulty} is outside 0..1", nameof(options));
        ArgumentOutOfRangeException.ThrowIf(
            !Enum.IsDefined(_options.Split), $"Split {_options.Split} is none of Training, Validation, Test", nameof(options));
        _camera = new FaceCamera(_options.Size, Channels);
    }

    /// <summary>1 for grey pictures, 3 for colour.</summary>
    public int Channels => _options.Colour ? 3 : 1;

    /// <summary>Draws picture <paramref name="pictures"/>[i] of person <paramref name="people"/>[i], for every i.</summary>
    /// <param name="people">Numbers of people, each from 0 to 2³²−1.</param>
    /// <param name="pictures">As many numbers of pictures, each 0 or more.</param>
    /// <returns>[N, channels, size, size] float32 from 0 to 1; it belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The two differ in length, or are empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public Tensor Render(ReadOnlySpan<long> people, ReadOnlySpan<long> pictures)
    {
        ArgumentException.ThrowIf(people.Length != pictures.Length || people.IsEmpty,
            $"{people.Length} people and {pictures.Length} pictures; give one picture number for each person", nameof(pictures));
        for (int i = 0; i < people.Length; i++)
        {
            Check(people[i], pictures[i], nameof(people), nameof(pictures));
        }

        // Each thread draws with a renderer of its own.
        Tensor result = empty([people.Length, Channels, _options.Size, _options.Size]);
        long[] personOf = people.ToArray(), pictureOf = pictures.ToArray();
        var threads = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        Parallel.For(0, personOf.Length, threads, TakeRenderer, Draw, _renderers.Add);
        return result;

        FaceRenderer TakeRenderer() => _renderers.TryTake(out FaceRenderer? renderer) ? renderer : new FaceRenderer(_options.Size, Channels);
        FaceRenderer Draw(int number, ParallelLoopState state, FaceRenderer renderer)
        {
            using Tensor picture = result.select(0, number);
            FacePlan plan = Plan(personOf[number], pictureOf[number]);
            _camera.Take(plan, renderer.Draw(plan), MemoryMarshal.Cast<byte, float>(picture.bytes));
            return renderer;
        }
    }

    /// <summary>A data set of <paramref name="people"/> people with <paramref name="picturesPerPerson"/> pictures of each.</summary>
    /// <param name="people">How many, at least 1.</param>
    /// <param name="picturesPerPerson">How many of each, at least 1.</param>
    /// <param name="firstPerson">The number of the first person, who gets label 0.</param>
    /// <param name="firstPicture">The number of the first picture of each.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public LabeledImages Generate(int people, int picturesPerPerson, long firstPerson = 0, long firstPicture = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(people);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(picturesPerPerson);
        int[] rows = [.. Enumerable.Range(0, checked(people * picturesPerPerson))];
        long[] labels = Array.ConvertAll(rows, row => (long)(row / picturesPerPerson));
        long[] pictures = Array.ConvertAll(rows, row => firstPicture + (row % picturesPerPerson));
        using var scope = NewDisposeScope();
        Tensor images = Render([.. labels.Select(label => firstPerson + label)], pictures);
        return new LabeledImages(
            images, tensor(labels), [.. Enumerable.Range(0, people).Select(label => $"person {firstPerson + label}")]);
    }

    /// <summary>Where five points of the face lie in a picture, also where glasses, a mask or the turn of the head hide them.</summary>
    /// <param name="person">The number of the person, from 0 to 2³²−1.</param>
    /// <param name="picture">The number of the picture, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public FaceLandmarks Landmarks(long person, long picture)
    {
        Check(person, picture, nameof(person), nameof(picture));
        return new FaceProjection(Plan(person, picture), _options.Size).Landmarks();
    }

    /// <summary>Lets go of the memory to draw in.</summary>
    public void Dispose() => _renderers.Clear();

    /// <summary>The values that one picture is drawn from.</summary>
    internal FacePlan Plan(long person, long picture)
    {
        // Within a seed, different for every person of every split: all the steps are bijections.
        ulong key = SplitMix64.Mix(SplitMix64.Mix((ulong)_options.Seed) ^ (((ulong)_options.Split << 32) | (ulong)person));
        var plan = new FacePlan(Channels);
        FacePerson.Draw(key, plan);
        FaceCircumstance.Draw(SplitMix64.Mix(SplitMix64.Mix(~key) + (ulong)picture), _options.Difficulty, plan);
        return plan;
    }

    private static void Check(long person, long picture, string personName, string pictureName)
    {
        ArgumentOutOfRangeException.ThrowIf(person is < 0 or > uint.MaxValue, $"person {person} is outside 0..{uint.MaxValue}", personName);
        ArgumentOutOfRangeException.ThrowIf(picture < 0, $"picture {picture} is below 0", pictureName);
    }
}
