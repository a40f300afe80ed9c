using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Views;

/// <summary>Turns blocks into rows of one view. Keeps its buffers from block to block; one thread at a time.</summary>
internal abstract class BlockDecoder : IDisposable
{
    private protected TimeBounds Times;

    /// <param name="schema">The view's columns.</param>
    /// <param name="projection">Ordinals of the columns to build, in the order of delivery; each at most once.</param>
    protected BlockDecoder(Schema schema, IReadOnlyList<int> projection)
    {
        Output = schema.Project(projection.ToArray());
        Columns = new EventColumns(Output);
    }

    /// <summary>The columns that events fill.</summary>
    protected EventColumns Columns { get; }

    private Schema Output { get; }

    /// <summary>Decodes a block. A damaged block gives no rows and says why (spec/data-lake.md §4.9).</summary>
    public DecodedBlock Decode(SourceBlock source, StreamDescription stream, ReadOnlySpan<byte> payload)
    {
        Times = default;
        BlockOutcome outcome;
        try
        {
            outcome = DecodeEvents(SourceOf(source, stream, payload));
        }
        catch
        {
            Columns.Discard();
            throw;
        }
        if (outcome.IsDropped || outcome.Rows == 0)
        {
            Columns.Discard();
            return new DecodedBlock(source, null, null, outcome.Failure, outcome.Warnings);
        }
        Vector[] columns = Output.Fields.Select(column => Columns.Build(column.Name) ?? BlockColumn(column, source, outcome.Rows)).ToArray();
        return new DecodedBlock(source, new Batch(Output, columns) { RowCount = outcome.Rows }, Times.Range, null, outcome.Warnings);
    }

    /// <summary>What decoding needs of a block's rows in the catalogue.</summary>
    public static BlockSource SourceOf(SourceBlock source, StreamDescription stream, ReadOnlySpan<byte> payload)
    {
        BlockRecord block = source.Block;
        return new BlockSource(
            ClockOf(source.Process),
            stream,
            new BlockRow(block.BeginTicks, block.EndTicks, block.BeginTime, block.EndTime, block.ObjectCount, block.ObjectOffset),
            payload);
    }

    public static ProcessClock ClockOf(ProcessRecord process) => new(process.TscFrequency, process.StartTicks, process.StartTime);

    public virtual void Dispose() => Columns.Dispose();

    /// <summary>Collects the block's events: a row in every column for each, and its time in <see cref="Times"/>.</summary>
    protected abstract BlockOutcome DecodeEvents(in BlockSource source);

    /// <summary>A column that has one value for the whole block.</summary>
    public static Vector BlockColumn(Field column, SourceBlock source, int rows) => column.Name switch
    {
        "process_id" => ConstantColumn.Text(column.Type, source.Process.ProcessId.ToString("D"), rows),
        "stream_id" => ConstantColumn.Text(column.Type, source.Stream.StreamId.ToString("D"), rows),
        "block_id" => ConstantColumn.Text(column.Type, source.Block.BlockId.ToString("D"), rows),
        "insert_time" => ConstantColumn.Time(source.Block.InsertTime, rows),
        "exe" => ConstantColumn.Text(column.Type, source.Process.Exe, rows),
        "username" => ConstantColumn.Text(column.Type, source.Process.Username, rows),
        "computer" => ConstantColumn.Text(column.Type, source.Process.Computer, rows),
        "process_properties" => ConstantColumn.Bytes(column.Type, RowColumn.Encode(source.Process.Properties), rows),
        _ => throw new InvalidOperationException($"no event and no block has a column '{column.Name}'"),
    };
}
