using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ArcFace;

/// <summary>A check in one line with a message of its own, in the manner of <see cref="ArgumentNullException.ThrowIfNull(object?, string?)"/>.</summary>
internal static class ThrowIfExtensions
{
    extension(ArgumentException)
    {
        public static void ThrowIf(
            [DoesNotReturnIf(true)] bool wrong, [InterpolatedStringHandlerArgument(nameof(wrong))] Message message, string? name = null)
        {
            if (wrong)
            {
                throw new ArgumentException(message.ToString(), name);
            }
        }
    }

    extension(ArgumentOutOfRangeException)
    {
        public static void ThrowIf(
            [DoesNotReturnIf(true)] bool wrong,
            [InterpolatedStringHandlerArgument(nameof(wrong))] Message message,
            string? name = null,
            object? value = null)
        {
            if (wrong)
            {
                throw new ArgumentOutOfRangeException(name, value, message.ToString());
            }
        }
    }

    extension(InvalidDataException)
    {
        public static void ThrowIf([DoesNotReturnIf(true)] bool wrong, [InterpolatedStringHandlerArgument(nameof(wrong))] Message message)
        {
            if (wrong)
            {
                throw new InvalidDataException(message.ToString());
            }
        }
    }

    /// <summary>The text of an exception, put together only where it is thrown.</summary>
    [InterpolatedStringHandler]
    internal ref struct Message(int literalLength, int valueCount, bool wrong, out bool wanted)
    {
        private DefaultInterpolatedStringHandler _text = (wanted = wrong) ? new(literalLength, valueCount) : default;

        public static implicit operator Message(string text)
        {
            var message = new Message(text.Length, 0, wrong: true, out _);
            message.AppendLiteral(text);
            return message;
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value, string? format = null) => _text.AppendFormatted(value, format);

        public override string ToString() => _text.ToStringAndClear();
    }
}
