using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Turns blocks into rows of one view. Keeps its buffers from block to block; one thread at a time.</summary>
internal abstract class BlockDecoder : IDisposable
{
    /// <param name="schema">The view's columns.</param>
    /// <param name="projection">Ordinals of the columns to build, in the order of delivery; each at most once.</param>
    protected BlockDecoder(Schema schema, IReadOnlyList<int> projection) => Output = schema.Project(projection.ToArray());

    protected Schema Output { get; }

    /// <summary>Decodes a block. A damaged block gives no rows and says why (spec/data-lake.md §4.9).</summary>
    public DecodedBlock Decode(SourceBlock source, StreamDescription stream, ReadOnlySpan<byte> payload)
    {
        BlockRecord block = source.Block;
        ProcessRecord process = source.Process;
        var bytes = new BlockSource(
            new ProcessClock(process.TscFrequency, process.StartTicks, process.StartTime),
            stream,
            new BlockRow(block.BeginTicks, block.EndTicks, block.BeginTime, block.EndTime, block.ObjectCount, block.ObjectOffset),
            payload);
        BlockOutcome outcome;
        int rows;
        try
        {
            outcome = DecodeEvents(bytes, out rows);
        }
        catch
        {
            DiscardEvents();
            throw;
        }
        if (outcome.IsDropped || rows == 0)
        {
            DiscardEvents();
            return new DecodedBlock(source, null, null, outcome.Failure, outcome.Warnings);
        }
        LakeTimeRange times = EventTimes;
        Vector[] columns = Output.Fields.Select(column => BuildEventColumn(column.Name) ?? BlockColumn(column, source, rows)).ToArray();
        DiscardEvents();
        return new DecodedBlock(source, new Batch(Output, columns) { RowCount = rows }, times, null, outcome.Warnings);
    }

    public abstract void Dispose();

    /// <summary>Collects the block's events.</summary>
    protected abstract BlockOutcome DecodeEvents(in BlockSource source, out int rows);

    /// <summary>Bounds that the block contributes to its partition (spec/lakehouse.md §3.17); called before the columns are built.</summary>
    protected abstract LakeTimeRange EventTimes { get; }

    /// <summary>Hands over a column that differs from event to event; null for the columns of the block itself.</summary>
    protected abstract Vector? BuildEventColumn(string name);

    /// <summary>Forgets what was collected and not handed over.</summary>
    protected abstract void DiscardEvents();

    private static Vector BlockColumn(Field column, SourceBlock source, int rows) => column.Name switch
    {
        "process_id" => ConstantColumn.Text(source.Process.ProcessId.ToString("D"), rows),
        "stream_id" => ConstantColumn.Text(source.Stream.StreamId.ToString("D"), rows),
        "block_id" => ConstantColumn.Text(source.Block.BlockId.ToString("D"), rows),
        "insert_time" => ConstantColumn.Time(source.Block.InsertTime, rows),
        "exe" => ConstantColumn.Text(source.Process.Exe, rows),
        "username" => ConstantColumn.Text(source.Process.Username, rows),
        "computer" => ConstantColumn.Text(source.Process.Computer, rows),
        "process_properties" => ConstantColumn.Bytes(DataType.DictionaryJsonb, RowColumn.Encode(source.Process.Properties), rows),
        _ => throw new InvalidOperationException($"no event and no block has a column '{column.Name}'"),
    };
}
