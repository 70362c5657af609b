using ArcFace.Notebooks.Lessons.Faces;

namespace ArcFace.Notebooks.Tests;

public sealed class PixelsTests
{
    private const int Size = 19;

    private static readonly Dictionary<string, (Func<Pixels, Pixels, double, Pixels> OfPixels, Func<double, double, double, double> OfNumbers)> ByName = new()
    {
        ["sum"] = ((x, y, number) => x + y + number + 0.25, (x, y, number) => x + y + number + 0.25),
        ["difference"] = ((x, y, number) => 2 - (x - y - number - 0.5), (x, y, number) => 2 - (x - y - number - 0.5)),
        ["product"] = ((x, y, number) => 3 * x * y * number, (x, y, number) => 3 * x * y * number),
        ["quotient"] = ((x, y, number) => x / (2 + y.Square()) / number / 4, (x, y, number) => x / (2 + (y * y)) / number / 4),
        ["inverse"] = ((x, y, number) => 1 / (2 + x.Square()), (x, y, number) => 1 / (2 + (x * x))),
        ["negative"] = ((x, y, number) => -(x + y), (x, y, number) => -(x + y)),
        ["extremes"] = ((x, y, number) => Pixels.Min(Pixels.Max(x, y), number), (x, y, number) => Math.Min(Math.Max(x, y), number)),
        ["bounds"] = (
            (x, y, number) => x.AtLeast(-0.5).AtMost(0.75) + y.Clamp(-0.25, 0.25),
            (x, y, number) => Math.Clamp(x, -0.5, 0.75) + Math.Clamp(y, -0.25, 0.25)),
        ["absolute"] = ((x, y, number) => x.Abs() + y.Sign(), (x, y, number) => Math.Abs(x) + Math.Sign(y)),
        ["power"] = (
            (x, y, number) => (x.Square() + 0.01).Power(number).Sqrt(), (x, y, number) => Math.Sqrt(Math.Pow((x * x) + 0.01, number))),
        ["power of equals"] = ((x, y, number) => x * ((Pixels)1.25).Power(number), (x, y, number) => x * Math.Pow(1.25, number)),
        ["sine"] = (
            (x, y, number) => (9 * x).Sin() + (x + y).Sigmoid(), (x, y, number) => Math.Sin(9 * x) + (1 / (1 + Math.Exp(-x - y)))),
        ["hill"] = (
            (x, y, number) => Pixels.Bump(x, 0.1, y, 0.2, 0.5, number), (x, y, number) => Hill(Q(x, 0.1, 0.5) + Q(y, 0.2, number))),
        ["ridge"] = ((x, y, number) => Pixels.Ridge(x, y, number), (x, y, number) => Hill(Q(x, y, number))),
        ["ridge of a width"] = (
            (x, y, number) => Pixels.Ridge(x, 0.5, 0.1 + y.Square()), (x, y, number) => Hill(Q(x, 0.5, 0.1 + (y * y)))),
        ["ramp"] = ((x, y, number) => Pixels.Inside(x, number / 4), (x, y, number) => Math.Clamp((x / number) + 0.5, 0, 1)),
    };

    private readonly float[] _x = Numbers(1), _y = Numbers(2);

    public static TheoryData<string> Formulas => [.. ByName.Keys];

    [Theory]
    [MemberData(nameof(Formulas))]
    public void A_formula_of_pixels_is_that_of_the_numbers_at_each(string formula)
    {
        var (ofPixels, ofNumbers) = ByName[formula];
        float[] result = new float[Pixels.AtOnce];
        for (int start = 0; start + result.Length <= _x.Length; start += result.Length)
        {
            ofPixels(Pixels.From(_x.AsSpan(start)), Pixels.From(_y.AsSpan(start)), 1.5).CopyTo(result);
            for (int i = 0; i < result.Length; i++)
            {
                // A few roundings of single precision.
                double expected = ofNumbers(_x[start + i], _y[start + i], 1.5);
                Assert.Equal(expected, result[i], 1e-5 * (1 + Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public void One_positive_pixel_is_enough_to_be_seen()
    {
        float[] values = new float[Pixels.AtOnce];
        Assert.False(Pixels.From(values).IsAnyPositive());
        values[^1] = 1e-6f;
        Assert.True(Pixels.From(values).IsAnyPositive());
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(1.7)]
    [InlineData(8)]
    public void A_blur_weighs_the_neighbours_by_a_bell_curve_cut_at_the_border(double deviation)
    {
        float[] blurred = Blurred(_x, deviation);
        double Weight(int distance) => Math.Exp(-0.5 * distance * distance / (deviation * deviation));
        for (int i = 0; i < _x.Length; i++)
        {
            double sum = 0, weights = 0;
            for (int j = 0; j < _x.Length; j++)
            {
                double weight = Weight((i / Size) - (j / Size)) * Weight((i % Size) - (j % Size));
                (sum, weights) = (sum + (weight * _x[j]), weights + weight);
            }

            Assert.Equal(sum / weights, blurred[i], 1e-5);
        }
    }

    [Fact]
    public void A_blur_leaves_an_even_picture_as_it_is()
    {
        float[] even = new float[Size * Size];
        Array.Fill(even, 0.5f);
        Assert.All(Blurred(even, 2.5), value => Assert.Equal(0.5f, value, 1e-6f));
    }

    private static float[] Blurred(float[] picture, double deviation)
    {
        float[] blurred = new float[picture.Length];
        new PixelBlur(Size, deviation).Apply(picture, blurred);
        return blurred;
    }

    private static double Q(double x, double middle, double halfWidth) => Math.Pow((x - middle) / (2 * halfWidth), 2);

    private static double Hill(double q) => Math.Pow(Math.Max(0, 1 - q), 4);

    private static float[] Numbers(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Size * Size).Select(_ => (float)((4 * random.NextDouble()) - 2))];
    }
}
