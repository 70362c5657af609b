using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;

namespace ArcFace.Build;

/// <summary>
/// Lets <c>libLibTorchSharp.so</c> load on systems whose C++ library is older than GCC 13's, by marking its
/// requirement of the symbol version GLIBCXX_3.4.32 as weak.
/// </summary>
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
        if (!elf.TryFind(NeededVersions, out Elf.Section needed))
        {
            return false;
        }

        long file = needed.Offset;
        for (uint remaining = needed.Info; remaining > 0; remaining--)
        {
            long entry = file + elf.UInt32(file + 8);
            for (int entries = elf.UInt16(file + 2); entries > 0; entries--)
            {
                if (elf.Name(needed.Link, elf.UInt32(entry + 8)) == Version)
                {
                    long flags = entry + 4;
                    int versionIndex = elf.UInt16(entry + 6);
                    if ((elf.UInt16(flags) & WeakFlag) != 0 || !OnlyTheMarkerHas(elf, versionIndex))
                    {
                        return false;
                    }

                    library[flags] |= WeakFlag;
                    return true;
                }

                entry += elf.UInt32(entry + 12);
            }

            uint next = elf.UInt32(file + 12);
            if (next == 0)
            {
                break;
            }

            file += next;
        }

        return false;
    }

    private static bool OnlyTheMarkerHas(Elf elf, int versionIndex)
    {
        if (!elf.TryFind(Versions, out Elf.Section versions) || !elf.TryFind(DynamicSymbols, out Elf.Section symbols))
        {
            return false;
        }

        for (long i = 0; i < versions.Size / 2; i++)
        {
            bool hasVersion = (elf.UInt16(versions.Offset + (2 * i)) & 0x7fff) == versionIndex;
            if (hasVersion && elf.Name(symbols.Link, elf.UInt32(symbols.Offset + (24 * i))) != Marker)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Bounds-checked reading of a 64-bit little-endian ELF file.</summary>
    private sealed class Elf
    {
        private const int SectionHeaderSize = 64;

        private readonly byte[] _bytes;
        private readonly List<Section> _sections = new List<Section>();

        public Elf(byte[] bytes)
        {
            _bytes = bytes;
            if (bytes.Length < 4 || bytes[0] != 0x7f || bytes[1] != 'E' || bytes[2] != 'L' || bytes[3] != 'F')
            {
                throw new InvalidDataException("not an ELF file");
            }

            if (UInt16(4) != 0x0102)
            {
                throw new InvalidDataException("not a 64-bit little-endian ELF file");
            }

            long headers = Offset(0x28);
            int count = UInt16(0x3c), size = UInt16(0x3a);
            if (count > 0 && size < SectionHeaderSize)
            {
                throw new InvalidDataException(
                    $"the ELF file is damaged: its section headers have {size} bytes instead of {SectionHeaderSize}");
            }

            Check(headers, (long)count * size);
            for (int i = 0; i < count; i++)
            {
                long header = headers + ((long)i * size);
                var section = new Section(
                    UInt32(header + 4), Offset(header + 0x18), Offset(header + 0x20), UInt32(header + 0x28), UInt32(header + 0x2c));
                _sections.Add(section);
                const uint Null = 0, NoBits = 8;
                if (section.Type != Null && section.Type != NoBits)
                {
                    Check(section.Offset, section.Size);
                }
            }
        }

        public bool TryFind(uint type, out Section section)
        {
            section = _sections.Find(s => s.Type == type);
            return section.Type == type;
        }

        public int UInt16(long offset)
        {
            Check(offset, 2);
            return BitConverter.ToUInt16(_bytes, (int)offset);
        }

        public uint UInt32(long offset)
        {
            Check(offset, 4);
            return BitConverter.ToUInt32(_bytes, (int)offset);
        }

        public string Name(uint stringSection, uint offset)
        {
            if (stringSection >= _sections.Count)
            {
                throw new InvalidDataException("the ELF file is damaged: it names a string table that it does not have");
            }

            Section strings = _sections[(int)stringSection];
            Check(strings.Offset, strings.Size);
            int start = (int)(strings.Offset + offset);
            int end = offset < strings.Size ? Array.IndexOf(_bytes, (byte)0, start, (int)(strings.Size - offset)) : -1;
            return end >= 0
                ? Encoding.ASCII.GetString(_bytes, start, end - start)
                : throw new InvalidDataException("the ELF file is damaged: a name goes past the end of its string table");
        }

        private long Offset(long at)
        {
            Check(at, 8);
            return BitConverter.ToInt64(_bytes, (int)at);
        }

        private void Check(long offset, long length)
        {
            if (offset < 0 || length < 0 || offset > _bytes.Length - length)
            {
                throw new InvalidDataException(
                    $"the ELF file is truncated: it has {_bytes.Length} bytes and refers to {length} at offset {offset}; "
                    + "restore the package again");
            }
        }

        public readonly struct Section
        {
            public Section(uint type, long offset, long size, uint link, uint info)
            {
                Type = type;
                Offset = offset;
                Size = size;
                Link = link;
                Info = info;
            }

            public uint Type { get; }

            public long Offset { get; }

            public long Size { get; }

            public uint Link { get; }

            public uint Info { get; }
        }
    }
}
