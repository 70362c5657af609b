using CsCheck;

namespace ArcFace.Tests;

/// <summary>Properties over generated inputs that are the same in every run.</summary>
internal static class Property
{
    /// <summary>Holds a property to inputs from a fixed seed. CsCheck's own sampling draws new ones each time.</summary>
    public static void Holds<T>(this Gen<T> inputs, Action<T> property, int count = 100)
    {
        PCG generator = new(1, 1801_07698);
        for (int i = 0; i < count; i++)
        {
            T input = inputs.Generate(generator, null, out _);
            try
            {
                property(input);
            }
            catch (Exception error)
            {
                throw new Xunit.Sdk.XunitException($"does not hold for input {i}, {Check.Print(input)}: {error.Message}", error);
            }
        }
    }

    public static void Holds<T1, T2>(this Gen<(T1 First, T2 Second)> inputs, Action<T1, T2> property) =>
        inputs.Holds(input => property(input.First, input.Second));

    public static void Holds<T1, T2, T3>(this Gen<(T1 First, T2 Second, T3 Third)> inputs, Action<T1, T2, T3> property) =>
        inputs.Holds(input => property(input.First, input.Second, input.Third));
}
