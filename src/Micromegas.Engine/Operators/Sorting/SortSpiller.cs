using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>Writes sorted rows of the store to a temporary file, for one worker.</summary>
internal sealed unsafe class SortSpiller : IDisposable
{
    /// <summary>Rows of the first block, which tells how long they are.</summary>
    private const int FirstRows = 16;

    private readonly SortState state;
    private readonly SpillFile file;
    private readonly RowReader reader;
    private readonly FlatVector<long> first = FlatVector<long>.Allocate(DataType.Int64, SortStage.SpilledRows);
    private readonly FlatVector<int> second = FlatVector<int>.Allocate(DataType.Int32, SortStage.SpilledRows);
    private readonly NativeList<int> ids = new();
    private readonly Vector[] columns;

    public SortSpiller(SortState state, SpillFile file)
    {
        this.state = state;
        this.file = file;
        reader = state.Store.CreateReader();
        columns = [.. new Vector[state.Store.Types.Count], first, second];
        ids.EnsureCapacity(SortStage.SpilledRows);
    }

    /// <summary>Writes a run and frees its rows.</summary>
    public void Write(SortRun run, CancellationToken cancellationToken)
    {
        var rows = FirstRows;
        for (var start = 0; start < run.Entries.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var some = run.Entries.Span.Slice(start, Math.Min(rows, run.Entries.Count - start));
            Append(run, some);
            start += some.Length;
            rows = state.BlockRows(run.Batches[run.Batches.Count - 1]);
        }
        run.Entries.Dispose();
        foreach (var chunk in run.Chunks)
        {
            state.Store.FreeChunk(chunk);
        }
        run.Chunks.Clear();
    }

    /// <summary>Writes the next rows of a run, no more than <see cref="SortStage.SpilledRows"/>.</summary>
    public void Append(SortRun run, ReadOnlySpan<SortEntry> entries)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            ids[i] = entries[i].Id;
            first.Values[i] = (long)entries[i].First;
            second.Values[i] = (int)entries[i].Second;
        }
        for (var column = 0; column < columns.Length - 2; column++)
        {
            columns[column] = reader.Take(column, ids.Items, entries.Length);
        }
        run.Add(file, file.Write(columns, entries.Length));
    }

    public void Dispose()
    {
        reader.Dispose();
        first.Dispose();
        second.Dispose();
        ids.Dispose();
    }
}
