using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes blocks, one after the other, into events of one kind. Not thread-safe: one a worker, for many blocks.</summary>
/// <typeparam name="TEvent">Kind of event, such as <see cref="LogEvent"/>.</typeparam>
public abstract class EventDecoder<TEvent> : IDisposable
    where TEvent : struct, allows ref struct
{
    private protected EventDecoder(int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        MaxLength = maxLength;
    }

    private protected BlockWarnings Warnings { get; } = new();

    private protected int MaxLength { get; }

    /// <summary>Decodes one block and hands every event to <paramref name="sink"/>.</summary>
    /// <returns>What became of the block. A damaged block is no exception here; exceptions of the sink pass through.</returns>
    public BlockOutcome Decode<TSink>(in BlockSource block, ref TSink sink)
        where TSink : IEventSink<TEvent>
    {
        int events = 0;
        int rows = 0;
        Warnings.Clear();
        try
        {
            if (!Read(block, ref sink, ref events, ref rows))
            {
                Warnings.Add($"block of the unknown format '{block.Stream.Format}' skipped");
            }
        }
        catch (CorruptDataException e)
        {
            return BlockOutcome.Dropped(e.Message, events, rows, Warnings.ToList());
        }

        return BlockOutcome.Decoded(events, rows, Warnings.ToList());
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Reads a block; counts in <paramref name="events"/> and <paramref name="rows"/> also when it fails. False when the block's format has no such events.</summary>
    private protected abstract bool Read<TSink>(in BlockSource block, ref TSink sink, ref int events, ref int rows)
        where TSink : IEventSink<TEvent>;
}
