namespace Micromegas.Telemetry;

/// <summary>How the decoding of one block ended (spec/data-lake.md §4.9).</summary>
public sealed class BlockOutcome
{
    private BlockOutcome(string? failure, int events, int rows, IReadOnlyList<string> warnings)
    {
        Failure = failure;
        Events = events;
        Rows = rows;
        Warnings = warnings;
    }

    /// <summary>
    /// True when the block failed. Its rows count as lost, also the <see cref="Rows"/> that were delivered before the fault was met:
    /// who receives rows forgets those of this block. Other blocks are not affected.
    /// </summary>
    public bool IsDropped => Failure is not null;

    /// <summary>Why the block failed, in a sentence part fit for a log; null when it did not.</summary>
    public string? Failure { get; }

    /// <summary>Events walked over, those that give no row included.</summary>
    public int Events { get; }

    /// <summary>Rows delivered to the sink.</summary>
    public int Rows { get; }

    /// <summary>What was skipped, such as unknown event types: one sentence a kind, not one an event.</summary>
    public IReadOnlyList<string> Warnings { get; }

    internal static BlockOutcome Decoded(int events, int rows, IReadOnlyList<string> warnings) => new(null, events, rows, warnings);

    internal static BlockOutcome Dropped(string failure, int events, int rows, IReadOnlyList<string> warnings) => new(failure, events, rows, warnings);
}
