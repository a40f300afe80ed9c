using Micromegas.Columnar;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Blocks of <c>cpu</c> streams → rows of <c>async_events</c>.</summary>
internal sealed class AsyncEventsDecoder : BlockDecoder
{
    private readonly AsyncSpanBlockDecoder _decoder = new();
    private readonly FlatVectorBuilder<long>? _time;
    private readonly KeyedDictionary? _eventType;
    private readonly FlatVectorBuilder<long>? _spanId;
    private readonly FlatVectorBuilder<long>? _parentSpanId;
    private readonly FlatVectorBuilder<uint>? _depth;
    private readonly ScopeColumns _scope;

    public AsyncEventsDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _time = Columns.Flat<long>("time");
        _eventType = Columns.Coded("event_type");
        _spanId = Columns.Flat<long>("span_id");
        _parentSpanId = Columns.Flat<long>("parent_span_id");
        _depth = Columns.Flat<uint>("depth");
        _scope = new ScopeColumns(Columns);
    }

    public override void Dispose()
    {
        base.Dispose();
        _decoder.Dispose();
    }

    protected override BlockOutcome DecodeEvents(in BlockSource source)
    {
        var sink = new Sink(this);
        return _decoder.Decode(source, ref sink);
    }

    private readonly struct Sink(AsyncEventsDecoder rows) : IEventSink<AsyncSpanEvent>
    {
        public void Add(in AsyncSpanEvent row)
        {
            rows.Times.Add(row.Time);
            rows._time?.Append(row.Time);
            rows._eventType?.Append(row.IsBegin ? "begin"u8 : "end"u8, row.IsBegin ? 0 : 1);
            rows._spanId?.Append(row.SpanId);
            rows._parentSpanId?.Append(row.ParentSpanId);
            rows._depth?.Append(row.Depth);
            rows._scope.Append(rows._decoder.Scopes, row.Scope);
        }
    }
}
