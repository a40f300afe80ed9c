using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Chains of <c>net</c> blocks → rows of <c>net_spans</c>, in the order in which the spans end.</summary>
internal sealed class NetSpansDecoder : ChainDecoder
{
    private readonly NetSpanDecoder _decoder = new();
    private readonly FlatVectorBuilder<long>? _id;
    private readonly FlatVectorBuilder<long>? _parent;
    private readonly FlatVectorBuilder<uint>? _depth;
    private readonly KeyedDictionary? _kind;
    private readonly KeyedDictionary? _name;
    private readonly KeyedDictionary? _connection;
    private readonly BitVectorBuilder? _isOutgoing;
    private readonly FlatVectorBuilder<long>? _beginBits;
    private readonly FlatVectorBuilder<long>? _endBits;
    private readonly FlatVectorBuilder<long>? _bitSize;
    private readonly FlatVectorBuilder<long>? _begin;
    private readonly FlatVectorBuilder<long>? _end;
    private TickConverter _clock;
    private TimeBounds _times;
    private int _rows;

    public NetSpansDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _id = Columns.Flat<long>("span_id");
        _parent = Columns.Flat<long>("parent_span_id");
        _depth = Columns.Flat<uint>("depth");
        _kind = Columns.Coded("kind");
        _name = Columns.Coded("name");
        _connection = Columns.Coded("connection_name");
        _isOutgoing = Columns.Bits("is_outgoing");
        _beginBits = Columns.Flat<long>("begin_bits");
        _endBits = Columns.Flat<long>("end_bits");
        _bitSize = Columns.Flat<long>("bit_size");
        _begin = Columns.Flat<long>("begin_time");
        _end = Columns.Flat<long>("end_time");
    }

    public override LakeTimeRange Times => _times.Range;

    public override void Dispose()
    {
        base.Dispose();
        _decoder.Dispose();
    }

    public override void Start(BlockChain chain) => _decoder.StartChain(_clock);

    protected override void StartPartition(IReadOnlyList<SourceBlock> blocks, TickConverter clock) => _clock = clock;

    protected override BlockOutcome DecodeBlock(in BlockSource source)
    {
        var sink = new Sink(this);
        return _decoder.Decode(source, ref sink);
    }

    protected override int AppendRows(int limit, bool isComplete)
    {
        // Rows are in the columns already; small blocks gather.
        if (_rows < limit && !isComplete)
        {
            return 0;
        }
        int rows = _rows;
        _rows = 0;
        return rows;
    }

    private static ReadOnlySpan<byte> KindName(NetSpanKind kind) => kind switch
    {
        NetSpanKind.Connection => "connection"u8,
        NetSpanKind.Object => "object"u8,
        NetSpanKind.Property => "property"u8,
        _ => "rpc"u8,
    };

    private readonly struct Sink(NetSpansDecoder rows) : IEventSink<NetSpan>
    {
        public void Add(in NetSpan row)
        {
            rows._times.Add(row.Begin);
            rows._times.Add(row.End);
            rows._rows++;
            rows._id?.Append(row.Id);
            rows._parent?.Append(row.Parent);
            rows._depth?.Append(row.Depth);
            rows._kind?.Append(KindName(row.Kind), (int)row.Kind);
            rows._name?.Append(rows._decoder.Text(row.Name), row.Name);
            rows._connection?.Append(rows._decoder.Text(row.Connection), row.Connection);
            rows._isOutgoing?.Append(row.IsOutgoing);
            rows._beginBits?.Append(row.BeginBits);
            rows._endBits?.Append(unchecked(row.BeginBits + row.BitSize));
            rows._bitSize?.Append(row.BitSize);
            rows._begin?.Append(row.Begin);
            rows._end?.Append(row.End);
        }
    }
}
