using Micromegas.Columnar;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Blocks of metric streams → rows of <c>measures</c>.</summary>
internal sealed class MeasuresDecoder : BlockDecoder
{
    private readonly MetricBlockDecoder _decoder = new();
    private readonly FlatVectorBuilder<long>? _time;
    private readonly KeyedDictionary? _target;
    private readonly KeyedDictionary? _name;
    private readonly KeyedDictionary? _unit;
    private readonly FlatVectorBuilder<double>? _value;
    private readonly KeyedDictionary? _properties;

    public MeasuresDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _time = Columns.Flat<long>("time");
        _target = Columns.Coded("target");
        _name = Columns.Coded("name");
        _unit = Columns.Coded("unit");
        _value = Columns.Flat<double>("value");
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

    private readonly struct Sink(MeasuresDecoder rows) : IEventSink<MetricEvent>
    {
        public void Add(in MetricEvent row)
        {
            rows.Times.Add(row.Time);
            rows._time?.Append(row.Time);
            rows._target?.Append(row.Target, row.TargetKey);
            rows._name?.Append(row.Name, row.NameKey);
            rows._unit?.Append(row.Unit, row.UnitKey);
            rows._value?.Append(row.Value);
            rows._properties?.Append(row.Properties, row.PropertiesKey);
        }
    }
}
