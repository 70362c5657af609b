using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

[Collection("Console")]
public class CheckTests
{
    [Fact]
    public void A_number_within_the_tolerance_is_right() =>
        Assert.Equal("Exercise 1: right", Printed(check => check.Number("Exercise 1", 1.38629, Math.Log(4))));

    [Fact]
    public void A_stub_is_reported_as_not_yet()
    {
        Assert.Equal("Exercise 1: not yet", Printed(check => check.Number("Exercise 1", double.NaN, 1)));
        Assert.Equal("Exercise 1: not yet", Printed(check => check.Function("Exercise 1", _ => double.NaN, z => z, [1, 2])));
        Assert.Equal("Exercise 1: not yet", Printed(check => check.Choice("Exercise 1", " ", "up")));
        using Tensor expected = ones(2);
        Assert.Equal("Exercise 1: not yet", Printed(check => check.Tensor("Exercise 1", null, expected)));
    }

    [Fact]
    public void A_foreseen_mistake_is_told_and_the_right_answer_is_not()
    {
        string text = Printed(check => check.Number("Exercise 1", 2.0, Math.Log(4), mistakes: (2.0, "log base 2")));
        Assert.Equal("Exercise 1: not right: log base 2", text);
        Assert.DoesNotContain("1.386", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unforeseen_mistake_repeats_the_answer_given() =>
        Assert.Contains("7 is not it", Printed(check => check.Number("Exercise 1", 7, 1)), StringComparison.Ordinal);

    [Fact]
    public void A_function_is_compared_at_every_input()
    {
        Assert.Equal("E: right", Printed(check => check.Function("E", z => z * z, z => Math.Pow(z, 2), [-1, 0, 3])));
        Assert.Equal("E: not right: no sign", Printed(check => check.Function("E", Math.Abs, z => z, [-1, 0, 3], mistakes: (Math.Abs, "no sign"))));
    }

    [Fact]
    public void A_tensor_of_another_shape_is_told_by_its_shape()
    {
        using Tensor expected = zeros(2, 3), answer = zeros(3, 2), wrong = zeros(2), right = zeros(2, 3);
        Assert.Equal("E: not right: its shape is [3, 2], not [2, 3]", Printed(check => check.Tensor("E", answer, expected)));
        Assert.Equal("E: not right: you summed", Printed(check => check.Tensor("E", wrong, expected, mistakes: (wrong, "you summed"))));
        Assert.Equal("E: right", Printed(check => check.Tensor("E", right, expected)));
    }

    [Fact]
    public void A_choice_ignores_case_and_blanks() => Assert.Equal("E: right", Printed(check => check.Choice("E", " Up ", "up", ("down", "no"))));

    [Fact]
    public void A_word_outside_the_choice_is_answered_with_all_of_them() =>
        Assert.Contains("'left' is none of: down, up", Printed(check => check.Choice("E", "left", "up", ("down", "no"))), StringComparison.Ordinal);

    [Fact]
    public void A_strict_check_throws_on_anything_but_a_right_answer()
    {
        var strict = new Check(strict: true);
        Assert.Throws<CheckFailedException>(() => strict.Number("E", double.NaN, 1));
        Assert.Throws<CheckFailedException>(() => strict.Number("E", 2, 1));
        Assert.Equal("E: right", Capture(() => strict.Number("E", 1, 1)));
    }

    private static string Printed(Action<Check> use) => Capture(() => use(new Check()));

    internal static string Capture(Action action)
    {
        TextWriter before = Console.Out;
        using var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            action();
        }
        finally
        {
            Console.SetOut(before);
        }

        return text.ToString().TrimEnd();
    }
}
