using ArcFace.Data;
using ArcFace.Notebooks.Lessons;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

[Collection(TensorCounts.Name)]
public sealed class SyntheticFacesTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(64, true, 3)]
    [InlineData(64, false, 1)]
    [InlineData(112, true, 3)]
    [InlineData(16, false, 1)]
    public void A_set_has_as_many_pictures_of_each_person_as_asked_for(int size, bool colour, int channels)
    {
        using var faces = new SyntheticFaces(new() { Size = size, Colour = colour, Difficulty = 1 });
        using LabeledImages set = faces.Generate(people: 3, picturesPerPerson: 2, firstPerson: 7);
        Assert.Equal([6, channels, size, size], set.Images.shape);
        Assert.Equal([0L, 0, 1, 1, 2, 2], set.Labels.data<long>().ToArray());
        Assert.Equal(["person 7", "person 8", "person 9"], set.ClassNames);
    }

    [Fact]
    public void A_picture_is_the_same_whenever_and_beside_whichever_others_it_is_drawn()
    {
        using var faces = new SyntheticFaces();
        using var others = new SyntheticFaces();
        long[] people = [.. Enumerable.Range(0, 70)], pictures = [.. Enumerable.Range(0, 70).Select(i => i % 5)];
        Tensor together = faces.Render(people, pictures);
        Tensor again = others.Render(people, pictures), onceMore = faces.Render(people, pictures);
        Assert.True(together.equal(again).all().item<bool>());
        Assert.True(together.equal(onceMore).all().item<bool>());
        Assert.True(together[41].equal(others.Render([41], [1])[0]).all().item<bool>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void The_number_of_threads_changes_no_picture(int threads)
    {
        using var faces = new SyntheticFaces(new() { Size = 32 });
        long[] people = [.. Enumerable.Range(0, 40)];
        Tensor before = faces.Render(people, people);
        int usual = get_num_threads();
        set_num_threads(threads);
        try
        {
            Assert.True(before.equal(faces.Render(people, people)).all().item<bool>());
        }
        finally
        {
            set_num_threads(usual);
        }
    }

    [Fact]
    public void Several_threads_can_draw_at_once()
    {
        using var faces = new SyntheticFaces(new() { Size = 32 });
        long[] people = [.. Enumerable.Range(0, 30)];
        Tensor expected = faces.Render(people, people);
        Parallel.For(0, 8, _ =>
        {
            using DisposeScope scope = NewDisposeScope();
            Assert.True(expected.equal(faces.Render(people, people)).all().item<bool>());
        });
    }

    [Fact]
    public void Every_picture_of_every_person_is_another()
    {
        using var faces = new SyntheticFaces(new() { Size = 16 });
        using LabeledImages set = faces.Generate(12, 12);
        Assert.True(SmallestDistance(set.Flatten(), set.Flatten()) > 0.05);
    }

    [Fact]
    public void No_person_is_in_two_splits()
    {
        Tensor training = Passports(FaceSplit.Training), validation = Passports(FaceSplit.Validation), test = Passports(FaceSplit.Test);
        Assert.True(SmallestDistance(training, validation, same: false) > 0.05);
        Assert.True(SmallestDistance(training, test, same: false) > 0.05);
        Assert.True(SmallestDistance(validation, test, same: false) > 0.05);
    }

    [Fact]
    public void Another_seed_is_another_population()
    {
        Tensor one = Passports(FaceSplit.Training), other = Passports(FaceSplit.Training, seed: 1);
        Assert.True(SmallestDistance(one, other, same: false) > 0.05);
    }

    [Fact]
    public void A_person_is_recognised_by_the_pixels_alone_in_easy_pictures_and_less_in_hard_ones()
    {
        double easy = RecognisedByNearestPicture(difficulty: 0), hard = RecognisedByNearestPicture(difficulty: 1);

        // Chance is 1/40. The bounds leave room for another machine's arithmetic.
        Assert.InRange(easy, 0.6, 1);
        Assert.InRange(hard, 0.03, easy - 0.3);
    }

    [Fact]
    public void A_grey_picture_is_the_luminance_of_the_coloured_one()
    {
        using var coloured = new SyntheticFaces(new() { Difficulty = 0.3 });
        using var grey = new SyntheticFaces(new() { Difficulty = 0.3, Colour = false });
        Tensor colours = coloured.Render([1, 2, 3], [0, 0, 0]);
        Tensor expected = (colours[.., 0..1] * 0.299) + (colours[.., 1..2] * 0.587) + (colours[.., 2..3] * 0.114);

        // The noise of the two differs, and so does the colour cast by a little.
        Assert.True((grey.Render([1, 2, 3], [0, 0, 0]) - expected).abs().mean().item<float>() < 0.02f);
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var faces = new SyntheticFaces(new() { Size = 16 }))
        {
            faces.Render([1, 2], [0, 0]).Dispose();
            faces.Generate(2, 2).Dispose();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Options_and_numbers_outside_their_range_are_refused_by_name()
    {
        Refused("options", () => new SyntheticFaces(new() { Size = 15 }));
        Refused("options", () => new SyntheticFaces(new() { Size = 513 }));
        Refused("options", () => new SyntheticFaces(new() { Difficulty = 1.1 }));
        Refused("options", () => new SyntheticFaces(new() { Difficulty = double.NaN }));
        Refused("options", () => new SyntheticFaces(new() { Split = (FaceSplit)3 }));
        using var faces = new SyntheticFaces();
        Refused("people", () => faces.Render([-1], [0]));
        Refused("people", () => faces.Render([1L << 32], [0]));
        Refused("pictures", () => faces.Render([1], [-1]));
        Refused("people", () => faces.Generate(0, 1));
        Refused("picturesPerPerson", () => faces.Generate(1, 0));
        Assert.Equal("pictures", Assert.Throws<ArgumentException>(() => faces.Render([1, 2], [0])).ParamName);
        Assert.Throws<ArgumentException>(() => faces.Render([], []));
    }

    private static void Refused(string parameter, Func<object> act) =>
        Assert.Equal(parameter, Assert.Throws<ArgumentOutOfRangeException>(act).ParamName);

    private static Tensor Passports(FaceSplit split, long seed = 0)
    {
        using var faces = new SyntheticFaces(new() { Size = 16, Difficulty = 0, Split = split, Seed = seed });
        return faces.Render([.. Enumerable.Range(0, 60)], new long[60]).flatten(1);
    }

    /// <summary>The smallest root mean square difference of two pictures, which of a set and itself leaves out equal indices.</summary>
    private static double SmallestDistance(Tensor left, Tensor right, bool same = true)
    {
        Tensor distances = cdist(left, right) / Math.Sqrt(left.shape[1]);
        return (same ? distances + (eye(left.shape[0]) * 10) : distances).min().item<float>();
    }

    private static double RecognisedByNearestPicture(double difficulty)
    {
        using var faces = new SyntheticFaces(new() { Size = 32, Difficulty = difficulty });
        using LabeledImages known = faces.Generate(40, 1), asked = faces.Generate(40, 4, firstPicture: 1);
        static Tensor Middle(LabeledImages set) => set.Images[.., .., 8..24, 10..22].flatten(1);
        Tensor nearest = cdist(Middle(asked), Middle(known)).argmin(1);
        return nearest.eq(asked.Labels).to(float32).mean().item<float>();
    }
}
