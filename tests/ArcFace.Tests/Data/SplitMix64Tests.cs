using ArcFace.Data;
using CsCheck;

namespace ArcFace.Tests.Data;

public sealed class SplitMix64Tests
{
    [Fact]
    public void The_first_numbers_of_seed_1234567_are_those_of_the_published_algorithm()
    {
        // The sequence that implementations in many languages are tested against.
        var random = new SplitMix64(1234567);
        ulong[] numbers = [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()];
        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL], numbers);
    }

    [Fact]
    public void A_generator_made_from_a_state_goes_on_with_the_same_numbers() =>
        Gen.Select(Gen.ULong, Gen.Int[0, 50]).Sample(
            (seed, drawn) =>
            {
                var first = new SplitMix64(seed);
                for (int i = 0; i < drawn; i++)
                {
                    first.NextInt32(7);
                }

                var second = new SplitMix64(first.State);
                Assert.Equal(first.NextUInt64(), second.NextUInt64());
                Assert.Equal(first.NextDouble(), second.NextDouble());
            },
            seed: "0000000000002",
            iter: 100);

    [Fact]
    public void A_shuffle_keeps_every_item() =>
        Gen.Select(Gen.ULong, Gen.Int[0, 100]).Sample(
            (seed, count) =>
            {
                int[] items = [.. Enumerable.Range(0, count)];
                new SplitMix64(seed).Shuffle(items.AsSpan());
                Assert.Equal(Enumerable.Range(0, count), items.Order());
            },
            seed: "0000000000003",
            iter: 100);

    [Fact]
    public void Every_order_of_three_comes_equally_often()
    {
        var random = new SplitMix64(5);
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < 60_000; i++)
        {
            char[] letters = ['a', 'b', 'c'];
            random.Shuffle(letters.AsSpan());
            string order = new(letters);
            counts[order] = counts.GetValueOrDefault(order) + 1;
        }

        // Six orders, 10,000 expected of each, standard deviation 91: five of them.
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 9_544, 10_456));
    }

    [Fact]
    public void A_range_without_a_number_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SplitMix64(1).NextInt32(0));
}
