using ArcFace.Notebooks.Lessons.Faces;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

[Collection(TensorCounts.Name)]
public sealed class FieldTests : IDisposable
{
    private const int Size = 19;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly PixelMemory _memory = new(Size);

    public void Dispose() => _scope.Dispose();

    /// <summary>What a formula makes of two fields x and y and one number for each picture.</summary>
    public static TheoryData<string> Formulas => [.. ByName.Keys];

    private static Dictionary<string, Func<Field, Field, Field, Field>> ByName { get; } = new()
    {
        ["sum"] = (x, y, number) => x + y + number + 0.25,
        ["difference"] = (x, y, number) => 2 - (x - y - number - 0.5),
        ["product"] = (x, y, number) => 3 * x * y * number,
        ["quotient"] = (x, y, number) => x / (2 + y.Square()) / number / 4,
        ["inverse"] = (x, y, number) => 1 / (2 + x.Square()),
        ["negative"] = (x, y, number) => -(x + y),
        ["extremes"] = (x, y, number) => Field.Min(Field.Max(x, y), number),
        ["bounds"] = (x, y, number) => x.AtLeast(-0.5).AtMost(0.75) + y.Clamp(-0.25, 0.25),
        ["absolute"] = (x, y, number) => x.Abs() + y.Sign(),
        ["power"] = (x, y, number) => (x.Square() + 0.01).Power(number).Sqrt(),
        ["sine"] = (x, y, number) => (9 * x).Sin() + (x + y).Sigmoid(),
        ["across"] = (x, y, number) => x.Keep().DifferenceAcross(),
        ["down"] = (x, y, number) => x.Keep().DifferenceDown(),
    };

    [Theory]
    [MemberData(nameof(Formulas))]
    public void A_formula_gives_the_same_in_memory_and_by_torch(string formula)
    {
        manual_seed(7);
        Tensor x = randn(1, 1, Size, Size), y = randn(1, 1, Size, Size), number = tensor(1.5f).reshape(1, 1, 1, 1);
        Field byTorch = ByName[formula](x, y, number);
        Field inMemory = ByName[formula](InMemory(x), InMemory(y), 1.5);
        float[] expected = byTorch.Tensor.data<float>().ToArray();
        for (int i = 0; i < expected.Length; i++)
        {
            // A few roundings of single precision.
            Assert.Equal(expected[i], inMemory.Pixels[i], 1e-5f * (1 + Math.Abs(expected[i])));
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
        Field x = InMemory(rand(1, 1, Size, Size));
        Field sum = x + 1;
        Field product = sum * 2;
        Assert.True(product.Pixels == sum.Pixels);
        Assert.False(product.Pixels == x.Pixels);
    }

    [Fact]
    public void A_field_that_a_formula_has_used_up_is_refused()
    {
        Field used = InMemory(rand(1, 1, Size, Size)) + 1, usedTensor = (Field)rand(1, 1, 4, 4) + 1;
        _ = used * 2;
        _ = usedTensor.Abs();
        Assert.Contains("keep", Assert.Throws<InvalidOperationException>(() => used + 1).Message);
        Assert.Contains("keep", Assert.Throws<InvalidOperationException>(() => usedTensor.Square()).Message);
    }

    [Fact]
    public void A_kept_field_stays_as_it_is()
    {
        Field kept = (InMemory(rand(1, 1, Size, Size)) + 1).Keep();
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
    public void A_blur_is_the_same_in_memory_and_by_torch(double deviation)
    {
        Tensor picture = rand(1, 1, Size, Size), column = tensor((float)deviation).reshape(1, 1, 1, 1);
        Field byTorch = new TensorCanvas(1, Size, zeros(1)).Blur(picture, column);
        Field inMemory = new PixelCanvas(Size, []).Blur(InMemory(picture), deviation);
        float[] expected = byTorch.Tensor.data<float>().ToArray();
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], inMemory.Pixels[i], 1e-6f);
        }
    }

    [Fact]
    public void A_blur_leaves_an_even_picture_as_it_is()
    {
        var canvas = new PixelCanvas(Size, []);
        Field blurred = canvas.Blur(canvas.Filled(0.5f), 2.5);
        Assert.All(blurred.Pixels.ToArray(), value => Assert.Equal(0.5f, value, 1e-6f));
    }

    private Field InMemory(Tensor values)
    {
        PixelMemory.Buffer buffer = _memory.Lend();
        values.data<float>().ToArray().CopyTo(buffer.Values, 0);
        return buffer;
    }
}
