using ArcFace.Notebooks.Lessons.Faces;

namespace ArcFace.Notebooks.Tests;

public sealed class FieldTests
{
    private const int Size = 19;

    private static readonly Dictionary<string, (Func<Field, Field, Field, Field> OfFields, Func<double, double, double, double> OfNumbers)> ByName = new()
    {
        ["sum"] = ((x, y, number) => x + y + number + 0.25, (x, y, number) => x + y + number + 0.25),
        ["difference"] = ((x, y, number) => 2 - (x - y - number - 0.5), (x, y, number) => 2 - (x - y - number - 0.5)),
        ["product"] = ((x, y, number) => 3 * x * y * number, (x, y, number) => 3 * x * y * number),
        ["quotient"] = ((x, y, number) => x / (2 + y.Square()) / number / 4, (x, y, number) => x / (2 + (y * y)) / number / 4),
        ["inverse"] = ((x, y, number) => 1 / (2 + x.Square()), (x, y, number) => 1 / (2 + (x * x))),
        ["negative"] = ((x, y, number) => -(x + y), (x, y, number) => -(x + y)),
        ["extremes"] = ((x, y, number) => Field.Min(Field.Max(x, y), number), (x, y, number) => Math.Min(Math.Max(x, y), number)),
        ["bounds"] = (
            (x, y, number) => x.AtLeast(-0.5).AtMost(0.75) + y.Clamp(-0.25, 0.25),
            (x, y, number) => Math.Clamp(x, -0.5, 0.75) + Math.Clamp(y, -0.25, 0.25)),
        ["absolute"] = ((x, y, number) => x.Abs() + y.Sign(), (x, y, number) => Math.Abs(x) + Math.Sign(y)),
        ["power"] = (
            (x, y, number) => (x.Square() + 0.01).Power(number).Sqrt(), (x, y, number) => Math.Sqrt(Math.Pow((x * x) + 0.01, number))),
        ["sine"] = (
            (x, y, number) => (9 * x).Sin() + (x + y).Sigmoid(), (x, y, number) => Math.Sin(9 * x) + (1 / (1 + Math.Exp(-x - y)))),
    };

    private readonly PixelMemory _memory = new(Size);
    private readonly float[] _x = Numbers(1), _y = Numbers(2);

    public static TheoryData<string> Formulas => [.. ByName.Keys];

    [Theory]
    [MemberData(nameof(Formulas))]
    public void A_formula_of_fields_is_that_of_the_numbers_at_each_pixel(string formula)
    {
        var (ofFields, ofNumbers) = ByName[formula];
        Field result = ofFields(InMemory(_x), InMemory(_y), 1.5);
        for (int i = 0; i < _x.Length; i++)
        {
            // A few roundings of single precision.
            double expected = ofNumbers(_x[i], _y[i], 1.5);
            Assert.Equal(expected, result.Pixels[i], 1e-5 * (1 + Math.Abs(expected)));
        }
    }

    [Fact]
    public void Differences_reach_to_the_neighbours_and_at_the_border_to_the_pixel_itself()
    {
        Field across = InMemory(_x).DifferenceAcross(), down = InMemory(_x).DifferenceDown();
        float At(int row, int column) => _x[(Math.Clamp(row, 0, Size - 1) * Size) + Math.Clamp(column, 0, Size - 1)];
        for (int i = 0; i < _x.Length; i++)
        {
            (int row, int column) = (i / Size, i % Size);
            Assert.Equal(At(row, column + 1) - At(row, column - 1), across.Pixels[i]);
            Assert.Equal(At(row + 1, column) - At(row - 1, column), down.Pixels[i]);
        }
    }

    [Fact]
    public void Numbers_alone_give_a_number()
    {
        Field two = 2;
        Assert.Equal(0.75, (((two * 3) - 1.5) / (two + 4)).Number, 1e-12);
        Assert.Equal(1.0, (-two).Abs().Square().Sqrt().Clamp(0, 1).Number);
    }

    [Fact]
    public void A_result_takes_the_memory_of_what_it_was_made_from()
    {
        Field x = InMemory(_x);
        Field sum = x + 1;
        Field product = sum * 2;
        Assert.True(product.Pixels == sum.Pixels);
        Assert.False(product.Pixels == x.Pixels);
    }

    [Fact]
    public void A_field_that_a_formula_has_used_up_is_refused()
    {
        Field used = InMemory(_x) + 1;
        _ = used * 2;
        Assert.Contains("keep", Assert.Throws<InvalidOperationException>(() => used + 1).Message);
    }

    [Fact]
    public void A_kept_field_stays_as_it_is()
    {
        Field kept = (InMemory(_x) + 1).Keep();
        float[] before = kept.Pixels.ToArray();
        _ = (kept * 2) + kept.Square() - kept.Abs();
        Assert.Equal(before, kept.Pixels.ToArray());
    }

    [Fact]
    public void What_a_scope_lent_can_be_lent_again()
    {
        var canvas = new PixelCanvas(Size, FaceGrain.Make(Size * Size));
        Field first;
        using (canvas.NewScope())
        {
            first = canvas.Filled(1);
        }

        using (canvas.NewScope())
        {
            Assert.True(canvas.Filled(2).Pixels == first.Pixels);
            Assert.False(canvas.Filled(2).Pixels == first.Pixels);
        }
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(1.7)]
    [InlineData(8)]
    public void A_blur_weighs_the_neighbours_by_a_bell_curve_cut_at_the_border(double deviation)
    {
        Field blurred = new PixelCanvas(Size, []).Blur(InMemory(_x), deviation);
        double Weight(int distance) => Math.Exp(-0.5 * distance * distance / (deviation * deviation));
        for (int i = 0; i < _x.Length; i++)
        {
            double sum = 0, weights = 0;
            for (int j = 0; j < _x.Length; j++)
            {
                double weight = Weight((i / Size) - (j / Size)) * Weight((i % Size) - (j % Size));
                (sum, weights) = (sum + (weight * _x[j]), weights + weight);
            }

            Assert.Equal(sum / weights, blurred.Pixels[i], 1e-5);
        }
    }

    [Fact]
    public void A_blur_leaves_an_even_picture_as_it_is()
    {
        var canvas = new PixelCanvas(Size, []);
        Field blurred = canvas.Blur(canvas.Filled(0.5f), 2.5);
        Assert.All(blurred.Pixels.ToArray(), value => Assert.Equal(0.5f, value, 1e-6f));
    }

    private static float[] Numbers(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Size * Size).Select(_ => (float)((4 * random.NextDouble()) - 2))];
    }

    private Field InMemory(float[] values)
    {
        PixelMemory.Buffer buffer = _memory.Lend();
        values.CopyTo(buffer.Values, 0);
        return buffer;
    }
}
