using System.Buffers.Binary;

namespace ArcFace.Training;

/// <summary>The state of torch's random numbers on the CPU, as a file may hold it.</summary>
/// <remarks>libtorch ends the process over a state that it cannot take. It holds a Mersenne twister of 624 words: the seed (8 bytes), how
/// many words are left before the next round plus one, whether it is seeded (4 bytes each), and the index of the next word (8 bytes).
/// Source: <c>CPUGeneratorImplStateLegacy</c> in ATen/CPUGeneratorImpl.cpp.</remarks>
internal static class GeneratorState
{
    private const int Words = 624;

    /// <remarks>Here and below the generator is held until torch is done: <c>torch.random.get_rng_state</c> and its like hold it no longer than
    /// they need its handle, and a collection of garbage on another thread frees what torch then reads.</remarks>
    public static Tensor Read()
    {
        using var held = Generator.Default;
        return held.get_state();
    }

    public static void Restore(Tensor state)
    {
        using var held = Generator.Default;
        held.set_state(state);
    }

    public static bool IsUsable(Tensor state)
    {
        using var own = Read();
        if (state.dtype != ScalarType.Byte || state.device_type != TorchSharp.DeviceType.CPU || !state.shape.SequenceEqual(own.shape))
        {
            return false;
        }

        var bytes = state.contiguous().bytes;
        int left = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]), seeded = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        ulong next = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]);
        return seeded == 1 && ((left == 1 && next == 0) || (left is >= 1 and <= Words && next == (ulong)(Words + 1 - left)));
    }
}
