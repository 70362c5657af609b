using ArcFace.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Evaluation;

public sealed class BadInputTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _rows = eye(4, dtype: ScalarType.Float64);
    private readonly Tensor _labels = Samples.Labels(0, 0, 1, 1);
    private readonly Tensor _same = Samples.Flags(true, false, true, false);

    public static TheoryData<string, string> Embeddings => new()
    {
        { "vector", "where [N, D] is wanted" },
        { "empty", "where [N, D] is wanted" },
        { "narrow", "where [N, D] is wanted" },
        { "bool", "real numbers" },
        { "complex", "real numbers" },
        { "nan", "row 2 is not finite" },
        { "infinite", "row 2 is not finite" },
        { "zero", "row 2 has length zero" },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Embeddings))]
    public void Embeddings_that_are_none_are_refused_everywhere(string kind, string message)
    {
        Tensor bad = Bad(kind);
        Action[] calls =
        [
            () => Verification.Evaluate(bad, _rows, _same),
            () => Verification.Evaluate(_rows, bad, _same),
            () => Verification.EvaluateAllPairs(bad, _labels),
            () => Verification.EvaluateAllPairs(_rows, _labels, bad, _labels),
            () => Verification.Bootstrap(bad, _rows, _labels, _labels.roll(1)),
            () => Identification.Evaluate(bad, _labels, _rows, _labels),
            () => Identification.Evaluate(_rows, _labels, bad, _labels),
            () => Retrieval.Evaluate(bad, _labels),
            () => Retrieval.Evaluate(_rows, _labels, bad, _labels),
            () => AngleStatistics.Measure(bad, _labels),
            () => AngleStatistics.Measure(bad, _labels, _rows),
            () => AngleStatistics.Measure(_rows, _labels, bad),
            () => FlipAveraging.Combine(bad, bad),
        ];
        foreach (Action call in calls)
        {
            Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Missing_tensors_are_refused_by_name()
    {
        Assert.Throws<ArgumentNullException>("left", () => Verification.Evaluate(null!, _rows, _same));
        Assert.Throws<ArgumentNullException>("same", () => Verification.Evaluate(_rows, _rows, null!));
        Assert.Throws<ArgumentNullException>("labels", () => Retrieval.Evaluate(_rows, null!));
        Assert.Throws<ArgumentNullException>("galleryLabels", () => Identification.Evaluate(_rows, null!, _rows, _labels));
        Assert.Throws<ArgumentNullException>("weight", () => AngleStatistics.Measure(_rows, _labels, null!));
    }

    [Fact]
    public void Lengths_and_sizes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>("right", () => Verification.Evaluate(_rows, eye(3, 4), _same));
        Assert.Throws<ArgumentException>("right", () => Verification.Evaluate(_rows, ones(4, 3), _same));
        Assert.Throws<ArgumentException>("same", () => Verification.Evaluate(_rows, _rows, ones(3)));
        Assert.Throws<ArgumentException>("same", () => Verification.Evaluate(_rows, _rows, ones(4, 1)));
        Assert.Throws<ArgumentException>("foldOfPair", () => Verification.Evaluate(_rows, _rows, _same, ones(3, ScalarType.Int64)));
        Assert.Throws<ArgumentException>("labels", () => Retrieval.Evaluate(_rows, ones(5, ScalarType.Int64)));
        Assert.Throws<ArgumentException>("probes", () => Identification.Evaluate(_rows, _labels, ones(4, 3), _labels));
        Assert.Throws<ArgumentException>("weight", () => AngleStatistics.Measure(_rows, _labels, ones(2, 3)));
    }

    [Fact]
    public void Labels_must_be_whole_numbers_and_flags_zero_or_one()
    {
        Assert.Throws<ArgumentException>("labels", () => Retrieval.Evaluate(_rows, ones(4)));
        Assert.Throws<ArgumentException>("labels", () => Retrieval.Evaluate(_rows, _same));
        ArgumentException error = Assert.Throws<ArgumentException>(
            "same", () => Verification.Evaluate(_rows, _rows, Samples.Labels(1, 0, -1, 1)));
        Assert.Contains("same[2] is -1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("same", () => Verification.Evaluate(_rows, _rows, tensor(new[] { 1, 0, double.NaN, 1 })));
    }

    [Fact]
    public void A_question_with_only_one_answer_is_refused()
    {
        Tensor one = zeros(4, ScalarType.Int64);
        Tensor own = arange(4, ScalarType.Int64);
        Assert.Throws<ArgumentException>("same", () => Verification.Evaluate(_rows, _rows, ones(4)));
        ArgumentException error = Assert.Throws<ArgumentException>("same", () => Verification.Evaluate(_rows, _rows, zeros(4)));
        Assert.Contains("0 genuine and 4 impostor pairs: add genuine pairs", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("labels", () => Verification.EvaluateAllPairs(_rows, one));
        Assert.Throws<ArgumentException>("labels", () => Verification.EvaluateAllPairs(_rows, own));
        Assert.Throws<ArgumentException>("rightLabels", () => Verification.EvaluateAllPairs(_rows, one, _rows, one));
        Assert.Throws<ArgumentException>("rightIdentities", () => Verification.Bootstrap(_rows, _rows, own, own));
        Assert.Throws<ArgumentException>("labels", () => Retrieval.Evaluate(_rows, one));
        Assert.Throws<ArgumentException>("labels", () => Retrieval.Evaluate(_rows, own));
        Assert.Throws<ArgumentException>("queryLabels", () => Retrieval.Evaluate(_rows, own, _rows, own + 4));
        Assert.Throws<ArgumentException>("labels", () => AngleStatistics.Measure(_rows, one));
        Assert.Throws<ArgumentException>("labels", () => AngleStatistics.Measure(_rows, one, _rows));
        Assert.Throws<ArgumentException>("probeLabels", () => Identification.Evaluate(_rows, own, _rows, own + 4));
        Assert.Throws<ArgumentException>("galleryLabels", () => Identification.Evaluate(_rows, one, _rows, one));
    }

    [Fact]
    public void Folds_and_classes_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("folds", () => Verification.Evaluate(_rows, _rows, _same, 1));
        Assert.Throws<ArgumentException>("foldOfPair", () => Verification.Evaluate(_rows, _rows, _same, ones(4, ScalarType.Int64)));
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(
            "labels", () => AngleStatistics.Measure(_rows, _labels + 3, _rows));
        Assert.Contains("class label 4 is outside 0..3", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("labels", () => AngleStatistics.Measure(_rows, _labels - 1, _rows));
    }

    [Fact]
    public void Pictures_that_cancel_out_are_refused()
    {
        Tensor opposed = cat([ones(1, 3), -ones(1, 3), eye(3).slice(0, 0, 2, 1)]);
        Assert.Throws<ArgumentException>("embeddings", () => AngleStatistics.Measure(opposed, _labels));
        Assert.Throws<ArgumentException>("gallery", () => Identification.Evaluate(opposed, _labels, opposed, _labels));
    }

    private Tensor Bad(string kind)
    {
        Tensor rows = _rows.clone();
        switch (kind)
        {
            case "vector": return ones(4);
            case "empty": return zeros(0, 4);
            case "narrow": return zeros(4, 0);
            case "bool": return _rows.to(ScalarType.Bool);
            case "complex": return _rows.to(ScalarType.ComplexFloat64);
            case "nan": rows[2, 1] = double.NaN; return rows;
            case "infinite": rows[2, 1] = double.NegativeInfinity; return rows;
            default: rows[2] = zeros(4, ScalarType.Float64); return rows;
        }
    }
}
