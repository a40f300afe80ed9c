using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>
/// Collects rows and makes sorted runs of them. A run that memory has no room for goes to a temporary file. For a top-n, rows behind the
/// bound are dropped as they come, and the rest is cut back to n from time to time.
/// </summary>
internal sealed unsafe class SortStage : Operator
{
    private const int RunRows = 128 * 1024;

    /// <summary>Rows of a spilled block at most: merging holds one block of every run.</summary>
    public const int SpilledRows = 512;

    private readonly SortState state;
    private readonly SortKeyEncoder encoder;
    private readonly TopChooser chooser;
    private readonly RowWriter writer;
    private readonly MemoryReservation reservation;
    private readonly Vector[] columns;
    private readonly NativeList<int> rows = new();
    private readonly NativeList<int> ids = new();
    private readonly List<SortRun> inMemory = [];
    private readonly WorkerContext worker;
    private SortRun run = new();
    private SpillFile? file;

    public SortStage(SortState state, WorkerContext worker)
        : base(state.Statistics)
    {
        this.state = state;
        this.worker = worker;
        encoder = new SortKeyEncoder(state.Keys, state.Columns, state.Context);
        chooser = new TopChooser(state);
        writer = state.Store.CreateWriter();
        reservation = state.Reserve();
        columns = new Vector[state.Store.Types.Count];
        rows.EnsureCapacity(Batch.MaxRows);
        ids.EnsureCapacity(Batch.MaxRows);
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        var keys = encoder.Encode(batch, batch.Selection);
        var count = Choose(batch, keys);
        if (count == 0)
        {
            return state.IsTop && state.Top == 0 ? Flow.Done : Flow.Continue;
        }
        batch.Columns.CopyTo(columns, 0);
        if (state.StoresKeys)
        {
            columns[^1] = keys;
        }
        writer.Write(columns, rows.Items, count, ids.Items);
        run.Entries.EnsureCapacity(run.Entries.Count + count);
        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            run.Entries.Add(SortEntry.Of(keys.Bytes + keys.Offsets[row], keys.Offsets[row + 1] - keys.Offsets[row], ids[i]));
        }
        if (state.IsTop)
        {
            if (run.Entries.Count >= Math.Max(2L * state.Top, state.Top + 8192L))
            {
                CutBack();
            }
        }
        else if (run.Entries.Count >= RunRows)
        {
            Seal();
        }
        Account();
        return Flow.Continue;
    }

    protected override Flow Complete(WorkerContext worker)
    {
        if (state.IsTop && run.Entries.Count > state.Top)
        {
            CutBack();
        }
        Seal();
        if (!state.IsTop && (file is not null || state.Context.Options.ForceSpill))
        {
            // Memory was short before: merging needs some.
            Spill();
            reservation.TryResize(Math.Min(Held, reservation.Bytes));
        }
        foreach (var sorted in inMemory)
        {
            sorted.Reservation = reservation;
            state.Add(sorted);
        }
        inMemory.Clear();
        return Flow.Continue;
    }

    public override void Dispose()
    {
        base.Dispose();
        encoder.Dispose();
        chooser.Dispose();
        writer.Dispose();
        rows.Dispose();
        ids.Dispose();
        run.Dispose();
        foreach (var sorted in inMemory)
        {
            sorted.Dispose();
        }
    }

    /// <summary>Lists the rows that may be in the result.</summary>
    private int Choose(Batch batch, BinaryVector keys)
    {
        var count = batch.SelectedCount;
        if (batch.Selection is { } selection)
        {
            selection.Span.CopyTo(new Span<int>(rows.Items, count));
        }
        else
        {
            for (var row = 0; row < count; row++)
            {
                rows.Items[row] = row;
            }
        }
        return state.IsTop ? chooser.Choose(batch, keys, rows.Items, count) : count;
    }

    private void Account()
    {
        if (reservation.TryResize(Held, run.Entries.GrowthBytes(Batch.MaxRows) + writer.GrowthBytes(Batch.MaxRows)))
        {
            return;
        }
        if (state.IsTop)
        {
            CutBack();
            if (!reservation.TryResize(Held))
            {
                reservation.Grow(Held - reservation.Bytes);
            }
            return;
        }
        Seal();
        Spill();
        if (Held > reservation.Bytes)
        {
            reservation.Grow(Held - reservation.Bytes);
        }
        else
        {
            reservation.TryResize(Held);
        }
    }

    private long Held => writer.Bytes + run.Entries.Bytes + inMemory.Sum(static sorted => sorted.Entries.Bytes);

    private void Sort() => SortEntryComparer.Sort(run.Entries.Span, state.KeyColumn);

    /// <summary>Keeps the first rows of a top-n and copies them together, so that the others' memory is free.</summary>
    private void CutBack()
    {
        if (run.Entries.Count <= state.Top)
        {
            return;
        }
        Sort();
        worker.ThrowIfCancelled();
        run.Entries.Count = state.Top;
        var last = run.Entries[state.Top - 1];
        using var reader = state.Store.CreateReader();
        var lastId = last.Id;
        state.Tighten(last, state.FirstKeyOrdinal < 0 ? null : reader.Take(state.FirstKeyOrdinal, &lastId, 1), 0);
        int[] old = [.. writer.Chunks];
        writer.Forget();
        for (var start = 0; start < state.Top; start += Batch.MaxRows)
        {
            var count = Math.Min(Batch.MaxRows, state.Top - start);
            for (var i = 0; i < count; i++)
            {
                ids[i] = run.Entries[start + i].Id;
            }
            for (var column = 0; column < columns.Length; column++)
            {
                columns[column] = reader.Take(column, ids.Items, count);
            }
            writer.Write(columns, null, count, ids.Items);
            for (var i = 0; i < count; i++)
            {
                var entry = run.Entries[start + i];
                run.Entries[start + i] = new SortEntry(entry.First, entry.Second, ids[i]);
            }
        }
        foreach (var chunk in old)
        {
            state.Store.FreeChunk(chunk);
        }
    }

    private void Seal()
    {
        if (run.Entries.Count == 0)
        {
            return;
        }
        worker.ThrowIfCancelled();
        Sort();
        var known = inMemory.Sum(static sorted => sorted.Chunks.Count);
        writer.Close();
        run.Chunks.AddRange(writer.Chunks.Skip(known));
        inMemory.Add(run);
        run = new SortRun();
    }

    /// <summary>Writes the runs in memory to a temporary file.</summary>
    private void Spill()
    {
        file ??= state.CreateFile();
        using var spiller = new SortSpiller(state, file);
        foreach (var sorted in inMemory)
        {
            spiller.Write(sorted, worker.CancellationToken);
            state.Add(sorted);
        }
        inMemory.Clear();
        writer.Forget();
    }
}
