using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;

namespace ArcFace.Build;

/// <summary>Lets <c>libLibTorchSharp.so</c> load on systems whose C++ library is older than GCC 13's, by marking its requirement of the
/// symbol version GLIBCXX_3.4.32 as weak.</summary>
/// <remarks>
/// The one symbol of that version, <c>_ZSt21ios_base_library_initv</c>, is an empty marker that the compiler adds to
/// every file that includes &lt;iostream&gt;: nothing calls it. With the flag VER_FLG_WEAK in the two bytes of
/// <c>vna_flags</c> the dynamic loader notes the missing version instead of refusing the file. Should another symbol
/// ever carry that version, the file is left as it is, since then the newer C++ library is really needed.
/// Layout: System V ABI, chapter 4 (ELF64), and the Linux Standard Base, "Symbol Versioning".
/// <para>This file is compiled twice: by the build as an inline task, against .NET Standard 2.0, and by the tests.</para>
/// </remarks>
public sealed class WeakenGlibcxxRequirement : Microsoft.Build.Utilities.Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string Marker = "_ZSt21ios_base_library_initv";
    private const int WeakFlag = 0x2;
    private const uint DynamicSymbols = 11, Versions = 0x6fffffff, NeededVersions = 0x6ffffffe;

    /// <summary>The library as the package ships it. It is only read.</summary>
    [Required]
    public string Source { get; set; } = "";

    /// <summary>The file to write: a copy of <see cref="Source"/> that differs in at most the two bytes of the flags.</summary>
    [Required]
    public string Destination { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            byte[] library = File.ReadAllBytes(Source);
            Weaken(library);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Destination))!);

            // A new file that takes the old one's name: where the old one is a link to the package's file, or is
            // loaded by a running program, neither sees a change.
            string temporary = Destination + ".tmp";
            File.WriteAllBytes(temporary, library);
            File.Delete(Destination);
            File.Move(temporary, Destination);
            return true;
        }
        catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is InvalidDataException)
        {
            Log.LogError("cannot make '{0}' loadable on older systems: {1}", Source, error.Message);
            return false;
        }
    }

    /// <summary>Sets the weak flag in <paramref name="library"/> in place.</summary>
    /// <returns>Whether a byte was changed: false where no such requirement stands, or where it is weak already,
    /// or where another symbol than the empty marker depends on it.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a complete 64-bit little-endian ELF file.</exception>
    public static bool Weaken(byte[] library)
    {
        var elf = new Elf(library);
        if (!elf.Sections.TryGetValue(NeededVersions, out var needed))
        {
            return false;
        }

        for (long file = needed.Offset, next = -1; next != 0; file += next)
        {
            next = elf.UInt32(file + 12);
            long entry = file + elf.UInt32(file + 8);
            for (int entries = elf.UInt16(file + 2); entries > 0; entries--, entry += elf.UInt32(entry + 12))
            {
                if (elf.Name(needed.Link, elf.UInt32(entry + 8)) == Version)
                {
                    bool weakens = (elf.UInt16(entry + 4) & WeakFlag) == 0 && OnlyTheMarkerHas(elf, elf.UInt16(entry + 6));
                    library[entry + 4] |= (byte)(weakens ? WeakFlag : 0);
                    return weakens;
                }
            }
        }

        return false;
    }

    private static bool OnlyTheMarkerHas(Elf elf, int versionIndex) =>
        elf.Sections.TryGetValue(Versions, out var versions) && elf.Sections.TryGetValue(DynamicSymbols, out var symbols)
            && Enumerable.Range(0, (int)(versions.Size / 2))
                .Where(i => (elf.UInt16(versions.Offset + (2L * i)) & 0x7fff) == versionIndex)
                .All(i => elf.Name(symbols.Link, elf.UInt32(symbols.Offset + (24L * i))) == Marker);

    /// <summary>Bounds-checked reading of a 64-bit little-endian ELF file.</summary>
    private sealed class Elf
    {
        private const uint Null = 0, NoBits = 8;

        private readonly byte[] _bytes;
        private readonly List<(long Offset, long Size)> _extents = new List<(long, long)>();

        public Elf(byte[] bytes)
        {
            _bytes = bytes;
            Require(bytes.Length >= 4 && bytes[0] == 0x7f && bytes[1] == 'E' && bytes[2] == 'L' && bytes[3] == 'F', "is not an ELF file");
            Require(UInt16(4) == 0x0102, "is not a 64-bit little-endian ELF file");
            long header = Int64(0x28);
            for (int size = UInt16(0x3a), count = UInt16(0x3c); count > 0; count--, header += size)
            {
                Require(size >= 64, "is damaged: its section headers are too short");
                CheckRange(header, size);
                uint type = UInt32(header + 4);
                (long offset, long length) = (Int64(header + 0x18), Int64(header + 0x20));
                CheckRange(type is Null or NoBits ? 0 : offset, type is Null or NoBits ? 0 : length);
                _extents.Add((offset, length));
                if (!Sections.ContainsKey(type))
                {
                    Sections.Add(type, (offset, length, UInt32(header + 0x28)));
                }
            }
        }

        /// <summary>The first section of each type; the link is the number of the section with its names.</summary>
        public Dictionary<uint, (long Offset, long Size, uint Link)> Sections { get; } = new Dictionary<uint, (long, long, uint)>();

        public int UInt16(long offset) => BitConverter.ToUInt16(_bytes, CheckRange(offset, 2));

        public uint UInt32(long offset) => BitConverter.ToUInt32(_bytes, CheckRange(offset, 4));

        public string Name(uint section, uint at)
        {
            Require(section < _extents.Count, "is damaged: it names a string table that it does not have");
            (long offset, long size) = _extents[(int)section];
            int start = CheckRange(offset, size) + (int)Math.Min(at, size);
            int end = Array.IndexOf(_bytes, (byte)0, start, (int)(size - Math.Min(at, size)));
            Require(end >= 0, "is damaged: a name goes past the end of its string table");
            return Encoding.ASCII.GetString(_bytes, start, end - start);
        }

        private long Int64(long offset) => BitConverter.ToInt64(_bytes, CheckRange(offset, 8));

        private int CheckRange(long offset, long length)
        {
            Require(offset >= 0 && length >= 0 && offset <= _bytes.Length - length,
                $"is truncated: it has {_bytes.Length} bytes and refers to {length} at offset {offset}; restore the package again");
            return (int)offset;
        }

        private static void Require(bool holds, string complaint)
        {
            if (!holds)
            {
                throw new InvalidDataException($"the file {complaint}");
            }
        }
    }
}
