namespace Micromegas.Telemetry.Tests.Fuzzing;

internal delegate BlockOutcome BlockDecode(in BlockSource source);

/// <summary>One decoder of every kind, used again and again: a damaged block must leave nothing behind that hurts the next.</summary>
internal sealed class BlockDecoders : ILogSink, IMetricSink, IAsyncSpanSink, INetSpanSink, IImageSink, IOtlpSpanSink, IBlockObjectSink, IDisposable
{
    private const int MaxLength = 1 << 22;

    private readonly LogBlockDecoder logs = new(MaxLength);
    private readonly MetricBlockDecoder metrics = new(MaxLength);
    private readonly ThreadSpanDecoder threadSpans = new(MaxLength);
    private readonly AsyncSpanBlockDecoder asyncSpans = new(MaxLength);
    private readonly NetSpanDecoder netSpans = new(MaxLength);
    private readonly ImageBlockDecoder images = new(MaxLength);
    private readonly OtlpSpanBlockDecoder otlpSpans = new();
    private readonly BlockObjectDecoder objects = new(MaxLength);
    private int rows;

    public BlockOutcome Logs(in BlockSource source)
    {
        BlockDecoders sink = this;
        return Checked(logs.Decode(source, ref sink));
    }

    public BlockOutcome Metrics(in BlockSource source)
    {
        BlockDecoders sink = this;
        return Checked(metrics.Decode(source, ref sink));
    }

    public BlockOutcome AsyncSpans(in BlockSource source)
    {
        BlockDecoders sink = this;
        return Checked(asyncSpans.Decode(source, ref sink));
    }

    public BlockOutcome Images(in BlockSource source)
    {
        BlockDecoders sink = this;
        return Checked(images.Decode(source, ref sink));
    }

    public BlockOutcome OtlpSpans(in BlockSource source)
    {
        BlockDecoders sink = this;
        return Checked(otlpSpans.Decode(source, ref sink));
    }

    public BlockOutcome Objects(in BlockSource source)
    {
        BlockDecoders sink = this;
        return Checked(objects.Decode(source, ref sink));
    }

    public BlockOutcome NetSpans(in BlockSource source)
    {
        Assert.True(TickConverter.TryCreate(source.Process, 0, 0, out TickConverter clock));
        netSpans.StartChain(clock);
        BlockDecoders sink = this;
        return Checked(netSpans.Decode(source, ref sink));
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

    public void Add(long index, string typeName, ReadOnlySpan<byte> members) => rows += Micromegas.Formats.JsonbValue.TryOpen(members, out _) ? 1 : 0;

    public void Dispose()
    {
        logs.Dispose();
        metrics.Dispose();
        threadSpans.Dispose();
        asyncSpans.Dispose();
        netSpans.Dispose();
        images.Dispose();
        otlpSpans.Dispose();
        objects.Dispose();
    }

    private BlockOutcome Checked(BlockOutcome outcome)
    {
        Assert.Equal(outcome.Rows, rows);
        rows = 0;
        return outcome;
    }
}
