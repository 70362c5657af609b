using System.Globalization;
using System.Text.Json;
using ArcFace.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Losses;

/// <summary>Losses and gradients computed elsewhere with 60 digits.</summary>
public sealed class GoldenTests
{
    private static readonly JsonDocument Golden = Read();

    public static TheoryData<string> Names() => [.. Cases().Select(c => c.GetProperty("name").GetString()!)];

    // Double precision leaves about 1e-16 a step, times the scale 64 and the steps on the way.
    [Theory]
    [MemberData(nameof(Names))]
    public void Double_precision_meets_the_sixty_digit_values_to_1e_minus_10(string name) => Meets(name, ScalarType.Float64, 1e-10);

    // Single precision has 6e-8 a step, and the scale 64 multiplies what a cosine is off.
    [Theory]
    [MemberData(nameof(Names))]
    public void Single_precision_meets_the_sixty_digit_values_to_1e_minus_5(string name) => Meets(name, ScalarType.Float32, 1e-5);

    [Fact]
    public void All_eighteen_cases_are_there() => Assert.Equal(18, Cases().Count());

    private static void Meets(string name, ScalarType type, double tolerance)
    {
        Meets(name, type, tolerance, MarginKernel.Eager);
        Meets(name, type, tolerance, MarginKernel.Fused);
    }

    private static void Meets(string name, ScalarType type, double tolerance, MarginKernel kernel)
    {
        using DisposeScope scope = NewDisposeScope();
        JsonElement golden = Cases().Single(c => c.GetProperty("name").GetString() == name);
        Tensor labels = tensor(golden.GetProperty("labels").EnumerateArray().Select(v => v.GetInt64()).ToArray());

        (double loss, Tensor[] gradients) = Gradient.ByAutograd(
            inputs => Loss(golden, inputs[0], inputs[1], labels, kernel),
            Matrix(golden, "embeddings").to(type),
            Matrix(golden, "weight").to(type));

        double expected = double.Parse(golden.GetProperty("loss").GetString()!, CultureInfo.InvariantCulture);
        Assert.InRange(loss / expected, 1 - tolerance, 1 + tolerance);
        Assert.InRange(Gradient.RelativeError(Matrix(golden, "embedding_gradient"), gradients[0]), 0, tolerance);
        Assert.InRange(Gradient.RelativeError(Matrix(golden, "weight_gradient"), gradients[1]), 0, tolerance);
    }

    private static Tensor Loss(JsonElement golden, Tensor embeddings, Tensor weight, Tensor labels, MarginKernel kernel)
    {
        double smoothing = golden.GetProperty("label_smoothing").GetDouble();
        if (!golden.GetProperty("normalised").GetBoolean())
        {
            return CrossEntropy.FromLogits(embeddings.matmul(weight.t()), labels, smoothing);
        }

        MarginSoftmaxOptions options = new()
        {
            Margin = new AngularMargin(
                golden.GetProperty("m1").GetDouble(), golden.GetProperty("m2").GetDouble(), golden.GetProperty("m3").GetDouble()),
            Scale = golden.GetProperty("scale").GetDouble(),
            Boundary = Enum.Parse<MarginBoundary>(golden.GetProperty("boundary").GetString()!, ignoreCase: true),
            CentersPerClass = golden.GetProperty("centers_per_class").GetInt32(),
            LabelSmoothing = smoothing,
            Kernel = kernel,
        };
        return MarginSoftmaxLoss.Evaluate(embeddings, weight, labels, options);
    }

    private static Tensor Matrix(JsonElement golden, string property)
    {
        JsonElement rows = golden.GetProperty(property);
        double[] values = [.. rows.EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetDouble())];
        return tensor(values).reshape(rows.GetArrayLength(), -1);
    }

    private static JsonElement.ArrayEnumerator Cases() => Golden.RootElement.GetProperty("cases").EnumerateArray();

    private static JsonDocument Read()
    {
        using Stream stream = typeof(GoldenTests).Assembly.GetManifestResourceStream("golden-losses.json")!;
        return JsonDocument.Parse(stream);
    }
}
