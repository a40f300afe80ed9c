using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Chains of <c>cpu</c> blocks → rows of <c>thread_spans</c>, sorted by their begins.</summary>
internal sealed class ThreadSpansDecoder : ChainDecoder
{
    private readonly ThreadSpanDecoder _decoder = new();
    private readonly FlatVectorBuilder<long>? _id;
    private readonly FlatVectorBuilder<long>? _parent;
    private readonly FlatVectorBuilder<uint>? _depth;
    private readonly FlatVectorBuilder<long>? _begin;
    private readonly FlatVectorBuilder<long>? _end;
    private readonly FlatVectorBuilder<long>? _duration;
    private readonly ScopeColumns _scope;
    private BlockChain? _chain;
    private TickConverter _clock;
    private TimeBounds _times;
    private long? _lastBegin;
    private int _next;

    public ThreadSpansDecoder(Schema schema, IReadOnlyList<int> projection)
        : base(schema, projection)
    {
        _id = Columns.Flat<long>("id");
        _parent = Columns.Flat<long>("parent");
        _depth = Columns.Flat<uint>("depth");
        _begin = Columns.Flat<long>("begin");
        _end = Columns.Flat<long>("end");
        _duration = Columns.Flat<long>("duration");
        _scope = new ScopeColumns(Columns);
    }

    /// <summary>From the blocks, not from the spans.</summary>
    public override LakeTimeRange Times => _times.Range;

    public override long MemoryBytes => base.MemoryBytes + _decoder.MemoryBytes;

    public override long? MaxSortKey => _lastBegin;

    public override void Dispose()
    {
        base.Dispose();
        _decoder.Dispose();
    }

    public override void Start(BlockChain chain)
    {
        _chain = chain;
        _next = 0;
        SourceBlock first = chain.Blocks[0];
        _decoder.StartChain(_clock, ThreadName.Of(first.Stream), first.Block.BeginTicks, chain.Blocks[^1].Block.EndTicks);
    }

    protected override void StartPartition(IReadOnlyList<SourceBlock> blocks, TickConverter clock)
    {
        _clock = clock;
        _times.Add(clock.FromRelative(blocks.Min(b => b.Block.BeginTicks)));
        _times.Add(clock.FromRelative(blocks.Max(b => b.Block.EndTicks)));
    }

    protected override BlockOutcome DecodeBlock(in BlockSource source) => _decoder.Decode(source);

    protected override int AppendRows(int limit, bool isComplete)
    {
        if (!isComplete)
        {
            return 0;
        }
        int stop = (int)Math.Min((long)_next + limit, _decoder.RowCount);
        int rows = stop - _next;
        for (; _next < stop; _next++)
        {
            ThreadSpan span = _decoder[_next];
            if (span.Begin < _lastBegin)
            {
                // Readers rely on the order (spec/lakehouse.md §3.8).
                throw Throw.CorruptBlock(_chain!.Blocks[0].Block.BlockId, $"span {span.Id} begins before the span in front of it");
            }
            _lastBegin = span.Begin;
            _id?.Append(span.Id);
            _parent?.Append(span.Parent);
            _depth?.Append(span.Depth);
            _begin?.Append(span.Begin);
            _end?.Append(span.End);
            _duration?.Append(unchecked(span.End - span.Begin));
            _scope.Append(_decoder.Scopes, span.Scope);
        }
        return rows;
    }
}
