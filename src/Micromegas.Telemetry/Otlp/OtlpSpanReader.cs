using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Turns the spans of a stored <c>ResourceSpans</c> message into rows (spec/data-lake.md §8.8).</summary>
internal sealed class OtlpSpanReader : IDisposable
{
    private const int TraceIdLength = 16;
    private const int SpanIdLength = 8;

    private readonly JsonbBuilder properties = new();
    private readonly JsonbBuilder events = new();
    private readonly JsonbBuilder links = new();

    /// <summary>Reads a block; counts in <paramref name="count"/> and <paramref name="rows"/> also when it fails.</summary>
    public void Read<TSink>(in BlockSource block, ref TSink sink, ref int count, ref int rows)
        where TSink : IEventSink<OtlpSpan>
    {
        ProtobufReader resource = new(BlockEnvelope.Read(block.Payload).Objects);
        while (OtlpScope.TryRead(ref resource, out OtlpScope scope))
        {
            ProtobufReader records = scope.Records;
            while (OtlpScope.TryReadRecord(ref records, out ProtobufReader span))
            {
                count++;
                if (ReadSpan(span, scope, ref sink))
                {
                    rows++;
                }
            }
        }
    }

    public void Dispose()
    {
        properties.Dispose();
        events.Dispose();
        links.Dispose();
    }

    private bool ReadSpan<TSink>(ProtobufReader span, OtlpScope scope, ref TSink sink)
        where TSink : IEventSink<OtlpSpan>
    {
        ReadOnlySpan<byte> trace = default;
        ReadOnlySpan<byte> id = default;
        ReadOnlySpan<byte> parent = default;
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> message = default;
        ulong begin = 0;
        ulong end = 0;
        int kind = 0;
        int status = 0;
        properties.Reset();
        properties.BeginObject();
        events.Reset();
        events.BeginArray();
        links.Reset();
        links.BeginArray();
        while (span.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.Span.TraceId:
                    trace = span.ReadBytes(type);
                    break;
                case OtlpFields.Span.SpanId:
                    id = span.ReadBytes(type);
                    break;
                case OtlpFields.Span.ParentSpanId:
                    parent = span.ReadBytes(type);
                    break;
                case OtlpFields.Span.Name:
                    name = OtlpValue.ReadText(ref span, type);
                    break;
                case OtlpFields.Span.Kind:
                    kind = span.ReadInt32(type);
                    break;
                case OtlpFields.Span.Start:
                    begin = span.ReadFixed64(type);
                    break;
                case OtlpFields.Span.End:
                    end = span.ReadFixed64(type);
                    break;
                case OtlpFields.Span.Attributes:
                    OtlpValue.AddMember(span.ReadMessage(type), properties);
                    break;
                case OtlpFields.Span.Events:
                    AddEvent(span.ReadMessage(type));
                    break;
                case OtlpFields.Span.Links:
                    AddLink(span.ReadMessage(type));
                    break;
                case OtlpFields.Span.Status:
                    ReadStatus(span.ReadMessage(type), ref status, ref message);
                    break;
                default:
                    span.Skip(field, type);
                    break;
            }
        }

        scope.AddExtras(properties);
        properties.EndObject();
        events.EndArray();
        links.EndArray();
        if (begin == 0 || end == 0 || trace.Length != TraceIdLength || id.Length != SpanIdLength)
        {
            return false;
        }

        sink.Add(new OtlpSpan
        {
            TraceId = trace,
            SpanId = id,
            ParentSpanId = parent.Length == SpanIdLength ? parent : default,
            Begin = (long)begin,
            End = (long)end,
            Name = name,
            Kind = kind,
            Status = status,
            StatusMessage = message,
            Properties = properties.Finish(),
            Events = events.Finish(),
            Links = links.Finish(),
        });
        return true;
    }

    // Fields of a repeated status merge, as protobuf has it.
    private static void ReadStatus(ProtobufReader reader, ref int status, ref ReadOnlySpan<byte> message)
    {
        while (reader.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.Status.Message:
                    message = OtlpValue.ReadText(ref reader, type);
                    break;
                case OtlpFields.Status.Code:
                    status = reader.ReadInt32(type);
                    break;
                default:
                    reader.Skip(field, type);
                    break;
            }
        }
    }

    private void AddEvent(ProtobufReader reader)
    {
        ReadOnlySpan<byte> name = default;
        ulong time = 0;
        ProtobufReader attributes = reader;
        while (reader.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.SpanEvent.Time:
                    time = reader.ReadFixed64(type);
                    break;
                case OtlpFields.SpanEvent.Name:
                    name = OtlpValue.ReadText(ref reader, type);
                    break;
                default:
                    reader.Skip(field, type);
                    break;
            }
        }

        events.BeginObject();
        events.AddKey("time"u8);
        events.AddInt64((long)time);
        events.AddKey("name"u8);
        events.AddString(name);
        AddAttributes(attributes, OtlpFields.SpanEvent.Attributes, events);
        events.EndObject();
    }

    private void AddLink(ProtobufReader reader)
    {
        ReadOnlySpan<byte> trace = default;
        ReadOnlySpan<byte> span = default;
        ProtobufReader attributes = reader;
        while (reader.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.SpanLink.TraceId:
                    trace = reader.ReadBytes(type);
                    break;
                case OtlpFields.SpanLink.SpanId:
                    span = reader.ReadBytes(type);
                    break;
                default:
                    reader.Skip(field, type);
                    break;
            }
        }

        links.BeginObject();
        links.AddKey("trace_id"u8);
        OtlpValue.AddHex(trace, links);
        links.AddKey("span_id"u8);
        OtlpValue.AddHex(span, links);
        AddAttributes(attributes, OtlpFields.SpanLink.Attributes, links);
        links.EndObject();
    }

    private static void AddAttributes(ProtobufReader reader, int attributes, JsonbBuilder builder)
    {
        builder.AddKey("attributes"u8);
        builder.BeginObject();
        while (OtlpScope.TryFind(ref reader, attributes, out ProtobufReader attribute))
        {
            OtlpValue.AddMember(attribute, builder, skipAbsent: true);
        }

        builder.EndObject();
    }
}
