namespace Micromegas.Engine.Functions;

/// <summary>Reads ASCII text from left to right.</summary>
internal ref struct TextCursor(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> text = text;

    public int Position { get; set; }

    public readonly bool IsAtEnd => Position >= text.Length;

    /// <summary>The next byte, 0 at the end.</summary>
    public readonly byte Next => Position < text.Length ? text[Position] : (byte)0;

    public readonly ReadOnlySpan<byte> Rest => text[Position..];

    public readonly bool IsAtDigit => Next is >= (byte)'0' and <= (byte)'9';

    public bool TrySkip(byte value)
    {
        if (Next != value || IsAtEnd)
        {
            return false;
        }
        Position++;
        return true;
    }

    /// <summary>Exactly so many digits.</summary>
    public bool TryDigits(int count, out int value)
    {
        value = 0;
        if (Position + count > text.Length)
        {
            return false;
        }
        for (var i = 0; i < count; i++)
        {
            var digit = text[Position + i] - '0';
            if (digit is < 0 or > 9)
            {
                return false;
            }
            value = (value * 10) + digit;
        }
        Position += count;
        return true;
    }

    /// <summary>One digit up to so many.</summary>
    public bool TryDigitsUpTo(int most, out int value)
    {
        var count = 0;
        value = 0;
        while (count < most && IsAtDigit)
        {
            value = (value * 10) + (text[Position++] - '0');
            count++;
        }
        return count > 0;
    }

    /// <summary>A point and digits as nanoseconds; what goes beyond nine digits is cut.</summary>
    public bool TryFraction(out long nanoseconds)
    {
        nanoseconds = 0;
        if (!TrySkip((byte)'.'))
        {
            return true;
        }
        long unit = 100_000_000;
        var any = false;
        while (IsAtDigit)
        {
            nanoseconds += (text[Position++] - '0') * unit;
            unit /= 10;
            any = true;
        }
        return any;
    }

    public void SkipBlanks()
    {
        while (Next == (byte)' ')
        {
            Position++;
        }
    }
}
