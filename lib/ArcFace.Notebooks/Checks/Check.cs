namespace ArcFace.Notebooks;

/// <summary>Checks the answers to a notebook's exercises, and tells which of the foreseen mistakes was made.</summary>
/// <remarks>
/// An answer that is not there yet (null) is reported as such. A wrong answer that equals a foreseen wrong one gets its
/// explanation; the right answer is never printed. In the solutions the checks are strict: anything but a right answer throws.
/// </remarks>
/// <param name="strict">Whether anything but a right answer throws.</param>
public sealed class Check(bool strict = false)
{
    private const string Right = "right", NotYet = "not yet", NotRight = "not right: ";

    /// <summary>Checks the answer to an exercise of the series; what is right and which mistakes are foreseen stands in the library.</summary>
    /// <param name="id">Notebook and exercise, such as <c>03-2</c>.</param>
    /// <param name="answer">A number of any type, a sequence of numbers, a tensor or a word; null as long as there is none.</param>
    /// <exception cref="ArgumentException">There is no such exercise.</exception>
    /// <exception cref="CheckFailedException">The check is strict and the answer not right.</exception>
    public void Exercise(string id, object? answer)
    {
        Exercise exercise = Exercises.Find(id);
        string told = $"Exercise {id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..]}: ";
        string verdict = exercise.Words is { } words ? OfWord(words, exercise, answer as string) : OfNumbers(exercise, answer);
        if (strict && verdict != Right)
        {
            throw new CheckFailedException(told + verdict);
        }

        Console.WriteLine(told + verdict);
    }

    /// <summary>The same for a function: the library calls it, and passes fresh arguments each time.</summary>
    /// <exception cref="ArgumentException">There is no such exercise.</exception>
    /// <exception cref="CheckFailedException">The check is strict and the answer not right.</exception>
    public void Exercise(string id, Delegate answer) => Exercise(id, (object)answer);

    private static string OfNumbers(Exercise exercise, object? answer)
    {
        try
        {
            return exercise.Ask(answer) is not Answer[] given ? NotYet : WhatIsWrong(exercise, given) is { } why ? NotRight + why : Right;
        }
        catch (TargetInvocationException error)
        {
            return $"{NotRight}your code stops with: {error.InnerException!.Message}";
        }
        catch (ArgumentException error)
        {
            return NotRight + error.Message;
        }
    }

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
    private static string OfWord(string[] words, Exercise exercise, string? answer)
    {
        string? word = answer?.Trim();
        int index = Array.FindIndex(words, one => string.Equals(one, word, StringComparison.OrdinalIgnoreCase));
        return string.IsNullOrEmpty(word) ? NotYet
            : index == 0 ? Right
            : index > 0 ? NotRight + exercise.Mistakes[index - 1].Why
            : $"{NotRight}'{word}' is none of: {string.Join(", ", words.Order(StringComparer.Ordinal))}";
    }
}

/// <summary>A strict <see cref="Check"/> found an exercise unanswered or wrong, or <see cref="Claims"/> a sentence that is not true.</summary>
/// <param name="message">Which, and what is wrong with it.</param>
public sealed class CheckFailedException(string message) : Exception(message);
