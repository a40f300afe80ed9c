using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>
/// Decodes chains of native <c>cpu</c> blocks into rows of <c>thread_spans</c>: a span may begin in one block and end in another. Not thread-safe: one a worker.
/// </summary>
public sealed class ThreadSpanDecoder : IDisposable
{
    private readonly BlockWarnings warnings = new();
    private readonly TransitSpanReader reader;
    private readonly CallTree tree = new();
    private readonly int maxLength;

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public ThreadSpanDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        this.maxLength = maxLength;
        reader = new TransitSpanReader(warnings);
    }

    /// <summary>What the rows refer to. Scopes stay from chain to chain, until <see cref="Clear"/>.</summary>
    public SpanScopes Scopes => reader.Scopes;

    /// <summary>Rows of the present chain.</summary>
    public int RowCount => tree.RowCount;

    /// <summary>Bytes that the nodes of the present chain take.</summary>
    public long MemoryBytes => tree.MemoryBytes;

    /// <summary>A row of the present chain, parents before children; complete when all blocks of the chain were decoded.</summary>
    public ThreadSpan this[int row] => tree[row];

    /// <summary>Copies rows of the present chain from that number on, as many as the columns take.</summary>
    public void Copy(int first, in ThreadSpanColumns columns) => tree.Copy(first, columns);

    /// <summary>Forgets the scopes of earlier chains.</summary>
    public void Clear() => reader.Scopes.Clear();

    /// <summary>Starts a chain: a list of blocks without a gap between the ticks of one and the next.</summary>
    /// <param name="clock">Clock of the process, with its frequency.</param>
    /// <param name="threadName">Display name of the thread.</param>
    /// <param name="beginTicks">Relative ticks at which the first block begins.</param>
    /// <param name="endTicks">Relative ticks at which the last block ends.</param>
    public void StartChain(TickConverter clock, string threadName, long beginTicks, long endTicks)
    {
        ArgumentNullException.ThrowIfNull(threadName);
        tree.Start(clock, reader.Scopes.Intern(threadName), beginTicks, endTicks);
    }

    /// <summary>Decodes the next block of the chain. When it is dropped, the chain has no meaning any more.</summary>
    public BlockOutcome Decode(in BlockSource block)
    {
        int events = 0;
        int rows = tree.RowCount;
        warnings.Clear();
        try
        {
            if (block.Stream.Format == StreamFormats.Transit)
            {
                Sink sink = new(tree);
                reader.Read(block, ref sink, maxLength, ref events);
            }
            else
            {
                warnings.Add($"block of the format '{block.Stream.Format}' skipped");
            }
        }
        catch (CorruptDataException e)
        {
            return BlockOutcome.Dropped(e.Message, events, tree.RowCount - rows, warnings.ToList());
        }

        return BlockOutcome.Decoded(events, tree.RowCount - rows, warnings.ToList());
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();

    private readonly struct Sink(CallTree tree) : ISpanEventSink
    {
        public static bool TakesAsync => false;

        public bool Add(in SpanEvent row, in AsyncSpanPlace place) => tree.Add(row);
    }
}
