using static TorchSharp.torch;

namespace ArcFace.Notebooks;

/// <summary>An exercise as the library knows it: how to call the reader's code, the right answer, and the foreseen mistakes.</summary>
/// <remarks>Without calls the answer is a value and not a function. Words: the right one first, then the others in the order of the mistakes.
/// The tolerance is relative to the largest number of the right answer.</remarks>
internal sealed record Exercise(
    object[][] Calls, Answer[] Right, (Answer[] Wrong, string Why)[] Mistakes, double Tolerance = 1e-6, string[]? Words = null)
{
    public static Exercise Number(double right, double tolerance, params (double Wrong, string Why)[] mistakes) =>
        new([], One(right), [.. mistakes.Select(m => (One(m.Wrong), m.Why))], tolerance);

    public static Exercise Word(string right, params (string Wrong, string Why)[] mistakes) =>
        new([], [], [.. mistakes.Select(m => (Array.Empty<Answer>(), m.Why))], Words: [right, .. mistakes.Select(m => m.Wrong)]);

    /// <summary>A function of one number, compared at some inputs.</summary>
    public static Exercise Function(double[] inputs, Func<double, double> right, params (Func<double, double> Wrong, string Why)[] mistakes) =>
        Function(inputs, x => [x], right, mistakes);

    /// <summary>A function that gives a number, called with <paramref name="arguments"/>(input) for each input.</summary>
    public static Exercise Function(
        double[] inputs, Func<double, object[]> arguments, Func<double, double> right, params (Func<double, double> Wrong, string Why)[] mistakes) =>
        new([.. inputs.Select(arguments)], All(inputs, right), [.. mistakes.Select(m => (All(inputs, m.Wrong), m.Why))]);

    /// <summary>A function that gives a tensor, called once.</summary>
    public static Exercise Tensor(object[] arguments, Answer right, params (Answer Wrong, string Why)[] mistakes) =>
        new([arguments], [right], [.. mistakes.Select(m => (new[] { m.Wrong }, m.Why))]);

    /// <summary>What the reader's value or function gives, one answer a call; null as long as one is missing.</summary>
    /// <exception cref="ArgumentException">It gives something else than numbers.</exception>
    /// <exception cref="TargetInvocationException">The reader's code throws.</exception>
    public Answer[]? Ask(object? given)
    {
        object?[] results = given is Delegate code && Calls.Length > 0 ? [.. Calls.Select(call => Call(code, call))] : [given];
        return results.Contains(null) ? null : [.. results.Select(Answer.Of)
            .Select(answer => answer ?? throw new ArgumentException("numbers or a tensor are asked for"))];
    }

    private static Answer[] One(double value) => [new([value], [])];

    private static Answer[] All(double[] inputs, Func<double, double> function) => [.. inputs.Select(x => One(function(x))[0])];

    // The reader's code gets fresh arguments every time, so that it may work in place. Its result may share their memory.
    private static object? Call(Delegate code, object[] arguments)
    {
        ParameterInfo[] parameters = code.Method.GetParameters()[^arguments.Length..];
        using var scope = NewDisposeScope();
        object?[] values = [.. arguments.Zip(parameters, (value, parameter) => value switch
        {
            Answer matrix => tensor(matrix.Values, matrix.Shape, dtype: ScalarType.Float64),
            long[] labels => tensor(labels),
            Array numbers => numbers.Clone(),
            _ => Convert.ChangeType(value, parameter.ParameterType, null),
        })];
        object? result = code.DynamicInvoke(values);
        return Answer.Of(result) ?? result;
    }
}
