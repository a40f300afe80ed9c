using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Chains of <c>cpu</c> blocks → rows of <c>thread_spans</c>, sorted by their begins.</summary>
internal sealed class ThreadSpansDecoder : ChainDecoder
{
    /// <summary>What is copied column by column lies in the cache meanwhile.</summary>
    private const int RowsAtOnce = 512;

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
        Span<long> begins = stackalloc long[RowsAtOnce];
        Span<long> ends = stackalloc long[RowsAtOnce];
        Span<int> scopes = stackalloc int[RowsAtOnce];
        while (_next < stop)
        {
            int some = Math.Min(RowsAtOnce, stop - _next);
            Append(begins[..some], ends[..some], scopes[..some]);
            _next += some;
        }
        return rows;
    }

    private void Append(Span<long> begins, Span<long> ends, Span<int> scopes)
    {
        int some = scopes.Length;
        var columns = new ThreadSpanColumns
        {
            Ids = _id is null ? default : _id.Extend(some),
            Parents = _parent is null ? default : _parent.Extend(some),
            Depths = _depth is null ? default : _depth.Extend(some),
            Begins = begins,
            Ends = ends,
            Scopes = scopes,
        };
        _decoder.Copy(_next, columns);
        CheckOrder(begins);
        if (_begin is not null)
        {
            begins.CopyTo(_begin.Extend(some));
        }
        if (_end is not null)
        {
            ends.CopyTo(_end.Extend(some));
        }
        if (_duration is not null)
        {
            Span<long> durations = _duration.Extend(some);
            for (int i = 0; i < durations.Length; i++)
            {
                durations[i] = unchecked(ends[i] - begins[i]);
            }
        }
        _scope.Append(_decoder.Scopes, scopes);
    }

    /// <summary>Readers rely on the order (spec/lakehouse.md §3.8).</summary>
    private void CheckOrder(ReadOnlySpan<long> begins)
    {
        long last = _lastBegin ?? long.MinValue;
        for (int i = 0; i < begins.Length; i++)
        {
            if (begins[i] < last)
            {
                throw Throw.CorruptBlock(_chain!.Blocks[0].Block.BlockId, $"span {_decoder[_next + i].Id} begins before the span in front of it");
            }
            last = begins[i];
        }
        _lastBegin = last;
    }
}
