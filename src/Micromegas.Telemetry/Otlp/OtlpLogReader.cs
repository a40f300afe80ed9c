using System.Globalization;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Turns the records of a stored <c>ResourceLogs</c> message into rows (spec/data-lake.md §8.7).</summary>
internal sealed class OtlpLogReader : IDisposable
{
    private readonly JsonbBuilder builder = new();
    private readonly JsonbBuilder body = new();
    private readonly PooledBuffer text = new();

    /// <summary>Reads a block; counts in <paramref name="events"/> and <paramref name="rows"/> also when it fails.</summary>
    public void Read<TSink>(in BlockSource block, ref TSink sink, ref int events, ref int rows)
        where TSink : IEventSink<LogEvent>
    {
        ProtobufReader resource = new(BlockEnvelope.Read(block.Payload).Objects);
        int scopes = 0;
        while (OtlpScope.TryRead(ref resource, out OtlpScope scope))
        {
            int targetKey = scopes++;
            ProtobufReader records = scope.Records;
            while (OtlpScope.TryReadRecord(ref records, out ProtobufReader record))
            {
                events++;
                ReadRecord(record, scope, targetKey, block.Row.BeginTime, ref sink);
                rows++;
            }
        }
    }

    public void Dispose()
    {
        builder.Dispose();
        body.Dispose();
        text.Dispose();
    }

    private void ReadRecord<TSink>(ProtobufReader record, OtlpScope scope, int targetKey, long beginTime, ref TSink sink)
        where TSink : IEventSink<LogEvent>
    {
        ulong time = 0;
        ulong observed = 0;
        int severity = 0;
        ReadOnlySpan<byte> message = default;
        ReadOnlySpan<byte> severityText = default;
        ReadOnlySpan<byte> eventName = default;
        ReadOnlySpan<byte> trace = default;
        ReadOnlySpan<byte> span = default;
        text.Clear();
        builder.Reset();
        builder.BeginObject();
        while (record.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.LogRecord.Time:
                    time = record.ReadFixed64(type);
                    break;
                case OtlpFields.LogRecord.ObservedTime:
                    observed = record.ReadFixed64(type);
                    break;
                case OtlpFields.LogRecord.Severity:
                    severity = record.ReadInt32(type);
                    break;
                case OtlpFields.LogRecord.SeverityText:
                    severityText = OtlpValue.ReadText(ref record, type);
                    break;
                case OtlpFields.LogRecord.Body:
                    message = ReadBody(record.ReadMessage(type));
                    break;
                case OtlpFields.LogRecord.Attributes:
                    OtlpValue.AddMember(record.ReadMessage(type), builder);
                    break;
                case OtlpFields.LogRecord.TraceId:
                    trace = record.ReadBytes(type);
                    break;
                case OtlpFields.LogRecord.SpanId:
                    span = record.ReadBytes(type);
                    break;
                case OtlpFields.LogRecord.EventName:
                    eventName = OtlpValue.ReadText(ref record, type);
                    break;
                default:
                    record.Skip(field, type);
                    break;
            }
        }

        scope.AddExtras(builder);
        AddId("otel.trace_id"u8, trace, 16);
        AddId("otel.span_id"u8, span, 8);
        OtlpScope.AddText("otel.severity_text"u8, severityText, builder);
        OtlpScope.AddText("otel.event_name"u8, eventName, builder);
        builder.EndObject();
        sink.Add(new LogEvent
        {
            Time = time != 0 ? (long)time : observed != 0 ? (long)observed : beginTime,
            Level = Level(severity),
            Target = scope.Name,
            TargetKey = targetKey,
            Message = message,
            MessageKey = -1,
            Properties = builder.Finish(),
            PropertiesKey = -1,
        });
    }

    private static int Level(int severity) => severity switch
    {
        >= 1 and <= 4 => 6,
        >= 5 and <= 8 => 5,
        >= 9 and <= 12 => 4,
        >= 13 and <= 16 => 3,
        >= 17 and <= 20 => 2,
        >= 21 and <= 24 => 1,
        _ => 4,
    };

    private void AddId(ReadOnlySpan<byte> key, ReadOnlySpan<byte> id, int length)
    {
        if (id.Length != length)
        {
            return;
        }

        builder.AddKey(key);
        OtlpValue.AddHex(id, builder);
    }

    // Texts as they are, numbers plainly, bytes as base64, structures as compact JSON.
    private ReadOnlySpan<byte> ReadBody(ProtobufReader value)
    {
        text.Clear();
        int member = OtlpValue.FindMember(value, out ProtobufReader at, out ProtobufWireType type);
        switch (member)
        {
            case OtlpFields.AnyValue.String:
                return OtlpValue.ReadText(ref at, type);
            case OtlpFields.AnyValue.Bytes:
                return OtlpValue.Base64(at.ReadBytes(type), text);
            case OtlpFields.AnyValue.Double:
                PlainDouble.Format(at.ReadDouble(type), text);
                return text.WrittenSpan;
            case OtlpFields.AnyValue.Int:
                ((long)at.ReadVarint(type)).TryFormat(text.GetSpan(24), out int written, default, CultureInfo.InvariantCulture);
                text.Advance(written);
                return text.WrittenSpan;
            case OtlpFields.AnyValue.Bool or OtlpFields.AnyValue.Array or OtlpFields.AnyValue.KeyValues:
                body.Reset();
                OtlpValue.Add(value, body);
                JsonbText.Format(JsonbValue.Open(body.Finish()), text, JsonExponent.Unsigned);
                return text.WrittenSpan;
            default:
                return default;
        }
    }
}
