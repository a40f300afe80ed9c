namespace Micromegas.Telemetry.Tests.Fuzzing;

internal delegate BlockOutcome BlockDecode(in BlockSource source);

/// <summary>One decoder of every kind, used again and again: a damaged block must leave nothing behind that hurts the next.</summary>
internal sealed class BlockDecoders :
    IEventSink<LogEvent>,
    IEventSink<MetricEvent>,
    IEventSink<AsyncSpanEvent>,
    IEventSink<NetSpan>,
    IEventSink<ImageEvent>,
    IEventSink<OtlpSpan>,
    IEventSink<OtlpHistogram>,
    IEventSink<BlockObject>,
    IDisposable
{
    private const int MaxLength = 1 << 22;

    private readonly LogBlockDecoder logs = new(MaxLength);
    private readonly MetricBlockDecoder metrics = new(MaxLength);
    private readonly ThreadSpanDecoder threadSpans = new(MaxLength);
    private readonly AsyncSpanBlockDecoder asyncSpans = new(MaxLength);
    private readonly NetSpanDecoder netSpans = new(MaxLength);
    private readonly ImageBlockDecoder images = new(MaxLength);
    private readonly OtlpSpanBlockDecoder otlpSpans = new();
    private readonly OtlpHistogramBlockDecoder otlpHistograms = new();
    private readonly BlockObjectDecoder objects = new(MaxLength);
    private int rows;

    public BlockOutcome Logs(in BlockSource source) => Decode(logs, source);

    public BlockOutcome Metrics(in BlockSource source) => Decode(metrics, source);

    public BlockOutcome AsyncSpans(in BlockSource source) => Decode(asyncSpans, source);

    public BlockOutcome Images(in BlockSource source) => Decode(images, source);

    public BlockOutcome OtlpSpans(in BlockSource source) => Decode(otlpSpans, source);

    public BlockOutcome OtlpHistograms(in BlockSource source) => Decode(otlpHistograms, source);

    public BlockOutcome Objects(in BlockSource source) => Decode(objects, source);

    public BlockOutcome NetSpans(in BlockSource source)
    {
        Assert.True(TickConverter.TryCreate(source.Process, 0, 0, out TickConverter clock));
        netSpans.StartChain(clock);
        return Decode(netSpans, source);
    }

    public BlockOutcome ThreadSpans(in BlockSource source)
    {
        Assert.True(TickConverter.TryCreate(source.Process, 0, 0, out TickConverter clock));
        threadSpans.Clear();
        threadSpans.StartChain(clock, "thread", source.Row.BeginTicks, source.Row.EndTicks);
        BlockOutcome outcome = threadSpans.Decode(source);
        if (!outcome.IsDropped)
        {
            // Every row can be read, and no row has a parent behind it.
            for (int i = 0; i < threadSpans.RowCount; i++)
            {
                ThreadSpan span = threadSpans[i];
                _ = threadSpans.Scopes.Name(span.Scope).Length + threadSpans.Scopes.File(span.Scope).Length + threadSpans.Scopes.Target(span.Scope).Length;
                Assert.True(span.Depth <= i);
            }
        }

        return outcome;
    }

    public void Add(in LogEvent row) => rows += row.Properties.IsEmpty ? 0 : 1;

    public void Add(in MetricEvent row) => rows += row.Properties.IsEmpty ? 0 : 1;

    public void Add(in AsyncSpanEvent row) => rows += asyncSpans.Scopes.Name(row.Scope).Length >= 0 ? 1 : 0;

    public void Add(in NetSpan row) => rows += netSpans.Text(row.Name).Length + netSpans.Text(row.Connection).Length >= 0 ? 1 : 0;

    public void Add(in ImageEvent row) => rows++;

    public void Add(in OtlpSpan row) => rows += row.TraceId.Length == 16 && row.SpanId.Length == 8 && row.ParentSpanId.Length is 0 or 8 ? 1 : 0;

    public void Add(in OtlpHistogram row) => rows += row.Counts.Length == (row.Counts.IsEmpty ? row.Bounds.Length : row.Bounds.Length + 1) ? 1 : 0;

    public void Add(in BlockObject row) => rows += Micromegas.Formats.JsonbValue.TryOpen(row.Members, out _) ? 1 : 0;

    public void Dispose()
    {
        logs.Dispose();
        metrics.Dispose();
        threadSpans.Dispose();
        asyncSpans.Dispose();
        netSpans.Dispose();
        images.Dispose();
        otlpSpans.Dispose();
        otlpHistograms.Dispose();
        objects.Dispose();
    }

    private BlockOutcome Decode<TEvent>(EventDecoder<TEvent> decoder, in BlockSource source)
        where TEvent : struct, allows ref struct
    {
        // The decoder's kind is one of those above.
        var sink = (IEventSink<TEvent>)(object)this;
        BlockOutcome outcome = decoder.Decode(source, ref sink);
        Assert.Equal(outcome.Rows, rows);
        rows = 0;
        return outcome;
    }
}
