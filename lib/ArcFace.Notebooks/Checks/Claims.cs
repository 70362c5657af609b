using System.Runtime.CompilerServices;

namespace ArcFace.Notebooks;

/// <summary>Holds the sentences of a notebook that state a number, an order or a cause: quiet as long as they are true.</summary>
/// <remarks>
/// A sentence is about the notebook's parameters as they come. Where a reader has changed one, a sentence that fails is told and
/// the run goes on; otherwise it stops the run.
/// </remarks>
/// <param name="asShipped">Whether all parameters are as they come.</param>
/// <param name="settings">What they are, in C#.</param>
public sealed class Claims(bool asShipped, string settings = "")
{
    /// <summary>Holds a sentence by a condition.</summary>
    /// <exception cref="CheckFailedException">The condition is false, at the parameters as they come.</exception>
    public void That(
        bool holds, string sentence, [CallerArgumentExpression(nameof(holds))] string condition = "", [CallerLineNumber] int line = 0) =>
        Report(holds, sentence, $"{condition} is false", line);

    /// <summary>Holds a sentence by a number that must lie from <paramref name="low"/> to <paramref name="high"/>.</summary>
    /// <exception cref="CheckFailedException">It does not, or is NaN, at the parameters as they come.</exception>
    public void Between(
        double value,
        double low,
        double high,
        string sentence,
        [CallerArgumentExpression(nameof(value))] string what = "",
        [CallerLineNumber] int line = 0) =>
        Report(value >= low && value <= high, sentence, $"{what} is {value:G6}, not from {low:G6} to {high:G6}", line);

    /// <summary>Holds a sentence by one number that must be below another.</summary>
    /// <exception cref="CheckFailedException">It is not, or one is NaN, at the parameters as they come.</exception>
    public void Less(
        double smaller,
        double larger,
        string sentence,
        [CallerArgumentExpression(nameof(smaller))] string what = "",
        [CallerArgumentExpression(nameof(larger))] string than = "",
        [CallerLineNumber] int line = 0) =>
        Report(smaller < larger, sentence, $"{what} is {smaller:G6}, {than} is {larger:G6}", line);

    /// <summary>Several ways to compute one thing must agree, whatever the parameters: prints the largest difference.</summary>
    /// <param name="what">What is computed.</param>
    /// <param name="tolerance">Largest difference allowed between the first way and another.</param>
    /// <param name="ways">Numbers, sequences of numbers, or tensors, of the same length.</param>
    /// <exception cref="CheckFailedException">Two ways differ by more, in length, or one has a NaN.</exception>
    public static void Agree(string what, double tolerance, params object[] ways)
    {
        double[][] values = [.. ways.Select(Answer.Numbers)];
        if (values.FirstOrDefault(other => other.Length != values[0].Length) is { } odd)
        {
            throw new CheckFailedException($"{what}: one way has {values[0].Length} values, another {odd.Length}");
        }

        double largest = values.Skip(1).SelectMany(other => values[0].Zip(other, (a, b) => a.Equals(b) ? 0 : Math.Abs(a - b))).DefaultIfEmpty().Max();
        Console.WriteLine($"{what}: largest difference {largest:0.0E+0}");
        if (!(largest <= tolerance) || values.Any(way => way.Any(double.IsNaN)))
        {
            throw new CheckFailedException($"{what}: the difference {largest} is above {tolerance}");
        }
    }

    private void Report(bool holds, string sentence, string why, int line)
    {
        if (holds)
        {
            return;
        }

        if (asShipped)
        {
            throw new CheckFailedException($"line {line} of the cell: \"{sentence}\" does not hold: {why}");
        }

        Console.WriteLine($"No longer holds at your settings: \"{sentence}\" ({why}). It was written for {settings}.");
    }
}
