using System.Text;

namespace ArcFace.Interchange;

/// <summary>Goes through a Python pickle without carrying it out, and refuses what a file of tensors or pictures does not need.</summary>
/// <remarks>A pickle is a program. What passes here makes numbers, text, bytes, lists, tuples and dictionaries, names none but the given
/// Python objects, and has no argument that reaches past its end. Source of the instructions: Python's module <c>pickletools</c>.</remarks>
internal static class PickleScan
{
    private const int LongestName = 256;
    private const byte Stop = (byte)'.', Global = (byte)'c';

    // MARK, POP, POP_MARK, NONE, REDUCE, BUILD, APPEND(S), SETITEM(S), TUPLE, (), [], {}, BINPERSID; TUPLE1..3, TRUE, FALSE, MEMOIZE
    private static readonly HashSet<byte> Plain = [.. "(01NRbaesut)]}lQ"u8, 0x85, 0x86, 0x87, 0x88, 0x89, 0x94];

    /// <summary>Reads one pickle and leaves the stream behind it.</summary>
    /// <remarks>It may have so many bytes, and name Python objects, as <c>module name</c>, of which <paramref name="names"/> is true.</remarks>
    /// <exception cref="InvalidDataException">There is something else in it.</exception>
    /// <exception cref="EndOfStreamException">It ends too early.</exception>
    public static void Check(Stream stream, long length, Func<string, bool> names)
    {
        using var reader = new BinaryReader(new BufferedStream(stream, 1 << 16), Encoding.Latin1, leaveOpen: true);
        long left = length;
        while (true)
        {
            byte code = reader.ReadByte();
            left--;
            if (code == Stop)
            {
                return;
            }

            if (code == Global)
            {
                string name = $"{Line(reader)} {Line(reader)}";
                left -= name.Length + 1;
                InvalidDataException.ThrowIf(
                    !names(name), $"it names the Python object '{name.Replace(' ', '.')}', which is not made from a file");
            }
            else if (!Plain.Contains(code))
            {
                long argument = ArgumentLength(reader, code, ref left);
                InvalidDataException.ThrowIf(
                    argument < 0 || argument > left, $"an argument in it claims {argument} bytes, and {Math.Max(0, left)} follow");
                left -= argument;
                Skip(reader, argument);
            }

            if (left < 0)
            {
                throw new EndOfStreamException("its pickle has no end");
            }
        }
    }

    /// <summary>The bytes of the argument that stand after its length, where it has one.</summary>
    private static long ArgumentLength(BinaryReader reader, byte code, ref long left)
    {
        switch (code)
        {
            case 0x80 or (byte)'K' or (byte)'q' or (byte)'h': // PROTO, BININT1, BINPUT, BINGET
                return 1;
            case (byte)'M': // BININT2
                return 2;
            case (byte)'J' or (byte)'r' or (byte)'j': // BININT, LONG_BINPUT, LONG_BINGET
                return 4;
            case (byte)'G' or 0x95: // BINFLOAT, FRAME
                return 8;
            case 0x8a or (byte)'U' or (byte)'C' or 0x8c: // LONG1, SHORT_BINSTRING, SHORT_BINBYTES, SHORT_BINUNICODE
                left--;
                return reader.ReadByte();
            case (byte)'X' or (byte)'T' or (byte)'B': // BINUNICODE, BINSTRING, BINBYTES
                left -= 4;
                return reader.ReadInt32();
            case 0x8e: // BINBYTES8
                left -= 8;
                return reader.ReadInt64();
            default:
                throw new InvalidDataException($"it has the pickle instruction 0x{code:x2}, which files of this kind do not need");
        }
    }

    private static string Line(BinaryReader reader)
    {
        var text = new StringBuilder();
        for (char next = (char)reader.ReadByte(); next != '\n'; next = (char)reader.ReadByte())
        {
            InvalidDataException.ThrowIf(
                text.Append(next).Length > LongestName, $"a Python object in it has a name of more than {LongestName} characters");
        }

        return text.ToString();
    }

    private static void Skip(BinaryReader reader, long count)
    {
        Span<byte> buffer = stackalloc byte[1024];
        while (count > 0)
        {
            int read = reader.Read(buffer[..(int)Math.Min(buffer.Length, count)]);
            if (read == 0)
            {
                throw new EndOfStreamException("it ends inside a value");
            }

            count -= read;
        }
    }
}
