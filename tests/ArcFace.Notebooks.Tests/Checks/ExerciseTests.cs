using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Notebooks.Tests;

[Collection("Console")]
public class ExerciseTests
{
    public static TheoryData<string> Ids => [.. Exercises.Ids];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_form_of_the_right_answer_is_right(string id)
    {
        Exercise exercise = Exercises.Find(id);
        IEnumerable<object> forms = exercise.Words is [string word, ..]
            ? [word, $" {word} ", word.ToUpperInvariant(), word.ToLowerInvariant()]
            : Forms(exercise, exercise.Right);
        Assert.All(forms, form => Assert.EndsWith(": right", Told(id, form), StringComparison.Ordinal));
        Assert.True(forms.Count() >= 3);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Each_foreseen_mistake_gets_its_own_words_and_every_other_wrong_answer_some(string id)
    {
        Exercise exercise = Exercises.Find(id);
        int wrong = 0;
        for (int i = 0; i < exercise.Mistakes.Length; i++, wrong++)
        {
            object given = exercise.Words?[i + 1] ?? Forms(exercise, exercise.Mistakes[i].Wrong).First();
            Assert.EndsWith($"not right: {exercise.Mistakes[i].Why}", Told(id, given), StringComparison.Ordinal);
        }

        Assert.Contains("not yet", Told(id, exercise.Calls.Length == 0 ? (object?)null : Giving(exercise, () => null)), StringComparison.Ordinal);
        if (exercise.Words is not null)
        {
            Assert.Contains("is none of", Told(id, "nonsense"), StringComparison.Ordinal);
            return;
        }

        Answer first = exercise.Right[0];
        foreach ((Answer[] given, string words) in new (Answer[], string)[]
        {
            (Changed(exercise, v => double.NaN), "NaN is in it"),
            ([.. exercise.Right.Select(r => new Answer([.. r.Values, 1], [r.Values.Length + 1]))], "its shape is"),
            (Changed(exercise, v => (3.7 * v) + 0.123456), "none of the usual mistakes"),
        })
        {
            Assert.Contains(words, Told(id, Forms(exercise, given).First()), StringComparison.Ordinal);
            wrong++;
        }

        Assert.True(wrong >= 5, $"{wrong} wrong answers");
        if (exercise.Right.Any(r => r.Values.Any(v => v != Math.Truncate(v))) && !exercise.Mistakes.Any(m => m.Wrong.Zip(Changed(exercise, Math.Truncate)).All(p => p.First.Is(p.Second, 1e-6))))
        {
            Assert.Contains("drops the rest", Told(id, Forms(exercise, Changed(exercise, Math.Truncate)).First()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_reader_may_work_in_place_and_with_the_types_of_the_question()
    {
        static Tensor InPlace(Tensor x, Tensor weight, Tensor labels, double rate)
        {
            Tensor error = nn.functional.softmax(x.matmul(weight.t()), 1) - nn.functional.one_hot(labels, 4);
            return weight.sub_(rate * error.t().matmul(x) / x.shape[0]);
        }

        Assert.Equal("Exercise 4: right", Told("04-4", InPlace));
        static Tensor Uncast(Tensor z, Tensor y, double e) =>
            (nn.functional.softmax(z, 1) - (((1 - e) * nn.functional.one_hot(y, 10)) + (e / 10))) / z.shape[0];
        Assert.Equal("Exercise 4: right", Told("03-4", Uncast));
        Assert.Equal("Exercise 2: right", Told("06-2", 9.84));
        Assert.Equal("Exercise 3: right", Told("00-3", (45 - 28.6) / 2));
    }

    [Fact]
    public void Code_that_throws_is_told_and_an_unknown_exercise_is_an_error()
    {
        Assert.Equal("Exercise 3: not right: your code stops with: no luck", Told("03-3", double (double e) => throw new InvalidOperationException("no luck")));
        Assert.Contains("numbers or a tensor", Told("03-1", "a word"), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Check().Exercise("99-1", 1));
        Assert.Throws<CheckFailedException>(() => new Check(strict: true).Exercise("03-1", 1));
        Assert.Throws<CheckFailedException>(() => new Check(strict: true).Exercise("03-1", (object?)null));
    }

    private static Answer[] Changed(Exercise exercise, Func<double, double> change) =>
        [.. exercise.Right.Select(r => new Answer([.. r.Values.Select(change)], r.Shape))];

    // As a reader may have them: in double or single precision, as arrays, as tensors.
    private static IEnumerable<object> Forms(Exercise exercise, Answer[] answers)
    {
        if (exercise.Calls.Length == 0)
        {
            return answers[0].Values.Length == 1
                ? [answers[0].Values[0], (float)answers[0].Values[0], tensor(answers[0].Values[0]), tensor(answers[0].Values)]
                : [answers[0].Values, tensor(answers[0].Values)];
        }

        return new Func<Answer, object>[]
        {
            answer => answer.Shape.Length == 0 ? answer.Values[0] : tensor(answer.Values, answer.Shape),
            answer => tensor(answer.Values, answer.Shape),
            answer => tensor(answer.Values, answer.Shape, dtype: ScalarType.Float32),
        }.Select(form =>
        {
            int call = 0;
            return (object)Giving(exercise, () => form(answers[call++ % answers.Length]));
        });
    }

    private static Delegate Giving(Exercise exercise, Func<object?> result) => exercise.Calls[0].Length switch
    {
        1 => object? (object _) => result(),
        2 => object? (object _, object _) => result(),
        3 => object? (object _, object _, object _) => result(),
        _ => object? (object _, object _, object _, object _) => result(),
    };

    private static string Told(string id, Delegate answer) => Told(id, (object)answer);

    private static string Told(string id, object? answer)
    {
        using DisposeScope scope = NewDisposeScope();
        return Capture(() => new Check().Exercise(id, answer));
    }

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
