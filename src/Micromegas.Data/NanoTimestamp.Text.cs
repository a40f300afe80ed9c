using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Micromegas.Data;

public readonly partial struct NanoTimestamp
{
    // yyyy-MM-ddTHH:mm:ss.fffffffffZ
    private const int RoundTripLength = 30;

    /// <summary>ISO 8601 with nine fraction digits, such as <c>2026-11-22T16:54:00.123456789Z</c>. No culture is read.</summary>
    public override string ToString() => ToString(null, null);

    /// <summary>Formats the instant in UTC.</summary>
    /// <param name="format">
    /// Null, empty, <c>G</c> or <c>O</c>: ISO 8601 with nine fraction digits. Anything else is a <see cref="DateTime"/> format that is applied to <see cref="ToDateTime"/>.
    /// </param>
    /// <param name="formatProvider">Used by <see cref="DateTime"/> formats; the invariant culture when null.</param>
    public string ToString([StringSyntax(StringSyntaxAttribute.DateTimeFormat)] string? format, IFormatProvider? formatProvider = null)
    {
        if (!IsRoundTrip(format))
        {
            return ToDateTime().ToString(format, formatProvider ?? CultureInfo.InvariantCulture);
        }

        return string.Create(RoundTripLength, this, static (span, value) => value.WriteRoundTrip<Utf16Target, char>(span));
    }

    /// <inheritdoc />
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        if (!IsRoundTrip(format))
        {
            return ToDateTime().TryFormat(destination, out charsWritten, format, provider ?? CultureInfo.InvariantCulture);
        }

        if (destination.Length < RoundTripLength)
        {
            charsWritten = 0;
            return false;
        }

        WriteRoundTrip<Utf16Target, char>(destination);
        charsWritten = RoundTripLength;
        return true;
    }

    /// <inheritdoc />
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format = default, IFormatProvider? provider = null)
    {
        if (!IsRoundTrip(format))
        {
            return ToDateTime().TryFormat(utf8Destination, out bytesWritten, format, provider ?? CultureInfo.InvariantCulture);
        }

        if (utf8Destination.Length < RoundTripLength)
        {
            bytesWritten = 0;
            return false;
        }

        WriteRoundTrip<Utf8Target, byte>(utf8Destination);
        bytesWritten = RoundTripLength;
        return true;
    }

    /// <summary>
    /// Parses ISO 8601: <c>yyyy-MM-dd</c>, optionally followed by <c>T</c> or a blank and <c>HH:mm[:ss[.fffffffff]]</c>, optionally followed by
    /// <c>Z</c> or an offset (<c>+HH</c>, <c>+HHmm</c>, <c>+HH:mm</c>). Without an offset the text is in UTC. Fraction digits beyond nine are cut.
    /// </summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used: no culture is read.</param>
    /// <exception cref="FormatException">The text does not have this form.</exception>
    /// <exception cref="OverflowException">The instant is outside the range of the type.</exception>
    public static NanoTimestamp Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null)
    {
        if (!TryParseParts(s, out var ticks, out var nanosecond))
        {
            throw new FormatException($"'{s}' is not an ISO 8601 timestamp such as 2026-11-22T16:54:00.123456789Z.");
        }

        return new(FromTicks(ticks, nanosecond));
    }

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)" />
    public static NanoTimestamp Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>Parses ISO 8601 as <see cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/> does; false where that throws.</summary>
    /// <param name="s">The text.</param>
    /// <param name="provider">Not used: no culture is read.</param>
    /// <param name="result">The instant, or the epoch.</param>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out NanoTimestamp result)
    {
        result = default;
        if (!TryParseParts(s, out var ticks, out var nanosecond))
        {
            return false;
        }

        var nanoseconds = ((Int128)(ticks - DateTime.UnixEpoch.Ticks) * NanosecondsPerTick) + nanosecond;
        if (nanoseconds < long.MinValue || nanoseconds > long.MaxValue)
        {
            return false;
        }

        result = new((long)nanoseconds);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out NanoTimestamp)" />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out NanoTimestamp result) => TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out NanoTimestamp)" />
    public static bool TryParse([NotNullWhen(true)] string? s, out NanoTimestamp result) => TryParse(s.AsSpan(), null, out result);

    private static bool IsRoundTrip(ReadOnlySpan<char> format) => format.IsEmpty || (format.Length == 1 && format[0] is 'O' or 'o' or 'G' or 'g');

    private interface ITarget<T>
    {
        static abstract T Unit(int ascii);
    }

    private readonly struct Utf16Target : ITarget<char>
    {
        public static char Unit(int ascii) => (char)ascii;
    }

    private readonly struct Utf8Target : ITarget<byte>
    {
        public static byte Unit(int ascii) => (byte)ascii;
    }

    private void WriteRoundTrip<TTarget, T>(Span<T> span)
        where TTarget : ITarget<T>
    {
        var dateTime = ToDateTime();
        span = span[..RoundTripLength];
        Digits(span[..4], dateTime.Year);
        span[4] = TTarget.Unit('-');
        Digits(span[5..7], dateTime.Month);
        span[7] = TTarget.Unit('-');
        Digits(span[8..10], dateTime.Day);
        span[10] = TTarget.Unit('T');
        Digits(span[11..13], dateTime.Hour);
        span[13] = TTarget.Unit(':');
        Digits(span[14..16], dateTime.Minute);
        span[16] = TTarget.Unit(':');
        Digits(span[17..19], dateTime.Second);
        span[19] = TTarget.Unit('.');
        Digits(span[20..29], NanosecondOfSecond);
        span[29] = TTarget.Unit('Z');

        static void Digits(Span<T> target, int value)
        {
            for (var i = target.Length - 1; i >= 0; i--)
            {
                (value, var digit) = Math.DivRem(value, 10);
                target[i] = TTarget.Unit('0' + digit);
            }
        }
    }

    // Ticks are those of the whole second in UTC; the fraction comes apart because DateTime cannot hold it.
    private static bool TryParseParts(ReadOnlySpan<char> text, out long ticks, out int nanosecond)
    {
        ticks = 0;
        nanosecond = 0;
        text = text.Trim();
        if (!TakeDigits(ref text, 4, out var year) || !Take(ref text, '-') || !TakeDigits(ref text, 2, out var month) || !Take(ref text, '-')
            || !TakeDigits(ref text, 2, out var day) || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        ticks = new DateTime(year, month, day).Ticks;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text[0] is not ('T' or 't' or ' '))
        {
            return TryTakeOffset(text, ref ticks);
        }

        text = text[1..];
        if (!TakeDigits(ref text, 2, out var hour) || !Take(ref text, ':') || !TakeDigits(ref text, 2, out var minute) || hour > 23 || minute > 59)
        {
            return false;
        }

        var second = 0;
        if (Take(ref text, ':'))
        {
            if (!TakeDigits(ref text, 2, out second) || second > 59)
            {
                return false;
            }

            if (Take(ref text, '.') && !TakeFraction(ref text, out nanosecond))
            {
                return false;
            }
        }

        ticks += new TimeSpan(hour, minute, second).Ticks;
        return TryTakeOffset(text, ref ticks);
    }

    private static bool TryTakeOffset(ReadOnlySpan<char> text, ref long ticks)
    {
        text = text.TrimStart(' ');
        if (text.IsEmpty || text is "Z" or "z")
        {
            return true;
        }

        var sign = text[0];
        text = text[1..];
        if (sign is not ('+' or '-') || !TakeDigits(ref text, 2, out var hours) || hours > 23)
        {
            return false;
        }

        var minutes = 0;
        if (!text.IsEmpty)
        {
            Take(ref text, ':');
            if (!TakeDigits(ref text, 2, out minutes) || minutes > 59 || !text.IsEmpty)
            {
                return false;
            }
        }

        var offset = new TimeSpan(hours, minutes, 0).Ticks;
        ticks += sign == '+' ? -offset : offset;
        return ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;
    }

    private static bool TakeFraction(ref ReadOnlySpan<char> text, out int nanosecond)
    {
        nanosecond = 0;
        var digits = 0;
        while (!text.IsEmpty && char.IsAsciiDigit(text[0]))
        {
            if (digits < 9)
            {
                nanosecond = (nanosecond * 10) + (text[0] - '0');
            }

            digits++;
            text = text[1..];
        }

        for (var i = digits; i < 9; i++)
        {
            nanosecond *= 10;
        }

        return digits > 0;
    }

    private static bool Take(ref ReadOnlySpan<char> text, char expected)
    {
        if (text.IsEmpty || text[0] != expected)
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    private static bool TakeDigits(ref ReadOnlySpan<char> text, int count, out int value)
    {
        value = 0;
        if (text.Length < count)
        {
            return false;
        }

        foreach (var c in text[..count])
        {
            if (!char.IsAsciiDigit(c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        text = text[count..];
        return true;
    }
}
