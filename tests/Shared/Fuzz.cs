using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;

namespace ArcFace.Tests;

/// <summary>Damages good files in ways that are the same in every run, and requires that each is read or refused as documented.</summary>
/// <remarks>
/// <c>ARCFACE_FUZZ_SECONDS</c> makes each format go on for so long, from the case <c>ARCFACE_FUZZ_FIRST</c>. A file that does harm stays in the
/// temporary folder under the name that the failure tells; after a crash of the process it is the last one there.
/// </remarks>
internal static class Fuzz
{
    private const int CasesOfARun = 300;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly byte[] Telling = [0, 1, 0x7f, 0x80, 0xff, (byte)'"', (byte)'\\', (byte)'\n', (byte)'\t', (byte)',', (byte)'[', (byte)'{', (byte)'-', (byte)'9'];
    private static readonly ulong[] Sizes = [0, 1, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x7fffffffffffffff, ulong.MaxValue];

    /// <summary>Reads damaged files.</summary>
    /// <typeparam name="TError">The only exception that is documented; its message must name the file.</typeparam>
    /// <param name="ending">How the name of the file ends.</param>
    /// <param name="good">What is damaged.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="repair">Makes checksums right again, in two of three cases; null for files without any.</param>
    /// <param name="mostBytes">How much the process may grow.</param>
    public static void Files<TError>(string ending, byte[][] good, Action<string> read, Func<byte[], byte[]>? repair = null, long mostBytes = 512 << 20)
        where TError : Exception
    {
        double seconds = Number("ARCFACE_FUZZ_SECONDS");
        int first = (int)Number("ARCFACE_FUZZ_FIRST"), number = first, refused = 0;
        string folder = Directory.CreateTempSubdirectory("arcface-fuzz-").FullName, path = Path.Combine(folder, $"file{ending}");
        var watch = Stopwatch.StartNew();
        long growth = OwnProcess.PeakGrowth(() =>
        {
            for (; number - first < CasesOfARun || watch.Elapsed.TotalSeconds < seconds; number++)
            {
                byte[] bad = Damaged(good, number);
                File.WriteAllBytes(path, repair is null || number % 3 == 0 ? bad : repair(bad));

                // Of the processor, since others may hold it for long.
                TimeSpan start = Environment.CpuUsage.TotalTime;
                Exception? error = Record.Exception(() => read(path));
                refused += error is null ? 0 : 1;
                if (error is not null && !(error is TError && error.Message.Contains(path, StringComparison.Ordinal)))
                {
                    Assert.Fail($"case {number}, kept as '{path}': {error}");
                }

                TimeSpan taken = Environment.CpuUsage.TotalTime - start;
                Assert.True(taken < Longest, $"case {number}, kept as '{path}', took {taken}");
            }
        });
        Assert.True(growth < mostBytes, $"the process grew by {growth >> 20} MB over cases {first} to {number}");
        Assert.True(refused > 0, "no damage was found");
        TestContext.Current.TestOutputHelper?.WriteLine($"{number - first} cases of {ending}, {refused} refused, {growth >> 20} MB, {watch.Elapsed}");
        Directory.Delete(folder, recursive: true);
    }

    private static double Number(string variable) => double.Parse(Environment.GetEnvironmentVariable(variable) ?? "0", CultureInfo.InvariantCulture);

    private static byte[] Damaged(byte[][] good, int number)
    {
        var random = new Random(number);
        List<byte> bytes = [.. good[random.Next(good.Length)]];
        for (int changes = 1 + random.Next(random.Next(1, 12)); changes > 0; changes--)
        {
            int at = bytes.Count == 0 ? 0 : random.Next(4) == 0 ? random.Next(Math.Min(bytes.Count, 64)) : random.Next(bytes.Count);
            int length = Math.Min(bytes.Count - at, 1 + random.Next(1 << random.Next(1, 12)));
            switch (bytes.Count == 0 ? 3 : random.Next(9))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = Telling[random.Next(Telling.Length)];
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Repeat(Telling[random.Next(Telling.Length)], 1 + random.Next(64)));
                    break;
                case 4:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 6:
                    byte[] size = new byte[sizeof(ulong)];
                    ulong value = Sizes[random.Next(Sizes.Length)] - (ulong)random.Next(2);
                    BinaryPrimitives.WriteUInt64LittleEndian(size, random.Next(2) == 0 ? value : BinaryPrimitives.ReverseEndianness(value));
                    int width = Math.Min(bytes.Count - at, 1 << random.Next(1, 4));
                    bytes.RemoveRange(at, width);
                    bytes.InsertRange(at, size[..width]);
                    break;
                case 7:
                    byte[] other = good[random.Next(good.Length)];
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + length)]);
                    break;
                default:
                    // A number in a text becomes another.
                    int digit = bytes.FindIndex(at, letter => char.IsAsciiDigit((char)letter));
                    if (digit >= 0)
                    {
                        bytes.RemoveAt(digit);
                        bytes.InsertRange(digit, $"{(long)Sizes[random.Next(Sizes.Length)]}".Select(letter => (byte)letter));
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
