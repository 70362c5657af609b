using System.Reflection;

namespace ArcFace.Notebooks;

/// <summary>Checks the answers to a notebook's exercises, and tells which of the foreseen mistakes was made.</summary>
/// <remarks>
/// An answer that is not there yet (null) is reported as such. A wrong answer that equals a foreseen wrong one gets its
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

    // Case and outer blanks do not count.
    private void Choice(string exercise, string? answer, string expected, (string Wrong, string Why)[] mistakes)
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
