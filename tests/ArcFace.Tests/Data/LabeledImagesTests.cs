using ArcFace.Data;
using ArcFace.Notebooks.Lessons;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Data;

[Collection(TensorCounts.Name)]
public sealed class LabeledImagesTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_set_outlives_the_scope_that_it_was_made_in()
    {
        LabeledImages set;
        using (NewDisposeScope())
        {
            set = Sample(0, 1, 1);
        }

        Assert.Equal(3, set.Count);
        set.Dispose();
        Assert.True(set.Images.IsInvalid && set.Labels.IsInvalid);
    }

    [Fact]
    public void Sizes_are_those_of_the_images()
    {
        using var set = new LabeledImages(zeros(2, 3, 4, 5), zeros(2, int64), ["only"]);
        Assert.Equal((2, 3, 4, 5, 1), (set.Count, set.Channels, set.Height, set.Width, set.ClassCount));
        Assert.Equal([2, 60], set.Flatten().shape);
    }

    [Fact]
    public void Selected_images_come_in_the_order_asked_for()
    {
        using LabeledImages set = Sample(0, 1, 2, 1);
        using LabeledImages chosen = set.Select([3, 0, 3]);
        Assert.Equal([3, 0, 3], Marks(chosen));
        Assert.Equal([1L, 0, 1], chosen.Labels.data<long>().ToArray());
        Assert.Equal(set.ClassNames, chosen.ClassNames);
    }

    [Fact]
    public void Selected_classes_are_counted_anew_in_the_order_given()
    {
        using LabeledImages set = Sample(0, 1, 2, 1, 2, 0);
        using LabeledImages chosen = set.SelectClasses(2, 0);
        Assert.Equal([0, 2, 4, 5], Marks(chosen));
        Assert.Equal([1L, 0, 0, 1], chosen.Labels.data<long>().ToArray());
        Assert.Equal(["c2", "c0"], chosen.ClassNames);
    }

    [Fact]
    public void A_split_keeps_every_image_once_and_every_class_in_proportion()
    {
        using LabeledImages digits = Digits.Load();
        (LabeledImages train, LabeledImages test) = digits.Split(0.8, seed: 1);
        using (train)
        using (test)
        {
            Assert.Equal([142, 146, 142, 146, 145, 146, 145, 143, 139, 144], train.CountPerClass());
            Assert.Equal(digits.CountPerClass(), train.CountPerClass().Zip(test.CountPerClass(), (a, b) => a + b));
        }

        using LabeledImages marked = Sample([.. Enumerable.Range(0, 50).Select(i => (long)(i % 3))]);
        (train, test) = marked.Split(0.5, seed: 2);
        using (train)
        using (test)
        {
            Assert.Equal(Enumerable.Range(0, 50), Marks(train).Concat(Marks(test)).Order());
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_split_and_another_seed_another()
    {
        using LabeledImages set = Sample(new long[40]);
        int[] first = TrainMarks(set, 3), again = TrainMarks(set, 3), other = TrainMarks(set, 4);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void A_split_leaves_an_image_on_either_side_of_each_class_that_has_two()
    {
        using LabeledImages set = Sample(0, 0, 1, 3, 3, 3);
        (LabeledImages train, LabeledImages test) = set.Split(0.99, seed: 1);
        using (train)
        using (test)
        {
            Assert.Equal([1, 1, 0, 2], train.CountPerClass());
            Assert.Equal([1, 0, 0, 1], test.CountPerClass());
        }
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (NewDisposeScope())
        {
            using LabeledImages digits = Digits.Load();
            using LabeledImages some = digits.SelectClasses(3, 5);
            (LabeledImages train, LabeledImages test) = some.Split(0.7, seed: 1);
            using LabeledImages copy = train.To(CPU);
            copy.CountPerClass();
            train.Dispose();
            test.Dispose();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Sets_that_are_not_as_described_are_refused_by_name()
    {
        Tensor images = zeros(2, 1, 4, 4), labels = zeros(2, int64);
        Refused<ArgumentException>("images", () => new LabeledImages(zeros(2, 16), labels, ["a"]));
        Refused<ArgumentException>("images", () => new LabeledImages(images.to(float64), labels, ["a"]));
        Refused<ArgumentException>("images", () => new LabeledImages(full(2, 1, 4, 4, 255), labels, ["a"]));
        Refused<ArgumentException>("images", () => new LabeledImages(full(2, 1, 4, 4, float.NaN), labels, ["a"]));
        Refused<ArgumentException>("labels", () => new LabeledImages(images, zeros(3, int64), ["a"]));
        Refused<ArgumentException>("labels", () => new LabeledImages(images, zeros(2, int32), ["a"]));
        Refused<ArgumentOutOfRangeException>("labels", () => new LabeledImages(images, ones(2, int64), ["a"]));
        Refused<ArgumentException>("classNames", () => new LabeledImages(images, labels, []));
        Refused<ArgumentNullException>("labels", () => new LabeledImages(images, null!, ["a"]));
    }

    [Fact]
    public void Choices_outside_the_set_are_refused_by_name()
    {
        using LabeledImages set = Sample(0, 1);
        Refused<ArgumentOutOfRangeException>("indices", () => set.Select([2]));
        Refused<ArgumentOutOfRangeException>("indices", () => set.Select([-1]));
        Refused<ArgumentOutOfRangeException>("classes", () => set.SelectClasses(2));
        Refused<ArgumentException>("classes", () => set.SelectClasses(1, 1));
        Refused<ArgumentException>("classes", () => set.SelectClasses());
        Refused<ArgumentOutOfRangeException>("trainFraction", () => set.Split(1, 0));
        Refused<ArgumentOutOfRangeException>("trainFraction", () => set.Split(double.NaN, 0));
    }

    private static void Refused<TException>(string parameter, Func<object> act)
        where TException : ArgumentException =>
        Assert.Equal(parameter, Assert.Throws<TException>(act).ParamName);

    /// <summary>Image i is filled with i / 256, so that it can be told from the others wherever it goes.</summary>
    private static LabeledImages Sample(params long[] labels)
    {
        int classCount = (int)labels.Max() + 1;
        Tensor images = arange(labels.Length, dtype: float32).div(256).reshape(-1, 1, 1, 1).expand(-1, 1, 2, 2).contiguous();
        return new LabeledImages(images, tensor(labels), [.. Enumerable.Range(0, classCount).Select(label => $"c{label}")]);
    }

    private static int[] Marks(LabeledImages set) => [.. set.Images[.., 0, 0, 0].mul(256).data<float>().Select(mark => (int)mark)];

    private static int[] TrainMarks(LabeledImages set, long seed)
    {
        (LabeledImages train, LabeledImages test) = set.Split(0.5, seed);
        using (train)
        using (test)
        {
            return Marks(train);
        }
    }
}
