namespace Micromegas.Formats;

/// <summary>What a loop of the LZ4 decoder counts on; the loop is compiled for each kind.</summary>
internal interface ILz4Sequences
{
    /// <summary>Whether sequences are counted.</summary>
    static abstract bool IsSampled { get; }

    /// <summary>Whether matches that reach eight bytes back one after the other are decoded in a loop of their own.</summary>
    static abstract bool HasPeriods { get; }

    /// <summary>Whether matches longer than 18 bytes are so frequent, and yet so irregular, that nobody guesses them.</summary>
    static abstract bool HasLongMatches { get; }
}

/// <summary>The loop that decodes a segment.</summary>
internal enum Lz4Loop
{
    Sampling,
    Plain,
    LongMatches,
    Periodic,
}

internal readonly struct Lz4SampledSequences : ILz4Sequences
{
    public static bool IsSampled => true;

    public static bool HasPeriods => false;

    public static bool HasLongMatches => false;
}

internal readonly struct Lz4PlainSequences : ILz4Sequences
{
    public static bool IsSampled => false;

    public static bool HasPeriods => false;

    public static bool HasLongMatches => false;
}

internal readonly struct Lz4LongMatches : ILz4Sequences
{
    public static bool IsSampled => false;

    public static bool HasPeriods => false;

    public static bool HasLongMatches => true;
}

internal readonly struct Lz4PeriodicMatches : ILz4Sequences
{
    public static bool IsSampled => false;

    public static bool HasPeriods => true;

    public static bool HasLongMatches => false;
}

/// <summary>What a part of a block holds.</summary>
/// <param name="Sequences">Sequences.</param>
/// <param name="LongMatches">Those whose match is longer than 18 bytes.</param>
/// <param name="FewLiterals">Those with fewer than eight literals.</param>
/// <param name="PeriodicMatches">Those whose match reaches eight bytes back.</param>
internal readonly record struct Lz4Sample(int Sequences, int LongMatches, int FewLiterals, int PeriodicMatches)
{
    /// <summary>The loop for what follows.</summary>
    public Lz4Loop Next()
    {
        // Where literals are few, a match eight bytes back reads what was just written in parts, which stalls the processor; many literals have been written at once.
        if (PeriodicMatches * 2 >= Sequences && FewLiterals * 4 >= Sequences * 3)
        {
            return Lz4Loop.Periodic;
        }

        return LongMatches * 9 >= Sequences * 2 ? Lz4Loop.LongMatches : Lz4Loop.Plain;
    }
}
