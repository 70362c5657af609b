using ArcFace.Evaluation;
using ArcFace.Faces.Recognition;
using ArcFace.Interchange;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

[Collection(TensorCounts.Name)]
public sealed class GalleryTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();
    private readonly Generator _generator = new(2);

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
        _generator.Dispose();
    }

    [Fact]
    public void A_template_is_the_mean_direction_however_the_pictures_come()
    {
        Tensor x = randn(5, 8, generator: _generator) * tensor(new[] { 1f, 10, 0.1f, 3, 7 }).unsqueeze(1);
        Tensor mean = nn.functional.normalize(nn.functional.normalize(x, dim: 1).mean([0]).unsqueeze(0), dim: 1);
        using var atOnce = new Gallery();
        atOnce.Enroll("Ann", x);
        using var oneByOne = new Gallery();
        oneByOne.Enroll(["Bo", "Ann"], x[..2].flip(0));
        oneByOne.Enroll("Ann", x[1..2]);
        oneByOne.Enroll(["Ann", "Bo", "Ann", "Ann"], x[tensor(new[] { 2L, 0, 3, 4 })]);

        // In float32: a cosine of 1 to seven digits.
        Assert.Equal(1, Assert.Single(Assert.Single(atOnce.Search(mean))).Score, 1e-6);
        Assert.Equal(1, oneByOne.Search(mean, 2)[0].Single(match => match.Name == "Ann").Score, 1e-6);
        Assert.Equal(["Bo", "Ann"], oneByOne.Names);
    }

    [Fact]
    public void A_search_gives_the_likest_people_in_order_for_one_face_and_for_many()
    {
        using var gallery = new Gallery();
        string[] names = [.. Enumerable.Range(0, 300).Select(i => $"p{i}")];
        Tensor people = randn(300, 16, generator: _generator), probes = randn(40, 16, generator: _generator);
        gallery.Enroll(names, people);
        Tensor cosines = nn.functional.normalize(probes, dim: 1).mm(nn.functional.normalize(people, dim: 1).t());
        var (values, indices) = cosines.topk(3, 1);
        var answers = gallery.Search(probes, 3);
        for (int probe = 0; probe < 40; probe++)
        {
            Assert.Equal(indices[probe].data<long>().ToArray().Select(i => names[i]), answers[probe].Select(match => match.Name));
            Assert.Equal(answers[probe].Select(match => match.Name), Assert.Single(gallery.Search(probes[probe].unsqueeze(0) * 5, 3)).Select(match => match.Name));
            Assert.All(answers[probe].Zip(values[probe].data<float>().ToArray()), pair => Assert.Equal(pair.Second, pair.First.Score, 1e-6));
        }

        Assert.Equal(300, gallery.Search(probes[..1], 1000)[0].Count);
    }

    [Fact]
    public void Below_the_threshold_a_face_is_a_stranger_s()
    {
        using var gallery = new Gallery();
        Assert.Equal([[], []], gallery.Search(eye(2)));
        gallery.Enroll(["Ann", "Bo"], eye(3)[..2]);
        Assert.Contains("Calibrate", Assert.Throws<InvalidOperationException>(() => gallery.Identify(eye(3))).Message);
        gallery.Threshold = 0.6;
        Tensor faces = tensor(new[] { 0.9f, 0.1f, 0, 0.5f, 0.5f, 1, 0.6f, 0, 0.8f }).view(3, 3);
        Assert.Equal(["Ann", null, "Ann"], gallery.Identify(faces).Select(match => match?.Name));
        Assert.Throws<ArgumentOutOfRangeException>(() => gallery.Threshold = double.NaN);
    }

    [Fact]
    public void Who_is_removed_is_found_no_more_and_the_others_are()
    {
        using var gallery = new Gallery();
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"p{i}")];
        gallery.Enroll(names, eye(40));
        foreach (string name in new[] { "p3", "p39", "p0", "p17" })
        {
            Assert.True(gallery.Remove(name));
            Assert.False(gallery.Remove(name));
        }

        var found = gallery.Search(eye(40)).Select(answer => answer[0]).ToList();
        Assert.Equal(36, gallery.Count);
        Assert.All(names.Zip(found), pair => Assert.Equal(pair.First is not ("p3" or "p39" or "p0" or "p17"), pair.First == pair.Second.Name && pair.Second.Score > 0.99));
        gallery.Enroll("p3", eye(40)[3..4]);
        Assert.Equal("p3", gallery.Search(eye(40)[3..4])[0][0].Name);
    }

    [Fact]
    public void A_saved_gallery_answers_as_before_and_takes_more_pictures_as_before()
    {
        using var gallery = new Gallery { Threshold = 0.1234567890123456789 };
        Tensor people = randn(30, 8, generator: _generator), probes = randn(6, 8, generator: _generator);
        gallery.Enroll([.. Enumerable.Range(0, 30).Select(i => $"Zoë \"{i / 3}\"\n,")], people);
        gallery.Save(_folder["g.safetensors"]);
        using Gallery loaded = Gallery.Load(_folder["g.safetensors"]);
        Assert.Equal(gallery.Threshold, loaded.Threshold);
        Assert.Equal(gallery.Names, loaded.Names);
        gallery.Enroll(gallery.Names[4], people[..2]);
        loaded.Enroll(gallery.Names[4], people[..2]);
        Assert.Equal(gallery.Search(probes, 4), loaded.Search(probes, 4));

        using var empty = new Gallery();
        empty.Save(_folder["g.safetensors"]);
        using Gallery still = Gallery.Load(_folder["g.safetensors"]);
        Assert.Equal((0, null), (still.Count, still.Threshold));
        Assert.Equal(["g.safetensors"], _folder.Names);
    }

    [Fact]
    public void A_file_that_is_no_gallery_is_refused_with_the_reason()
    {
        Dictionary<string, Tensor> Good() => new() { ["templates"] = eye(2), ["lengths"] = ones(2, ScalarType.Float64), ["pictures"] = ones(2, ScalarType.Int64) };
        Dictionary<string, string> about = new() { ["format"] = "arcface-gallery-1", ["names"] = """["Ann", "Bo"]""" };
        string path = _folder["g.safetensors"];
        void Refused(string reason, Action<Dictionary<string, Tensor>, Dictionary<string, string>> spoil)
        {
            var (tensors, text) = (Good(), new Dictionary<string, string>(about));
            spoil(tensors, text);
            Safetensors.Save(path, tensors, text);
            var error = Assert.Throws<InvalidDataException>(() => Gallery.Load(path));
            Assert.Contains(path, error.Message);
            Assert.Contains(reason, error.Message);
        }

        Safetensors.Save(path, Good(), about);
        Gallery.Load(path).Dispose();
        Refused("format", (_, text) => text.Remove("format"));
        Refused("lacks", (tensors, _) => tensors.Remove("lengths"));
        Refused("lacks", (tensors, _) => tensors["pictures"] = ones(3, ScalarType.Int64));
        Refused("lacks", (tensors, _) => tensors["templates"] = eye(2, dtype: ScalarType.Float64));
        Refused("name", (_, text) => text["names"] = """["Ann", "Ann"]""");
        Refused("name", (_, text) => text["names"] = """["Ann"]""");
        Refused("name", (_, text) => text["names"] = """["Ann", null]""");
        Refused("name", (_, text) => text["names"] = "[[[[");
        Refused("threshold", (_, text) => text["threshold"] = "high");
        Refused("length one", (tensors, _) => tensors["templates"] = eye(2) * 2);
        Refused("length one", (tensors, _) => tensors["templates"] = eye(2) * float.NaN);
        Refused("length one", (tensors, _) => tensors["lengths"] = zeros(2, ScalarType.Float64));
        Refused("length one", (tensors, _) => tensors["pictures"] = zeros(2, ScalarType.Int64));
    }

    [Fact]
    public void The_threshold_comes_from_pairs_with_its_errors_interval_and_warning()
    {
        Tensor labels = arange(120, ScalarType.Int64) / 4, people = randn(30, 6, generator: _generator);
        labels = labels.to(ScalarType.Int64);
        Tensor embeddings = people[labels] + (0.5 * randn(120, 6, generator: _generator));
        using var gallery = new Gallery();
        OperatingPoint point = gallery.Calibrate(embeddings, labels, 0.01);
        Assert.Equal(point.Threshold, gallery.Threshold);
        Assert.Null(point.Warning);
        Assert.Equal(120 * 116 / 2, point.ImpostorCount);
        Assert.InRange(point.FalseAccepts, 1, 0.01 * point.ImpostorCount);
        Assert.InRange(point.FalseAcceptRate, point.FalseAcceptInterval.Lower, point.FalseAcceptInterval.Upper);
        Assert.Contains("cannot be measured", gallery.Calibrate(embeddings, labels, 1e-5).Warning);
        Assert.Contains("30 are needed", gallery.Calibrate(embeddings, labels, 1e-3).Warning);
    }

    [Fact]
    public void What_cannot_be_enrolled_or_searched_is_refused_and_changes_nothing()
    {
        using var gallery = new Gallery();
        gallery.Enroll("Ann", eye(3)[..1]);
        Assert.Contains("cancel", Assert.Throws<ArgumentException>(() => gallery.Enroll(["Bo", "Cy", "Cy"], stack([eye(3)[0], eye(3)[1], -eye(3)[1]]))).Message);
        Assert.Contains("one network", Assert.Throws<ArgumentException>(() => gallery.Enroll("Bo", eye(4))).Message);
        Assert.Throws<ArgumentException>(() => gallery.Enroll("Bo", zeros(1, 3)));
        Assert.Throws<ArgumentException>(() => gallery.Enroll(["Bo"], eye(3)));
        Assert.Throws<ArgumentException>(() => gallery.Enroll(" ", eye(3)));
        Assert.Throws<ArgumentException>(() => gallery.Search(eye(2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => gallery.Search(eye(3), 0));
        Assert.Equal(["Ann"], gallery.Names);
        Assert.Equal(1, gallery.Search(eye(3)[..1])[0][0].Score, 1e-6);
    }

    [Fact]
    public void No_tensor_is_left_when_a_gallery_goes()
    {
        using var templates = randn(100, 4, generator: _generator);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var gallery = new Gallery { Threshold = 0.5 })
        {
            gallery.Enroll([.. Enumerable.Range(0, 100).Select(i => $"{i}")], templates);
            gallery.Remove("7");
            gallery.Identify(templates);
            gallery.Save(_folder["g"]);
            Gallery.Load(_folder["g"]).Dispose();
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
