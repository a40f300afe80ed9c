using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>
/// Turns chains of blocks into rows of a view whose events reach from block to block (spec/lakehouse.md §5.5). Keeps its buffers from chain to chain; one thread
/// at a time.
/// </summary>
internal abstract class ChainDecoder : IDisposable
{
    private const int RowsOfBatch = 64 * 1024;

    /// <param name="schema">The view's columns.</param>
    /// <param name="projection">Ordinals of the columns to build, in the order of delivery; each at most once.</param>
    protected ChainDecoder(Schema schema, IReadOnlyList<int> projection)
    {
        Output = schema.Project(projection.ToArray());
        Columns = new EventColumns(Output);
    }

    /// <summary>The columns that events fill.</summary>
    protected EventColumns Columns { get; }

    private Schema Output { get; }

    private SourceBlock? First { get; set; }

    /// <summary>Starts a partition.</summary>
    /// <param name="blocks">All of its blocks, by their ticks.</param>
    /// <exception cref="LakeException">The blocks cannot be decoded together.</exception>
    public void Open(IReadOnlyList<SourceBlock> blocks)
    {
        SourceBlock first = blocks[0];
        if (blocks.FirstOrDefault(b => b.Stream.StreamId != first.Stream.StreamId) is { } other)
        {
            throw Throw.CorruptBlock(other.Block.BlockId, $"one partition holds blocks of the streams {first.Stream.StreamId} and {other.Stream.StreamId}");
        }

        // The frequency is known here: it is the process's own, or was estimated from all of its blocks (spec/data-lake.md §6.4).
        if (!TickConverter.TryCreate(BlockDecoder.ClockOf(first.Process), 0, 0, out TickConverter clock))
        {
            throw Throw.CorruptBlock(first.Block.BlockId, "invalid frequency: the process has none and its blocks give none");
        }
        First = first;
        StartPartition(blocks, clock);
    }

    /// <summary>Starts a chain of the partition.</summary>
    public abstract void Start(BlockChain chain);

    /// <summary>Decodes the next block of the chain; a damaged one takes the chain with it.</summary>
    /// <returns>What was skipped.</returns>
    /// <exception cref="LakeException">The block is damaged.</exception>
    public IReadOnlyList<string> Add(SourceBlock source, StreamDescription stream, ReadOnlySpan<byte> payload)
    {
        BlockOutcome outcome = DecodeBlock(BlockDecoder.SourceOf(source, stream, payload));
        return outcome.Failure is { } failure ? throw Throw.CorruptBlock(source.Block.BlockId, failure) : outcome.Warnings;
    }

    /// <summary>
    /// The next rows, which the caller owns; null when there are none for now. After the last block of a chain all of its rows must be taken before the next
    /// chain starts.
    /// </summary>
    public Batch? Take(bool isComplete)
    {
        int rows = AppendRows(RowsOfBatch, isComplete);
        if (rows == 0)
        {
            return null;
        }
        Vector[] columns = Output.Fields.Select(column => Columns.Build(column.Name) ?? BlockDecoder.BlockColumn(column, First!, rows)).ToArray();
        return new Batch(Output, columns) { RowCount = rows };
    }

    /// <summary>Bounds of the partition's events (spec/lakehouse.md §3.17).</summary>
    public abstract LakeTimeRange Times { get; }

    /// <summary>Bytes that the chain holds so far.</summary>
    public virtual long MemoryBytes => Columns.AllocatedBytes;

    /// <summary>The last row's key where rows are sorted by time.</summary>
    public virtual long? MaxSortKey => null;

    public virtual void Dispose() => Columns.Dispose();

    protected abstract void StartPartition(IReadOnlyList<SourceBlock> blocks, TickConverter clock);

    protected abstract BlockOutcome DecodeBlock(in BlockSource source);

    /// <summary>Puts rows that are ready into the columns and says how many.</summary>
    protected abstract int AppendRows(int limit, bool isComplete);
}
