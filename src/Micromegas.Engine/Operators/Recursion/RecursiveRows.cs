using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Recursion;

/// <summary>
/// The rows that one iteration of a recursion finds, collected by several workers; with UNION those that no iteration found before. When memory is refused, the
/// rows found so far and the keys of all iterations go to a temporary file. What a recursion may write there is bounded, since many a one has no end.
/// </summary>
internal sealed unsafe class RecursiveRows : IDisposable
{
    /// <summary>How many times the statement's memory a recursion may write to its file.</summary>
    private const long FileTimes = 32;

    /// <summary>Batches after which a forced spill writes what is there.</summary>
    private const int ForcedSpillBatches = 4;

    private readonly Lock gate = new();
    private readonly Schema schema;
    private readonly DataType[] types;
    private readonly QueryContext context;
    private readonly MemoryReservation reservation;
    private readonly bool isDistinct;
    private readonly NativeList<int> numbers = new();
    private readonly NativeList<byte> known = new();
    private readonly Selection fresh = new();
    private readonly BatchBuilder builder;
    private readonly SpillFile file;
    private readonly SpilledKeys spilled;
    private readonly List<Batch> pending = [];
    private KeyTable? seen;
    private KeyEncoder? encoder;
    private List<FoundRows> found = [];
    private long pendingBytes;
    private long foundBytes;
    private long lentBytes;
    private int settled;
    private int batches;

    public RecursiveRows(Schema schema, bool distinct, QueryContext context, OperatorStatistics statistics, string name)
    {
        this.schema = schema;
        this.context = context;
        types = [.. schema.Fields.Select(static field => field.Type)];
        reservation = new MemoryReservation(context.Budget, name);
        builder = new BatchBuilder(schema);
        isDistinct = distinct;
        file = new SpillFile(context, statistics, name) { Limit = Math.Max(context.Budget.Limit, context.Budget.Limit * FileTimes) };
        spilled = new SpilledKeys(types, file);
        Renew();
    }

    /// <summary>Adds the rows of a batch.</summary>
    /// <exception cref="MemoryLimitException">The budget refuses, and the file is as long as it may be.</exception>
    public void Add(Batch batch)
    {
        lock (gate)
        {
            if (encoder is null)
            {
                builder.Append(batch);
            }
            else
            {
                SelectFresh(batch);
                builder.Append(batch, fresh.Span);
            }
            if (builder.RowCount >= Batch.MaxRows)
            {
                Seal();
            }
            batches++;
            var isForced = context.Options.ForceSpill && batches % ForcedSpillBatches == 0;
            if (isForced || !reservation.TryResize(Held, Ahead))
            {
                Spill();
            }
        }
    }

    /// <summary>Ends the iteration; the caller owns the rows until <see cref="Free"/>.</summary>
    public IReadOnlyList<FoundRows> TakeFound()
    {
        lock (gate)
        {
            Settle();
            if (!reservation.TryResize(Held))
            {
                Spill();
            }
            var taken = found;
            found = [];
            lentBytes += foundBytes;
            foundBytes = 0;
            return taken;
        }
    }

    /// <summary>Frees the rows of an iteration.</summary>
    public void Free(IReadOnlyList<FoundRows> rows)
    {
        lock (gate)
        {
            foreach (var some in rows)
            {
                lentBytes -= some.Bytes;
                some.Free();
            }
            reservation.TryResize(Math.Min(Held, reservation.Bytes));
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var some in found)
            {
                some.Free();
            }
            found = [];
            pending.ForEach(static batch => batch.DisposeColumns());
            pending.Clear();
            builder.Dispose();
            seen?.Dispose();
            encoder?.Dispose();
            numbers.Dispose();
            known.Dispose();
            fresh.Dispose();
            spilled.Dispose();
            file.Dispose();
            reservation.Dispose();
        }
    }

    private long Held => pendingBytes + foundBytes + lentBytes + builder.AllocatedBytes + (seen?.Bytes ?? 0);

    /// <summary>What the next batch asks for, and what writing the keys takes.</summary>
    private long Ahead => seen is null ? 0 : seen.GrowthBytes(Batch.MaxRows) + SpilledKeys.WorkingBytes(seen.Count);

    private void Renew()
    {
        seen?.Dispose();
        encoder?.Dispose();
        settled = 0;
        if (isDistinct)
        {
            seen = new KeyTable(types);
            encoder = new KeyEncoder(seen, add: true);
        }
    }

    private void SelectFresh(Batch batch)
    {
        var count = seen!.Count;
        numbers.EnsureCapacity(Math.Max(batch.RowCount, 1));
        encoder!.Resolve(batch.Columns, batch.Selection, batch.RowCount, numbers.Items);
        fresh.Count = 0;
        for (var i = 0; i < batch.SelectedCount; i++)
        {
            var row = batch.Selection is { } selection ? selection.Rows[i] : i;
            if (numbers[row] == count)
            {
                count++;
                fresh.Rows[fresh.Count++] = row;
            }
        }
    }

    private void Seal()
    {
        if (builder.RowCount > 0)
        {
            var batch = builder.Build();
            pending.Add(batch);
            pendingBytes += batch.OwnedBytes;
        }
    }

    /// <summary>Finds out which of the pending rows, which are those of the last keys of the table, lie in the file already.</summary>
    private void Settle()
    {
        Seal();
        var mayBeKnown = isDistinct && !spilled.IsEmpty && pending.Count > 0;
        if (mayBeKnown)
        {
            known.Count = 0;
            known.Resize(seen!.Count - settled, 0);
            using var finder = new KeyEncoder(seen, add: false);
            spilled.Mark(seen, finder, settled, known.Items, context.CancellationToken);
        }
        var key = 0;
        foreach (var batch in pending)
        {
            if (!mayBeKnown)
            {
                found.Add(new FoundRows(batch));
                foundBytes += batch.OwnedBytes;
                continue;
            }
            numbers.Count = 0;
            for (var row = 0; row < batch.RowCount; row++, key++)
            {
                if (known[key] == 0)
                {
                    numbers.Add(row);
                }
            }
            builder.Append(batch, numbers.Span);
            batch.DisposeColumns();
            if (builder.RowCount > 0)
            {
                var rows = new FoundRows(builder.Build());
                found.Add(rows);
                foundBytes += rows.Bytes;
            }
        }
        pending.Clear();
        pendingBytes = 0;
        known.Dispose();
        settled = seen?.Count ?? 0;
    }

    /// <summary>Writes everything to the file.</summary>
    private void Spill()
    {
        Settle();
        if (seen is { Count: > 0 })
        {
            spilled.Add(seen, context.CancellationToken);
            Renew();
        }
        for (var i = 0; i < found.Count; i++)
        {
            if (found[i].Bytes == 0)
            {
                continue;
            }
            var batch = found[i].Open();
            var place = file.Write(batch.Columns, batch.RowCount);
            foundBytes -= found[i].Bytes;
            found[i].Free();
            found[i] = new FoundRows(schema, file, place);
        }
        if (!reservation.TryResize(Held))
        {
            reservation.Grow(Math.Max(0, Held - reservation.Bytes));
        }
    }
}

/// <summary>Collects the rows of an iteration.</summary>
internal sealed class RecursiveSink(RecursiveRows rows, OperatorStatistics statistics) : Operator(statistics)
{
    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        rows.Add(batch);
        return Flow.Continue;
    }
}
