using ArcFace.Evaluation;
using ArcFace.Faces.Folders;
using ArcFace.Faces.Pictures;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Faces.Tests;

public sealed class FacePairsTests : IDisposable
{
    private static readonly string[] Eight = [.. Enumerable.Range(0, 8).Select(i => $"P{i}")];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_list_in_the_format_of_LFW_is_read()
    {
        var pairs = Read("2\t1", "Ann_Lee\t1\t4", "Ann_Lee\t2\tBo\t13", "Cy\t2\t3", "Cy\t1\tDi\t1");
        Assert.Equal((2, 1), (pairs.Folds, pairs.PairsPerKind));
        Assert.Equal(new FacePair("Ann_Lee", 1, "Ann_Lee", 4), pairs.Pairs[0]);
        Assert.Equal(new FacePair("Ann_Lee", 2, "Bo", 13), pairs.Pairs[1]);
        Assert.Equal([true, false, true, false], pairs.Pairs.Select(pair => pair.Same));
    }

    [Fact]
    public void A_list_of_one_fold_has_one_number_at_its_head_and_blanks_may_part_the_fields()
    {
        var pairs = Read("1", "Ann 1 4", "Ann 2 Bo 13", "");
        Assert.Equal((1, 1), (pairs.Folds, pairs.PairsPerKind));
        Assert.Equal(2, pairs.Pairs.Count);
    }

    [Theory]
    [InlineData(1, "many")]
    [InlineData(1, "0\t1", "Ann\t1\t2")]
    [InlineData(1, "1\t2", "Ann\t1\t2", "Ann\t1\tBo\t2")]
    [InlineData(1, "100000\t100000", "Ann\t1\t2")]
    [InlineData(2, "1\t1", "Ann\t1\tBo\t2", "Ann\t1\t2")]
    [InlineData(2, "1\t1", "Ann\t1\tx", "Ann\t1\tBo\t2")]
    [InlineData(2, "1\t1", "Ann\t0\t1", "Ann\t1\tBo\t2")]
    [InlineData(2, "1\t1", "Ann\t-1\t1", "Ann\t1\tBo\t2")]
    [InlineData(2, "1\t1", "../../etc\t1\t2", "Ann\t1\tBo\t2")]
    [InlineData(2, "1\t1", "..\t1\t2", "Ann\t1\tBo\t2")]
    [InlineData(2, "1\t1", "C:\\Ann\t1\t2", "Ann\t1\tBo\t2")]
    [InlineData(2, "1\t1", "\t1\t2", "Ann\t1\tBo\t2")]
    [InlineData(3, "1\t1", "Ann\t1\t2", "Ann\t1\t/etc/passwd\t2")]
    [InlineData(3, "1\t1", "Ann\t1\t2", "Ann\t1\tAnn\t2")]
    public void What_is_no_such_list_is_told_with_its_line(int line, params string[] lines)
    {
        string message = Assert.Throws<InvalidDataException>(() => Read(lines)).Message;
        Assert.Contains($"line {line}:", message);
        Assert.Contains(_folder["pairs.txt"], message);
    }

    [Fact]
    public void An_empty_list_is_refused()
    {
        _folder.Write("pairs.txt", default);
        Assert.Throws<InvalidDataException>(() => FacePairs.Read(_folder["pairs.txt"]));
    }

    [Fact]
    public void A_drawn_list_repeats_no_pair_and_shares_no_person_between_folds()
    {
        var pairs = FacePairs.Draw(Eight, picturesPerPerson: 3, folds: 3, pairsPerKind: 5, seed: 1);
        Assert.Equal(30, pairs.Pairs.Distinct().Count());
        Assert.All(pairs.Pairs.Where(pair => pair.Same), pair => Assert.True(pair.LeftNumber < pair.RightNumber));
        var folds = pairs.Pairs.Chunk(10)
            .Select(fold => fold.SelectMany(pair => new[] { pair.LeftPerson, pair.RightPerson }).ToHashSet())
            .ToList();
        Assert.All(pairs.Pairs.Chunk(10), fold => Assert.Equal(5, fold.Count(pair => pair.Same)));
        Assert.Equal(folds.Sum(fold => fold.Count), folds.SelectMany(fold => fold).Distinct().Count());
        Assert.Equal(pairs.Pairs, FacePairs.Draw(Eight, 3, 3, 5, seed: 1).Pairs);
        Assert.NotEqual(pairs.Pairs, FacePairs.Draw(Eight, 3, 3, 5, seed: 2).Pairs);
    }

    [Fact]
    public void A_written_list_is_read_back_the_same()
    {
        var pairs = FacePairs.Draw(Eight, 3, 2, 4, seed: 9);
        pairs.Write(_folder["pairs.txt"]);
        Assert.Equal(pairs.Pairs, FacePairs.Read(_folder["pairs.txt"]).Pairs);
    }

    [Fact]
    public void A_list_longer_than_there_are_pairs_is_not_drawn()
    {
        Assert.Throws<ArgumentException>(() => FacePairs.Draw(["A", "B"], picturesPerPerson: 2, folds: 1, pairsPerKind: 3, seed: 0));
        Assert.Throws<ArgumentException>(() => FacePairs.Draw(["A", "B"], picturesPerPerson: 2, folds: 2, pairsPerKind: 1, seed: 0));
        Assert.Throws<ArgumentException>(() => FacePairs.Draw(["A", "../B"], picturesPerPerson: 2, folds: 1, pairsPerKind: 1, seed: 0));
    }

    [Fact]
    public void Pairs_whose_pictures_are_missing_are_left_out_and_told_or_refused()
    {
        using var picture = rand(3, 8, 8);
        foreach (string name in new[] { "Ann/Ann_0001.png", "Ann/Ann_0002.png", "Bo/Bo_0001.png" })
        {
            _folder.Write(name, default);
            PictureFile.Save(_folder[name], picture);
        }

        var pairs = Read("2\t1", "Ann\t1\t2", "Ann\t1\tBo\t2", "Bo\t1\t3", "Bo\t1\tAnn\t2");
        var found = pairs.IndicesIn(FaceFolder.Open(_folder.Path));
        Assert.Equal([0L, 2], found.Left);
        Assert.Equal([1L, 1], found.Right);
        Assert.Equal([true, false], found.Same);
        Assert.Equal([0L, 1], found.Fold);
        Assert.Equal([pairs.Pairs[1], pairs.Pairs[2]], found.Missing);
        var strict = FaceFolder.Open(_folder.Path, new() { BadFiles = BadFiles.Refuse });
        Assert.Contains("Bo/Bo_0002", Assert.Throws<InvalidDataException>(() => pairs.IndicesIn(strict)).Message);
    }

    [Fact]
    public void Pairs_as_a_folder_gives_them_are_evaluated_in_their_folds()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor left = rand(12, 5), right = rand(12, 5);
        bool[] same = [.. Enumerable.Range(0, 12).Select(i => i % 4 < 2)];
        long[] fold = [.. Enumerable.Range(0, 12).Select(i => (long)(i / 4))];
        FacePairIndices pairs = new([.. Enumerable.Range(0, 12)], [.. Enumerable.Range(12, 12)], same, fold, []);
        VerificationReport expected = Verification.Evaluate(left, right, tensor(same), tensor(fold));
        Assert.Equal($"{expected}", $"{Verification.Evaluate(cat([left, right]), pairs)}");
        Assert.Throws<ArgumentException>(() => Verification.Evaluate(left, pairs));
        Assert.Throws<ArgumentException>(() => Verification.Evaluate(left, new FacePairIndices([], [], [], [], [])));
    }

    private FacePairs Read(params string[] lines)
    {
        File.WriteAllLines(_folder["pairs.txt"], lines);
        return FacePairs.Read(_folder["pairs.txt"]);
    }
}
