using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>Walks through a sorted run. The rows of a spilled run come back into the store block by block.</summary>
internal sealed unsafe class SortCursor : IDisposable
{
    private readonly SortState state;
    private readonly SortRun run;
    private readonly RowWriter? writer;
    private readonly NativeList<SortEntry>? loaded;
    private readonly NativeList<int>? ids;
    private readonly Queue<int> passed = [];
    private int position = -1;
    private int nextBatch;

    /// <param name="state">The sort.</param>
    /// <param name="run">The run.</param>
    /// <param name="index">Its place among those that are merged.</param>
    public SortCursor(SortState state, SortRun run, int index)
    {
        this.state = state;
        this.run = run;
        Index = index;
        if (run.File is not null)
        {
            writer = state.Store.CreateWriter(run.BatchRows);
            loaded = new NativeList<SortEntry>();
            ids = new NativeList<int>();
        }
    }

    /// <summary>The run's place among those that are merged.</summary>
    public int Index { get; }

    public SortEntry Current { get; private set; }

    /// <summary>Bytes of the rows that were read back.</summary>
    public long Bytes => (writer?.Bytes ?? 0) + (loaded?.Bytes ?? 0);

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool MoveNext()
    {
        var entries = loaded ?? run.Entries;
        if (++position >= entries.Count)
        {
            if (run.File is null)
            {
                return false;
            }
            Pass();
            if (nextBatch == run.Batches.Count)
            {
                return false;
            }
            Load();
            position = 0;
        }
        Current = entries[position];
        return true;
    }

    /// <summary>Frees the rows that were passed and, by now, copied.</summary>
    public void FreePassed()
    {
        while (passed.TryDequeue(out var chunk))
        {
            state.Store.FreeChunk(chunk);
        }
    }

    /// <summary>Hands over the chunks whose rows were passed.</summary>
    public void TakePassed(List<int> chunks)
    {
        chunks.AddRange(passed);
        passed.Clear();
    }

    public void Dispose()
    {
        writer?.Dispose();
        loaded?.Dispose();
        ids?.Dispose();
    }

    /// <summary>All rows that were read back were given out.</summary>
    private void Pass()
    {
        foreach (var chunk in writer!.Chunks)
        {
            passed.Enqueue(chunk);
        }
        writer.Forget();
    }

    private void Load()
    {
        var batch = run.Batches[nextBatch++];
        var types = state.Store.Types;
        var columns = run.File!.Read(batch, [.. types, DataType.Int64, DataType.Int32]);
        try
        {
            ids!.EnsureCapacity(batch.Rows);
            writer!.Write(columns[..types.Count], null, batch.Rows, ids.Items);
            var first = ((FlatVector<long>)columns[^2]).Values;
            var second = ((FlatVector<int>)columns[^1]).Values;
            loaded!.Count = 0;
            loaded.EnsureCapacity(batch.Rows);
            for (var i = 0; i < batch.Rows; i++)
            {
                loaded.Add(new SortEntry((ulong)first[i], (uint)second[i], ids[i]));
            }
        }
        finally
        {
            foreach (var column in columns)
            {
                column.Dispose();
            }
        }
    }
}
