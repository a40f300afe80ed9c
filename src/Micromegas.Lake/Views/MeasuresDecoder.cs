using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Blocks of metric streams → rows of <c>measures</c>.</summary>
internal sealed class MeasuresDecoder : BlockDecoder
{
    private readonly MetricBlockDecoder _decoder = new();
    private readonly FlatVectorBuilder<long> _time = new(DataType.LakeTime);
    private readonly KeyedDictionary _target = new(DataType.DictionaryUtf8);
    private readonly KeyedDictionary _name = new(DataType.DictionaryUtf8);
    private readonly KeyedDictionary _unit = new(DataType.DictionaryUtf8);
    private readonly FlatVectorBuilder<double> _value = new(DataType.Float64);
    private readonly KeyedDictionary _properties = new(DataType.DictionaryJsonb);
    private readonly bool _wantsTarget;
    private readonly bool _wantsName;
    private readonly bool _wantsUnit;
    private readonly bool _wantsProperties;
    private TimeBounds _times;

    public MeasuresDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _wantsTarget = Output.IndexOf("target") >= 0;
        _wantsName = Output.IndexOf("name") >= 0;
        _wantsUnit = Output.IndexOf("unit") >= 0;
        _wantsProperties = Output.IndexOf("properties") >= 0;
    }

    public override void Dispose()
    {
        _decoder.Dispose();
        _time.Dispose();
        _target.Dispose();
        _name.Dispose();
        _unit.Dispose();
        _value.Dispose();
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
        "target" => _target.Build(),
        "name" => _name.Build(),
        "unit" => _unit.Build(),
        "value" => _value.Build(),
        "properties" => _properties.Build(),
        _ => null,
    };

    protected override void DiscardEvents()
    {
        _time.Build().Dispose();
        _target.Discard();
        _name.Discard();
        _unit.Discard();
        _value.Build().Dispose();
        _properties.Discard();
    }

    private void Add(in MetricEvent row)
    {
        _times.Add(row.Time);
        _time.Append(row.Time);
        _value.Append(row.Value);
        if (_wantsTarget)
        {
            _target.Append(row.Target, row.TargetKey);
        }
        if (_wantsName)
        {
            _name.Append(row.Name, row.NameKey);
        }
        if (_wantsUnit)
        {
            _unit.Append(row.Unit, row.UnitKey);
        }
        if (_wantsProperties)
        {
            _properties.Append(row.Properties, row.PropertiesKey);
        }
    }

    private readonly struct Sink(MeasuresDecoder rows) : IMetricSink
    {
        public void Add(in MetricEvent row) => rows.Add(row);
    }
}
