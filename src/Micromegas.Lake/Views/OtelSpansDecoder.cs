using Micromegas.Columnar;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Blocks of trace streams → rows of <c>otel_spans</c>.</summary>
internal sealed class OtelSpansDecoder : BlockDecoder
{
    private readonly OtlpSpanBlockDecoder _decoder = new();
    private readonly BinaryVectorBuilder? _traceId;
    private readonly BinaryVectorBuilder? _spanId;
    private readonly BinaryVectorBuilder? _parentSpanId;
    private readonly FlatVectorBuilder<long>? _begin;
    private readonly FlatVectorBuilder<long>? _end;
    private readonly FlatVectorBuilder<long>? _duration;
    private readonly KeyedDictionary? _name;
    private readonly KeyedDictionary? _kind;
    private readonly KeyedDictionary? _status;
    private readonly BinaryVectorBuilder? _statusMessage;
    private readonly KeyedDictionary? _properties;
    private readonly BinaryVectorBuilder? _events;
    private readonly BinaryVectorBuilder? _links;

    public OtelSpansDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _traceId = Columns.Bytes("trace_id");
        _spanId = Columns.Bytes("span_id");
        _parentSpanId = Columns.Bytes("parent_span_id");
        _begin = Columns.Flat<long>("start_time");
        _end = Columns.Flat<long>("end_time");
        _duration = Columns.Flat<long>("duration");
        _name = Columns.Coded("name");
        _kind = Columns.Coded("kind");
        _status = Columns.Coded("status");
        _statusMessage = Columns.Bytes("status_message");
        _properties = Columns.Coded("properties");
        _events = Columns.Bytes("events");
        _links = Columns.Bytes("links");
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

    private static ReadOnlySpan<byte> KindName(int kind) => kind switch
    {
        1 => "INTERNAL"u8,
        2 => "SERVER"u8,
        3 => "CLIENT"u8,
        4 => "PRODUCER"u8,
        5 => "CONSUMER"u8,
        _ => "UNSPECIFIED"u8,
    };

    private static ReadOnlySpan<byte> StatusName(int status) => status switch
    {
        1 => "OK"u8,
        2 => "ERROR"u8,
        _ => "UNSET"u8,
    };

    private static void AppendOptional(BinaryVectorBuilder? column, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            column?.AppendNull();
        }
        else
        {
            column?.Append(value);
        }
    }

    private readonly struct Sink(OtelSpansDecoder rows) : IEventSink<OtlpSpan>
    {
        public void Add(in OtlpSpan row)
        {
            rows.Times.Add(row.Begin);
            rows.Times.Add(row.End);
            rows._traceId?.Append(row.TraceId);
            rows._spanId?.Append(row.SpanId);
            AppendOptional(rows._parentSpanId, row.ParentSpanId);
            rows._begin?.Append(row.Begin);
            rows._end?.Append(row.End);
            rows._duration?.Append(unchecked(row.End - row.Begin));
            rows._name?.Append(row.Name, -1);
            rows._kind?.Append(KindName(row.Kind), -1);
            rows._status?.Append(StatusName(row.Status), -1);
            AppendOptional(rows._statusMessage, row.StatusMessage);
            rows._properties?.Append(row.Properties, -1);
            rows._events?.Append(row.Events);
            rows._links?.Append(row.Links);
        }
    }
}
