using System.Reflection;
using ArcFace.Notebooks.Charts;
using static TorchSharp.torch;

namespace ArcFace.Notebooks;

/// <summary>Checks the answers to a notebook's exercises, and tells which of the foreseen mistakes was made.</summary>
/// <remarks>
/// An answer that is not there yet (null or NaN) is reported as such. A wrong answer that equals a foreseen wrong one gets its
/// explanation; the right answer is never printed. In the solutions the checks are strict: anything but a right answer throws.
/// </remarks>
/// <param name="strict">Whether anything but a right answer throws.</param>
public sealed class Check(bool strict = false)
{
    /// <summary>Checks the answer to an exercise of the series; what is right and which mistakes are foreseen stands in the library.</summary>
    /// <param name="id">Notebook and exercise, such as <c>03-2</c>.</param>
    /// <param name="answer">A number of any type, a sequence of numbers, a tensor or a word; null as long as there is none.</param>
    /// <exception cref="ArgumentException">There is no such exercise.</exception>
    /// <exception cref="CheckFailedException">The check is strict and the answer not right.</exception>
    public void Exercise(string id, object? answer)
    {
        Exercise exercise = Exercises.Find(id);
        string title = $"Exercise {id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..]}";
        if (exercise.Words is [string right, .. string[] others])
        {
            Choice(title, answer as string, right, [.. others.Zip(exercise.Mistakes, (word, mistake) => (word, mistake.Why))]);
            return;
        }

        try
        {
            if (exercise.Ask(answer) is not Answer[] given)
            {
                NotYet(title);
                return;
            }

            string? why = WhatIsWrong(exercise, given);
            Report(title, why is null, why ?? "");
        }
        catch (TargetInvocationException error)
        {
            Report(title, false, $"your code stops with: {error.InnerException!.Message}");
        }
        catch (ArgumentException error)
        {
            Report(title, false, error.Message);
        }
    }

    /// <summary>The same for a function: the library calls it, and passes fresh arguments each time.</summary>
    /// <exception cref="ArgumentException">There is no such exercise.</exception>
    /// <exception cref="CheckFailedException">The check is strict and the answer not right.</exception>
    public void Exercise(string id, Delegate answer) => Exercise(id, (object)answer);

    private static string? WhatIsWrong(Exercise exercise, Answer[] given)
    {
        bool Equals(Answer[] other) => given.Length == other.Length && given.Zip(other).All(p => p.First.Is(p.Second, exercise.Tolerance));
        if (Equals(exercise.Right))
        {
            return null;
        }

        Answer right = exercise.Right[0];
        return exercise.Mistakes.FirstOrDefault(mistake => Equals(mistake.Wrong)).Why
            ?? (!given[0].HasShapeOf(right) ? $"its shape is [{string.Join(", ", given[0].Shape)}], not [{string.Join(", ", right.Shape)}]"
            : given.Any(g => g.Values.Any(double.IsNaN)) ? "NaN is in it: 0/0, ∞ − ∞, or a logarithm or root of a negative number"
            : given.Zip(exercise.Right).All(p => p.First.IsCutOff(p.Second)) && exercise.Right.Any(r => r.Values.Any(v => v != Math.Truncate(v)))
                ? "a whole number: C# drops the rest where both sides of / are whole, 1 / 6 is 0; write 1.0 / 6"
            : given is [{ Values: [double number] }] ? $"{number:G6} is not it, and it is none of the usual mistakes"
            : "the values differ, and it is none of the usual mistakes");
    }

    /// <summary>Checks a number.</summary>
    /// <param name="exercise">The exercise's name, such as <c>Exercise 1</c>.</param>
    /// <param name="answer">The reader's number; NaN as long as there is none.</param>
    /// <param name="expected">The right number.</param>
    /// <param name="tolerance">Largest difference allowed, relative to the right number (absolute where that is below 1).</param>
    /// <param name="mistakes">Foreseen wrong numbers, each with what the reader did.</param>
    /// <exception cref="CheckFailedException">The check is strict and the answer not right.</exception>
    public void Number(string exercise, double answer, double expected, double tolerance = 1e-4, params (double Wrong, string Why)[] mistakes) =>
        Compare(exercise, double.IsNaN(answer) ? null : [answer], [expected], tolerance, [.. mistakes.Select(m => (new[] { m.Wrong }, m.Why))]);

    /// <summary>Checks a function by its values at some inputs.</summary>
    /// <param name="exercise">The exercise's name.</param>
    /// <param name="answer">The reader's function; one that returns NaN everywhere counts as not there yet.</param>
    /// <param name="expected">The right function.</param>
    /// <param name="inputs">Where to compare.</param>
    /// <param name="tolerance">Largest difference allowed, relative to the right value (absolute where that is below 1).</param>
    /// <param name="mistakes">Foreseen wrong functions, each with what the reader did.</param>
    /// <exception cref="CheckFailedException">The check is strict and the answer not right.</exception>
    public void Function(
        string exercise,
        Func<double, double>? answer,
        Func<double, double> expected,
        IReadOnlyList<double> inputs,
        double tolerance = 1e-4,
        params (Func<double, double> Wrong, string Why)[] mistakes)
    {
        double[]? values = answer is null ? null : [.. inputs.Select(answer)];
        values = values?.All(double.IsNaN) == true ? null : values;
        Compare(exercise, values, [.. inputs.Select(expected)], tolerance, [.. mistakes.Select(m => (inputs.Select(m.Wrong).ToArray(), m.Why))]);
    }

    /// <summary>Checks a tensor, shape and elements.</summary>
    /// <param name="exercise">The exercise's name.</param>
    /// <param name="answer">The reader's tensor; null as long as there is none.</param>
    /// <param name="expected">The right tensor.</param>
    /// <param name="tolerance">Largest difference allowed, relative to the right element (absolute where that is below 1).</param>
    /// <param name="mistakes">Foreseen wrong tensors, each with what the reader did.</param>
    /// <exception cref="CheckFailedException">The check is strict and the answer not right.</exception>
    public void Tensor(string exercise, Tensor? answer, Tensor expected, double tolerance = 1e-4, params (Tensor Wrong, string Why)[] mistakes)
    {
        if (answer is not null && !answer.shape.SequenceEqual(expected.shape)
            && !mistakes.Any(m => m.Wrong.shape.SequenceEqual(answer.shape)))
        {
            Report(exercise, false, $"its shape is [{string.Join(", ", answer.shape)}], not [{string.Join(", ", expected.shape)}]");
            return;
        }

        Compare(exercise, answer?.ToDoubles(), expected.ToDoubles(), tolerance, [.. mistakes.Select(m => (m.Wrong.ToDoubles(), m.Why))]);
    }

    /// <summary>Checks a choice among words.</summary>
    /// <param name="exercise">The exercise's name.</param>
    /// <param name="answer">The reader's word; null or empty as long as there is none. Case and outer blanks do not count.</param>
    /// <param name="expected">The right word.</param>
    /// <param name="mistakes">The other words, each with why it is wrong.</param>
    /// <exception cref="CheckFailedException">The check is strict and the answer not right.</exception>
    public void Choice(string exercise, string? answer, string expected, params (string Wrong, string Why)[] mistakes)
    {
        string? word = answer?.Trim();
        bool Is(string other) => string.Equals(word, other, StringComparison.OrdinalIgnoreCase);
        if (string.IsNullOrEmpty(word))
        {
            NotYet(exercise);
        }
        else if (Is(expected))
        {
            Report(exercise, true, "");
        }
        else
        {
            string choices = string.Join(", ", mistakes.Select(m => m.Wrong).Append(expected).Order(StringComparer.Ordinal));
            Report(exercise, false, mistakes.FirstOrDefault(m => Is(m.Wrong)).Why ?? $"'{word}' is none of: {choices}");
        }
    }

    private void Compare(string exercise, double[]? answer, double[] expected, double tolerance, (double[] Wrong, string Why)[] mistakes)
    {
        if (answer is null)
        {
            NotYet(exercise);
        }
        else if (Equal(answer, expected, tolerance))
        {
            Report(exercise, true, "");
        }
        else
        {
            string found = answer.Length == 1 ? $"{answer[0]:G6} is not it" : "the values differ";
            Report(exercise, false, mistakes.FirstOrDefault(m => Equal(answer, m.Wrong, tolerance)).Why ?? $"{found}, and it is none of the usual mistakes");
        }
    }

    private static bool Equal(double[] left, double[] right, double tolerance) =>
        left.Length == right.Length
        && left.Zip(right).All(p => p.First.Equals(p.Second) || Math.Abs(p.First - p.Second) <= tolerance * Math.Max(1, Math.Abs(p.Second)));

    private void NotYet(string exercise)
    {
        string message = $"{exercise}: not yet";
        if (strict)
        {
            throw new CheckFailedException(message);
        }

        Console.WriteLine(message);
    }

    private void Report(string exercise, bool right, string why)
    {
        string message = right ? $"{exercise}: right" : $"{exercise}: not right: {why}";
        if (strict && !right)
        {
            throw new CheckFailedException(message);
        }

        Console.WriteLine(message);
    }
}
