namespace Micromegas.Formats;

/// <summary>What a loop of the LZ4 decoder counts on; the loop is compiled for each kind.</summary>
internal interface ILz4Sequences
{
    /// <summary>Whether sequences are counted.</summary>
    static abstract bool IsSampled { get; }

    /// <summary>Whether matches that reach eight bytes back one after the other are decoded in a loop of their own, and counted.</summary>
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

    public static bool HasPeriods => true;

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
internal struct Lz4Sample
{
    /// <summary>Sequences, of those that reach eight bytes back only the first of each run.</summary>
    private int sequences;

    /// <summary>Those whose match is longer than 18 bytes.</summary>
    private int longMatches;

    /// <summary>Runs of matches that reach eight bytes back, and the matches in them.</summary>
    private int periods, periodicMatches;

    public void Add(int sequences, int longMatches, int periods, int periodicMatches)
    {
        this.sequences += sequences;
        this.longMatches += longMatches;
        this.periods += periods;
        this.periodicMatches += periodicMatches;
    }

    /// <summary>The loop for what follows. Entering and leaving the loop of periodic matches costs about what three of them gain by it.</summary>
    public readonly Lz4Loop Next(Lz4Loop last)
    {
        if (periodicMatches > 3 * periods)
        {
            return Lz4Loop.Periodic;
        }

        if (last != Lz4Loop.Sampling || sequences == 0)
        {
            return Lz4Loop.Sampling;
        }

        return longMatches * 9 >= sequences * 2 ? Lz4Loop.LongMatches : Lz4Loop.Plain;
    }
}
