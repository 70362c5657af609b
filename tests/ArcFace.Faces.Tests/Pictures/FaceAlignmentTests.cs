using System.Numerics;
using ArcFace.Data;
using ArcFace.Faces.Folders;
using ArcFace.Faces.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

[Collection(TensorCounts.Name)]
public sealed class FaceAlignmentTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_turn_a_scale_and_a_shift_are_found_from_points_that_went_through_them()
    {
        var random = new SplitMix64(1);
        for (int i = 0; i < 50; i++)
        {
            double scale = 0.1 + (3 * random.NextDouble()), angle = 6 * (random.NextDouble() - 0.5);
            var right = new SimilarityTransform(scale * Math.Cos(angle), scale * Math.Sin(angle), 100 * random.NextDouble(), -50);
            Vector2[] from = [.. Points(random).Select(point => 200 * point)];
            var found = SimilarityTransform.Between(from, [.. from.Select(right.Apply)]);

            // Points are single precision: up to 700 with 7 digits.
            Assert.Equal(scale, found.Scale, 1e-5);
            Assert.Equal(angle, found.Angle, 1e-5);
            Assert.Equal(right.X, found.X, 1e-3);
            Assert.Equal(right.Y, found.Y, 1e-3);
        }
    }

    [Fact]
    public void No_transform_close_by_comes_nearer_to_the_points()
    {
        var random = new SplitMix64(2);
        Vector2[] from = Points(random), to = Points(random);
        double Error(SimilarityTransform transform) =>
            from.Zip(to, (p, q) => (double)Vector2.DistanceSquared(transform.Apply(p), q)).Sum();
        var best = SimilarityTransform.Between(from, to);
        foreach (double step in new[] { -0.01, 0.01 })
        {
            Assert.True(Error(best) < Error(best with { A = best.A + step }));
            Assert.True(Error(best) < Error(best with { B = best.B + step }));
            Assert.True(Error(best) < Error(best with { X = best.X + step }));
            Assert.True(Error(best) < Error(best with { Y = best.Y + step }));
        }
    }

    [Fact]
    public void Points_from_which_no_turn_follows_are_refused()
    {
        Vector2 one = new(1, 2), other = new(3, 4);
        Assert.Throws<ArgumentException>(() => SimilarityTransform.Between([one], [one]));
        Assert.Throws<ArgumentException>(() => SimilarityTransform.Between([one, other], [one]));
        Assert.Throws<ArgumentException>(() => SimilarityTransform.Between([one, one], [one, other]));
        Assert.Throws<ArgumentException>(() => SimilarityTransform.Between([one, new(float.NaN, 0)], [one, other]));
    }

    [Fact]
    public void Landmarks_that_are_where_they_belong_stay_there()
    {
        var transform = FaceLandmarks.Reference.ToAligned();
        Assert.Equal(1, transform.Scale, 1e-6);
        Assert.Equal(0, transform.Angle, 1e-6);

        // At twice the size the corners of a pixel go to the corners of two: middle m to 2m + ½.
        var doubled = FaceLandmarks.Reference.ToAligned(224).Apply(new Vector2(10, 20));
        Assert.Equal(20.5, doubled.X, 1e-3);
        Assert.Equal(40.5, doubled.Y, 1e-3);
    }

    [Fact]
    public void An_aligned_picture_has_its_landmarks_where_they_belong()
    {
        // A picture 160 wide whose five landmarks are bright spots, turned by 20° and half as large again as they should be.
        var (sine, cosine) = ((float)Math.Sin(0.35), (float)Math.Cos(0.35));
        Vector2 Placed(Vector2 p) => new((1.5f * ((cosine * p.X) - (sine * p.Y))) + 60, (1.5f * ((sine * p.X) + (cosine * p.Y))) - 20);
        FaceLandmarks reference = FaceLandmarks.Reference;
        Vector2[] spots = [.. reference.Points.Select(Placed)];
        Tensor x = arange(200).reshape(1, -1), y = arange(200).reshape(-1, 1);
        Tensor picture = spots.Select(p => (((x - p.X).square() + (y - p.Y).square()) / -8).exp()).Aggregate((a, b) => a + b);
        Write("Ann/1.png", picture.unsqueeze(0), new FaceLandmarks(spots[0], spots[1], spots[2], spots[3], spots[4]));

        Tensor aligned = FaceFolder.Open(_folder.Path, new() { Colour = false }).Load(0)[0];
        Assert.Equal([112, 112], aligned.shape);
        foreach (var expected in reference.Points)
        {
            // The middle of the brightness within 5 pixels.
            int left = (int)expected.X - 5, top = (int)expected.Y - 5;
            Tensor around = aligned.narrow(0, top, 12).narrow(1, left, 12);
            Tensor weight = around / around.sum();
            Assert.Equal(expected.X, left + (weight.sum([0L]) * arange(12)).sum().item<float>(), 0.15);
            Assert.Equal(expected.Y, top + (weight.sum([1L]) * arange(12)).sum().item<float>(), 0.15);
        }
    }

    private static Vector2[] Points(SplitMix64 random) =>
        [.. Enumerable.Range(0, 5).Select(_ => new Vector2((float)random.NextDouble(), (float)random.NextDouble()))];

    private void Write(string name, Tensor picture, FaceLandmarks landmarks)
    {
        string path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        PictureFile.Save(path, picture.clamp(0, 1));
        LandmarksFile.Write(_folder["landmarks.txt"], [KeyValuePair.Create(name, landmarks)]);
    }
}
