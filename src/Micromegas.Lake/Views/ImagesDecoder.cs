using Micromegas.Columnar;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Blocks of image streams → rows of <c>images</c>.</summary>
internal sealed class ImagesDecoder : BlockDecoder
{
    private readonly ImageBlockDecoder _decoder = new();
    private readonly FlatVectorBuilder<long>? _time;
    private readonly BinaryVectorBuilder? _name;
    private readonly KeyedDictionary? _format;
    private readonly FlatVectorBuilder<long>? _size;
    private readonly BinaryVectorBuilder? _data;

    public ImagesDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _time = Columns.Flat<long>("time");
        _name = Columns.Bytes("name");
        _format = Columns.Coded("format");
        _size = Columns.Flat<long>("payload_size");
        _data = Columns.Bytes("data");
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

    private readonly struct Sink(ImagesDecoder rows) : IEventSink<ImageEvent>
    {
        public void Add(in ImageEvent row)
        {
            rows.Times.Add(row.Time);
            rows._time?.Append(row.Time);
            rows._name?.Append(row.Name);
            rows._format?.Append(row.Format, -1);
            rows._size?.Append(row.Data.Length);
            rows._data?.Append(row.Data);
        }
    }
}
