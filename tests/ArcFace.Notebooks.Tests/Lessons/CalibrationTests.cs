using ArcFace.Notebooks.Lessons;
using CsCheck;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

public sealed class CalibrationTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void Five_predictions_give_the_figures_worked_out_by_hand()
    {
        // Confidences .9 (right), .6 (wrong), .5 (a tie, the first class, right), 1 (right), .7 (wrong); two bins.
        // (0, .5]: one, confidence .5, accuracy 1. (.5, 1]: four, confidence .8, accuracy .5.
        // ECE = 1/5·.5 + 4/5·.3 = .34. MCE = .5.
        using var scope = NewDisposeScope();
        Tensor probabilities = tensor(new[,] { { 0.9, 0.1, 0 }, { 0.6, 0.4, 0 }, { 0.5, 0.5, 0 }, { 0, 0, 1 }, { 0.2, 0.7, 0.1 } });
        CalibrationReport report = Calibration.Measure(probabilities, tensor(new long[] { 0, 1, 0, 2, 2 }), bins: 2);
        Assert.Equal(0.6, report.Accuracy, Tolerance);
        Assert.Equal(0.34, report.ExpectedCalibrationError, Tolerance);
        Assert.Equal(0.5, report.MaximumCalibrationError, Tolerance);
        Assert.Equal(new ReliabilityBin(0, 0.5, 1, 0.5, 1), report.Bins[0]);
        Assert.Equal((4, 0.5), (report.Bins[1].Count, report.Bins[1].Accuracy));
        Assert.Equal(0.8, report.Bins[1].Confidence, Tolerance);

        ConfusionMatrix confusion = report.ConfusionMatrix;
        long[] counts = [.. from row in Enumerable.Range(0, 3) from column in Enumerable.Range(0, 3) select confusion[row, column]];
        Assert.Equal([2, 0, 0, 1, 0, 0, 0, 1, 1], counts);
        Assert.Equal((1.0, 0.0, 0.5), (confusion.Recall(0), confusion.Recall(1), confusion.Recall(2)));
        Assert.Equal((2.0 / 3, 0.0, 1.0), (confusion.Precision(0), confusion.Precision(1), confusion.Precision(2)));
    }

    [Fact]
    public void A_confidence_on_an_edge_belongs_to_the_bin_below()
    {
        using var scope = NewDisposeScope();
        Tensor probabilities = tensor(new[,] { { 0.5, 0.5 }, { 0.75, 0.25 }, { 1.0, 0.0 } });
        CalibrationReport report = Calibration.Measure(probabilities, tensor(new long[] { 0, 0, 0 }), bins: 4);
        Assert.Equal([0, 1, 1, 1], report.Bins.Select(bin => bin.Count));
    }

    [Fact]
    public void Error_equals_its_definition_on_random_probabilities() =>
        Gen.Select(Gen.Select(Gen.Double[0.01, 1], Gen.Double[0.01, 1], Gen.Double[0.01, 1]), Gen.Long[0, 2]).Array[1, 60].Sample(
            samples =>
            {
                using var scope = NewDisposeScope();
                double[][] rows = [.. samples.Select(sample =>
                {
                    (double a, double b, double c) = sample.Item1;
                    return new[] { a / (a + b + c), b / (a + b + c), c / (a + b + c) };
                })];
                long[] labels = [.. samples.Select(sample => sample.Item2)];
                double expected = 0;
                for (int bin = 0; bin < 10; bin++)
                {
                    double excess = 0;
                    for (int i = 0; i < rows.Length; i++)
                    {
                        double confidence = rows[i].Max();
                        bool inside = confidence > bin / 10.0 && confidence <= (bin + 1) / 10.0;
                        excess += inside ? (Array.IndexOf(rows[i], confidence) == labels[i] ? 1 : 0) - confidence : 0;
                    }

                    expected += Math.Abs(excess) / rows.Length;
                }

                Tensor probabilities = tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, 3]);
                CalibrationReport report = Calibration.Measure(probabilities, tensor(labels), bins: 10);
                Assert.Equal(expected, report.ExpectedCalibrationError, Tolerance);
                Assert.Equal(rows.Length, report.Bins.Sum(bin => bin.Count));
            },
            seed: "0000000000001",
            iter: 100);

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void Probabilities_may_be_of_any_floating_type(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor logits = Draw.Normal(1, 100, 10) * 3;
        CalibrationReport report = Calibration.Measure(nn.functional.softmax(logits, 1).to(type), logits.argmax(1));
        Assert.Equal(1, report.Accuracy);
    }

    [Fact]
    public void Reports_print_as_aligned_tables()
    {
        using var scope = NewDisposeScope();
        Tensor probabilities = tensor(new[,] { { 0.75, 0.25 }, { 0.75, 0.25 }, { 0.0, 1.0 } });
        CalibrationReport report = Calibration.Measure(probabilities, tensor(new long[] { 0, 1, 1 }), bins: 4);
        string[] expected =
        [
            "Calibration on 3 samples",
            "accuracy                    66.67 %",
            "expected calibration error  16.67 %",
            "maximum calibration error   25.00 %",
            "confidence                  samples  mean confidence  accuracy",
            "(0.50, 0.75]                      2          75.00 %   50.00 %",
            "(0.75, 1.00]                      1         100.00 %  100.00 %",
        ];
        Assert.Equal(expected, report.ToString().ReplaceLineEndings("\n").Split('\n'));
        Assert.Equal(
            "Confusion (rows: true class, columns: predicted)\n   0  1    recall\n0  1  0  100.00 %\n1  1  1   50.00 %",
            report.ConfusionMatrix.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void What_is_no_distribution_is_refused()
    {
        using var scope = NewDisposeScope();
        Tensor labels = tensor(new long[] { 0 });
        void Refused(Tensor probabilities) =>
            Assert.Throws<ArgumentException>(nameof(probabilities), () => Calibration.Measure(probabilities, labels));
        Refused(tensor(new[,] { { 2.5, -1.5 } }));
        Refused(tensor(new[,] { { 0.9, 0.9 } }));
        Refused(tensor(new[,] { { double.NaN, 1 } }));
        Refused(tensor(new[,] { { 1L, 0L } }));
        Refused(ones(1, 1));
        Refused(zeros(0, 3));
        Refused(ones(3));
        Tensor fine = tensor(new[,] { { 0.5, 0.5 } });
        Assert.Throws<ArgumentOutOfRangeException>(() => Calibration.Measure(fine, tensor(new long[] { 2 })));
        Assert.Throws<ArgumentOutOfRangeException>(() => Calibration.Measure(fine, tensor(new long[] { -1 })));
        Assert.Throws<ArgumentException>(() => Calibration.Measure(fine, tensor(new long[] { 0, 1 })));
        Assert.Throws<ArgumentOutOfRangeException>(() => Calibration.Measure(fine, labels, bins: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConfusionMatrix.Count([3], [0], 3));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Count([0], [0, 1], 3));
    }
}
