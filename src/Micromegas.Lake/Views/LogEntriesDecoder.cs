using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Blocks of log streams → rows of <c>log_entries</c>.</summary>
internal sealed class LogEntriesDecoder : BlockDecoder
{
    private readonly LogBlockDecoder _decoder = new();
    private readonly FlatVectorBuilder<long> _time = new(DataType.LakeTime);
    private readonly FlatVectorBuilder<int> _level = new(DataType.Int32);
    private readonly KeyedDictionary _target = new(DataType.DictionaryUtf8);
    private readonly BinaryVectorBuilder _message = new(DataType.Utf8);
    private readonly KeyedDictionary _properties = new(DataType.DictionaryJsonb);
    private readonly bool _wantsTarget;
    private readonly bool _wantsMessage;
    private readonly bool _wantsProperties;
    private TimeBounds _times;

    public LogEntriesDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _wantsTarget = Output.IndexOf("target") >= 0;
        _wantsMessage = Output.IndexOf("msg") >= 0;
        _wantsProperties = Output.IndexOf("properties") >= 0;
    }

    public override void Dispose()
    {
        _decoder.Dispose();
        _time.Dispose();
        _level.Dispose();
        _target.Dispose();
        _message.Dispose();
        _properties.Dispose();
    }

    protected override BlockOutcome DecodeEvents(in BlockSource source, out int rows)
    {
        _times = default;
        var sink = new Sink(this);
        BlockOutcome outcome = _decoder.Decode(source, ref sink);
        rows = _time.Length;
        return outcome;
    }

    protected override LakeTimeRange EventTimes => _times.Range;

    protected override Vector? BuildEventColumn(string name) => name switch
    {
        "time" => _time.Build(),
        "level" => _level.Build(),
        "target" => _target.Build(),
        "msg" => _message.Build(),
        "properties" => _properties.Build(),
        _ => null,
    };

    protected override void DiscardEvents()
    {
        _time.Build().Dispose();
        _level.Build().Dispose();
        _target.Discard();
        _message.Build().Dispose();
        _properties.Discard();
    }

    private void Add(in LogEvent row)
    {
        _times.Add(row.Time);
        _time.Append(row.Time);
        _level.Append(row.Level);
        if (_wantsTarget)
        {
            _target.Append(row.Target, row.TargetKey);
        }
        if (_wantsMessage)
        {
            _message.Append(row.Message);
        }
        if (_wantsProperties)
        {
            _properties.Append(row.Properties, row.PropertiesKey);
        }
    }

    private readonly struct Sink(LogEntriesDecoder rows) : ILogSink
    {
        public void Add(in LogEvent row) => rows.Add(row);
    }
}
