using Micromegas.Columnar;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Blocks of log streams → rows of <c>log_entries</c>.</summary>
internal sealed class LogEntriesDecoder : BlockDecoder
{
    private readonly LogBlockDecoder _decoder = new();
    private readonly FlatVectorBuilder<long>? _time;
    private readonly FlatVectorBuilder<int>? _level;
    private readonly KeyedDictionary? _target;
    private readonly BinaryVectorBuilder? _message;
    private readonly KeyedDictionary? _properties;

    public LogEntriesDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _time = Columns.Flat<long>("time");
        _level = Columns.Flat<int>("level");
        _target = Columns.Coded("target");
        _message = Columns.Bytes("msg");
        _properties = Columns.Coded("properties");
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

    private readonly struct Sink(LogEntriesDecoder rows) : IEventSink<LogEvent>
    {
        public void Add(in LogEvent row)
        {
            rows.Times.Add(row.Time);
            rows._time?.Append(row.Time);
            rows._level?.Append(row.Level);
            rows._target?.Append(row.Target, row.TargetKey);
            rows._message?.Append(row.Message);
            rows._properties?.Append(row.Properties, row.PropertiesKey);
        }
    }
}
