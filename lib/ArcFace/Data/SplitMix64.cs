namespace ArcFace.Data;

/// <summary>A small random generator whose whole state is one number, so that a checkpoint can hold it and a run can go on from it.</summary>
/// <remarks>The same seed gives the same numbers on every platform and in every version of .NET, which <see cref="Random"/> does not
/// promise. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, figure 17. Not for secrets. Not
/// safe for use by several threads at once.</remarks>
/// <param name="state">The seed, or a <see cref="State"/> to go on from. Every value is good, zero too.</param>
public sealed class SplitMix64(ulong state)
{
    private const ulong GoldenGamma = 0x9e3779b97f4a7c15;

    /// <summary>Everything there is to save: a generator made with this value goes on with the same numbers.</summary>
    public ulong State { get; private set; } = state;

    /// <summary>Spreads the bits of <paramref name="value"/>: a bijection of 64 bits, the generator's output function.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }

    /// <summary>The next 64 bits, uniform.</summary>
    public ulong NextUInt64()
    {
        State += GoldenGamma;
        return Mix(State);
    }

    /// <summary>The next number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The next whole number in 0..<paramref name="exclusiveMaximum"/>−1, every one equally likely.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMaximum"/> is below 1.</exception>
    public int NextInt32(int exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMaximum);

        // Lemire's method: the high half of a product is uniform once the few lowest products are drawn again.
        ulong range = (ulong)exclusiveMaximum;
        ulong high = Math.BigMul(NextUInt64(), range, out ulong low);
        ulong uneven = unchecked(0 - range) % range;
        while (low < uneven)
        {
            high = Math.BigMul(NextUInt64(), range, out low);
        }

        return (int)high;
    }

    /// <summary>Puts <paramref name="items"/> into an order of which every one is equally likely (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int last = items.Length - 1; last > 0; last--)
        {
            int other = NextInt32(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
