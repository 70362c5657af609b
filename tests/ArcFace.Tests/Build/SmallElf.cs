using System.Buffers.Binary;
using System.Text;

namespace ArcFace.Tests.Build;

/// <summary>
/// The least ELF file that has what the build's fix reads: dynamic symbols, their versions, and the versions needed from
/// two libraries, of which the second asks for <see cref="Version"/>.
/// </summary>
internal static class SmallElf
{
    public const string Marker = "_ZSt21ios_base_library_initv";
    public const string Version = "GLIBCXX_3.4.32";

    private const ushort VersionIndex = 5;
    private const int HeaderSize = 64, SymbolSize = 24;

    /// <param name="requirement">The version needed from the C++ library.</param>
    /// <param name="symbols">The dynamic symbols that carry it.</param>
    /// <param name="flags">What the requirement's two bytes of flags hold.</param>
    /// <returns>The file, and the offset of the flags in it.</returns>
    public static (byte[] File, int FlagsAt) Create(string requirement = Version, string[]? symbols = null, ushort flags = 0)
    {
        symbols ??= [Marker];
        var strings = new MemoryStream();
        strings.WriteByte(0);
        uint[] names = [.. symbols.Select(symbol => Add(strings, symbol))];
        uint libc = Add(strings, "libc.so.6"), libcVersion = Add(strings, "GLIBC_2.2.5");
        uint cxx = Add(strings, "libstdc++.so.6"), cxxVersion = Add(strings, requirement);

        // Symbol 0 is the empty one; another follows that needs the C library's version, 2.
        byte[] table = new byte[SymbolSize * (symbols.Length + 2)];
        byte[] versions = new byte[2 * (symbols.Length + 2)];
        BinaryPrimitives.WriteUInt16LittleEndian(versions.AsSpan(2), 2);
        for (int i = 0; i < symbols.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(SymbolSize * (i + 2)), names[i]);
            BinaryPrimitives.WriteUInt16LittleEndian(versions.AsSpan(2 * (i + 2)), VersionIndex);
        }

        byte[] needed = [.. Needed(libc, libcVersion, 0, 2, last: false), .. Needed(cxx, cxxVersion, flags, VersionIndex, last: true)];
        var file = new MemoryStream();
        file.Write(new byte[HeaderSize]);
        uint stringsAt = Append(file, strings.ToArray()), tableAt = Append(file, table);
        uint versionsAt = Append(file, versions), neededAt = Append(file, needed);
        int flagsAt = (int)neededAt + 32 + 16 + 4;
        uint headersAt = Append(
            file,
            [
                .. Section(0, 0, 0, 0, 0),
                .. Section(3, stringsAt, (uint)strings.Length, 0, 0),
                .. Section(11, tableAt, (uint)table.Length, 1, 1),
                .. Section(0x6fffffff, versionsAt, (uint)versions.Length, 2, 0),
                .. Section(0x6ffffffe, neededAt, (uint)needed.Length, 1, 2),
            ]);
        byte[] bytes = file.ToArray();
        byte[] identification = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identification.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(0x28), headersAt);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x3a), HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(0x3c), 5);
        return (bytes, flagsAt);
    }

    private static uint Add(MemoryStream strings, string text)
    {
        uint offset = (uint)strings.Length;
        strings.Write(Encoding.ASCII.GetBytes(text + '\0'));
        return offset;
    }

    private static uint Append(MemoryStream file, byte[] part)
    {
        uint offset = (uint)file.Length;
        file.Write(part);
        return offset;
    }

    /// <summary>One library (Verneed, 16 bytes) with one version needed from it (Vernaux, 16 bytes).</summary>
    private static byte[] Needed(uint library, uint version, ushort flags, ushort index, bool last)
    {
        byte[] entry = new byte[32];
        BinaryPrimitives.WriteUInt16LittleEndian(entry, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(2), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(4), library);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(8), 16);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(12), last ? 0u : 32);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(20), flags);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(22), index);
        BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(24), version);
        return entry;
    }

    private static byte[] Section(uint type, uint offset, uint size, uint link, uint info)
    {
        byte[] header = new byte[HeaderSize];
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), type);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(0x18), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(0x20), size);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0x28), link);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(0x2c), info);
        return header;
    }
}
