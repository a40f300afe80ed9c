using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Decodes native <c>cpu</c> blocks, of processes with a tick frequency, into rows of <c>async_events</c>. Not thread-safe: one a worker, for many blocks.</summary>
public sealed class AsyncSpanBlockDecoder : EventDecoder<AsyncSpanEvent>
{
    private readonly TransitSpanReader reader;

    /// <summary>Makes a decoder.</summary>
    /// <param name="maxLength">Most bytes that either part of a block may decompress to; beyond, the block fails.</param>
    public AsyncSpanBlockDecoder(int maxLength = Lz4Frame.DefaultMaxLength)
        : base(maxLength)
    {
        reader = new TransitSpanReader(Warnings);
    }

    /// <summary>What the rows of the block that is being decoded refer to.</summary>
    public SpanScopes Scopes => reader.Scopes;

    /// <inheritdoc/>
    public override void Dispose() => reader.Dispose();

    private protected override bool Read<TSink>(in BlockSource block, ref TSink sink, ref int events, ref int rows)
    {
        if (block.Stream.Format != StreamFormats.Transit)
        {
            return false;
        }

        reader.Scopes.Clear();
        Sink<TSink> converting = new(ref sink, TickConverter.Of(block), ref rows);
        reader.Read(block, ref converting, MaxLength, ref events);
        return true;
    }

    private readonly ref struct Sink<TSink>(ref TSink sink, TickConverter clock, ref int rows) : ISpanEventSink
        where TSink : IEventSink<AsyncSpanEvent>
    {
        private readonly ref TSink sink = ref sink;
        private readonly TickConverter clock = clock;
        private readonly ref int rows = ref rows;

        public static bool TakesAsync => true;

        public bool Add(in SpanEvent row, in AsyncSpanPlace place)
        {
            sink.Add(new AsyncSpanEvent(clock.FromAbsolute(row.Ticks), row.IsBegin, place.SpanId, place.ParentId, place.Depth, row.Scope));
            rows++;
            return true;
        }
    }
}
