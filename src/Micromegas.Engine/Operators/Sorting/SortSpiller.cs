using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>Moves sorted runs from memory to a temporary file, for one worker.</summary>
internal sealed unsafe class SortSpiller : IDisposable
{
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
        for (var start = 0; start < run.Entries.Count; start += SortStage.SpilledRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(SortStage.SpilledRows, run.Entries.Count - start);
            for (var i = 0; i < count; i++)
            {
                var entry = run.Entries[start + i];
                ids[i] = entry.Id;
                first.Values[i] = (long)entry.First;
                second.Values[i] = (int)entry.Second;
            }
            for (var column = 0; column < columns.Length - 2; column++)
            {
                columns[column] = reader.Take(column, ids.Items, count);
            }
            run.Batches.Add(file.Write(columns, count));
        }
        run.File = file;
        run.Entries.Dispose();
        foreach (var chunk in run.Chunks)
        {
            state.Store.FreeChunk(chunk);
        }
        run.Chunks.Clear();
    }

    public void Dispose()
    {
        reader.Dispose();
        first.Dispose();
        second.Dispose();
        ids.Dispose();
    }
}
