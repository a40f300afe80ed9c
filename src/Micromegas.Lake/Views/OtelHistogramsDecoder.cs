using Micromegas.Columnar;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Blocks of metric streams → rows of <c>otel_histograms</c>.</summary>
internal sealed class OtelHistogramsDecoder : BlockDecoder
{
    private readonly OtlpHistogramBlockDecoder _decoder = new();
    private readonly FlatVectorBuilder<long>? _time;
    private readonly KeyedDictionary? _target;
    private readonly KeyedDictionary? _name;
    private readonly KeyedDictionary? _unit;
    private readonly FlatVectorBuilder<ulong>? _count;
    private readonly FlatVectorBuilder<double>? _sum;
    private readonly FlatVectorBuilder<double>? _min;
    private readonly FlatVectorBuilder<double>? _max;
    private readonly ListVectorBuilder? _bounds;
    private readonly ListVectorBuilder? _counts;
    private readonly KeyedDictionary? _properties;

    public OtelHistogramsDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _time = Columns.Flat<long>("time");
        _target = Columns.Coded("target");
        _name = Columns.Coded("name");
        _unit = Columns.Coded("unit");
        _count = Columns.Flat<ulong>("count");
        _sum = Columns.Flat<double>("sum");
        _min = Columns.Flat<double>("min");
        _max = Columns.Flat<double>("max");
        _bounds = Columns.Lists("bounds");
        _counts = Columns.Lists("counts");
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

    private static void AppendOptional(FlatVectorBuilder<double>? column, double? value)
    {
        if (value is { } number)
        {
            column?.Append(number);
        }
        else
        {
            column?.AppendNull();
        }
    }

    private static void AppendList<T>(ListVectorBuilder? column, ReadOnlySpan<T> items)
        where T : unmanaged
    {
        if (column is null)
        {
            return;
        }
        var builder = (FlatVectorBuilder<T>)column.Items;
        foreach (T item in items)
        {
            builder.Append(item);
        }
        column.EndList();
    }

    private readonly struct Sink(OtelHistogramsDecoder rows) : IEventSink<OtlpHistogram>
    {
        public void Add(in OtlpHistogram row)
        {
            rows.Times.Add(row.Time);
            rows._time?.Append(row.Time);
            rows._target?.Append(row.Target, -1);
            rows._name?.Append(row.Name, -1);
            rows._unit?.Append(row.Unit, -1);
            rows._count?.Append(row.Count);
            AppendOptional(rows._sum, row.Sum);
            AppendOptional(rows._min, row.Min);
            AppendOptional(rows._max, row.Max);
            AppendList(rows._bounds, row.Bounds);
            AppendList(rows._counts, row.Counts);
            rows._properties?.Append(row.Properties, -1);
        }
    }
}
