using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes native <c>cpu</c> blocks into rows of <c>async_events</c>. Not thread-safe: one a worker, for many blocks.</summary>
public sealed class AsyncSpanBlockDecoder : IDisposable
{
    private readonly BlockWarnings warnings = new();
    private readonly TransitSpanReader reader;
    private readonly int maxLength;

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public AsyncSpanBlockDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        this.maxLength = maxLength;
        reader = new TransitSpanReader(warnings);
    }

    /// <summary>What the rows of the block that is being decoded refer to.</summary>
    public SpanScopes Scopes => reader.Scopes;

    /// <summary>Decodes one block and hands every row to <paramref name="sink"/>.</summary>
    /// <param name="block">The block; its process has a tick frequency.</param>
    /// <param name="sink">Receives the rows.</param>
    /// <returns>What became of the block. A damaged block is no exception here; exceptions of the sink pass through.</returns>
    public BlockOutcome Decode<TSink>(in BlockSource block, ref TSink sink)
        where TSink : IAsyncSpanSink
    {
        int events = 0;
        int rows = 0;
        warnings.Clear();
        try
        {
            if (block.Stream.Format != StreamFormats.Transit)
            {
                warnings.Add($"block of the format '{block.Stream.Format}' skipped");
            }
            else if (!TickConverter.TryCreate(block.Process, block.Row.EndTicks, block.Row.EndTime, out TickConverter clock))
            {
                throw new CorruptDataException("Invalid frequency: the process has none and the block's end gives none");
            }
            else
            {
                reader.Scopes.Clear();
                Sink<TSink> converting = new(ref sink, clock, ref rows);
                reader.Read(block, ref converting, maxLength, ref events);
            }
        }
        catch (CorruptDataException e)
        {
            return BlockOutcome.Dropped(e.Message, events, rows, warnings.ToList());
        }

        return BlockOutcome.Decoded(events, rows, warnings.ToList());
    }

    /// <inheritdoc/>
    public void Dispose() => reader.Dispose();

    private readonly ref struct Sink<TSink>(ref TSink sink, TickConverter clock, ref int rows) : ISpanEventSink
        where TSink : IAsyncSpanSink
    {
        private readonly ref TSink sink = ref sink;
        private readonly TickConverter clock = clock;
        private readonly ref int rows = ref rows;

        public static bool TakesAsync => true;

        public bool Add(in SpanEvent row)
        {
            sink.Add(new AsyncSpanEvent(clock.FromAbsolute(row.Ticks), row.IsBegin, row.SpanId, row.ParentId, row.Depth, row.Scope));
            rows++;
            return true;
        }
    }
}
