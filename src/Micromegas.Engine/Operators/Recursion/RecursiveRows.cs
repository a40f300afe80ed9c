using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Recursion;

/// <summary>
/// The rows that one iteration of a recursion finds, collected by several workers; with UNION those that no iteration found before.
/// </summary>
internal sealed unsafe class RecursiveRows : IDisposable
{
    private readonly Lock gate = new();
    private readonly Schema schema;
    private readonly MemoryReservation reservation;
    private readonly KeyTable? seen;
    private readonly KeyEncoder? encoder;
    private readonly NativeList<int> numbers = new();
    private readonly Selection fresh = new();
    private readonly BatchBuilder builder;
    private List<Batch> found = [];
    private long foundBytes;
    private long lentBytes;

    public RecursiveRows(Schema schema, bool distinct, QueryContext context, string name)
    {
        this.schema = schema;
        reservation = new MemoryReservation(context.Budget, name);
        builder = new BatchBuilder(schema);
        if (distinct)
        {
            seen = new KeyTable(schema.Fields.Select(static field => field.Type));
            encoder = new KeyEncoder(seen, add: true);
        }
    }

    /// <summary>Adds the rows of a batch.</summary>
    /// <exception cref="MemoryLimitException">The budget refuses.</exception>
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
            Account();
        }
    }

    /// <summary>Ends the iteration; the caller owns the batches until <see cref="Free"/>.</summary>
    public IReadOnlyList<Batch> TakeFound()
    {
        lock (gate)
        {
            Seal();
            Account();
            var taken = found;
            found = [];
            lentBytes += foundBytes;
            foundBytes = 0;
            return taken;
        }
    }

    /// <summary>Frees the batches of an iteration.</summary>
    public void Free(IReadOnlyList<Batch> batches)
    {
        lock (gate)
        {
            foreach (var batch in batches)
            {
                lentBytes -= BytesOf(batch);
                Dispose(batch);
            }
            Account();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var batch in found)
            {
                Dispose(batch);
            }
            found = [];
            builder.Dispose();
            seen?.Dispose();
            encoder?.Dispose();
            numbers.Dispose();
            fresh.Dispose();
            reservation.Dispose();
        }
    }

    private static long BytesOf(Batch batch) => batch.Columns.Sum(static column => column.OwnedBytes);

    private static void Dispose(Batch batch)
    {
        foreach (var column in batch.Columns)
        {
            column.Dispose();
        }
    }

    private void SelectFresh(Batch batch)
    {
        var known = seen!.Count;
        numbers.EnsureCapacity(Math.Max(batch.RowCount, 1));
        encoder!.Resolve(batch.Columns, batch.Selection, batch.RowCount, numbers.Items);
        fresh.Count = 0;
        for (var i = 0; i < batch.SelectedCount; i++)
        {
            var row = batch.Selection is { } selection ? selection.Rows[i] : i;
            if (numbers[row] == known)
            {
                known++;
                fresh.Rows[fresh.Count++] = row;
            }
        }
    }

    private void Seal()
    {
        if (builder.RowCount > 0)
        {
            var batch = builder.Build();
            found.Add(batch);
            foundBytes += BytesOf(batch);
        }
    }

    private void Account()
    {
        var held = foundBytes + lentBytes + builder.AllocatedBytes + (seen?.Bytes ?? 0);
        if (!reservation.TryResize(held))
        {
            reservation.Grow(held - reservation.Bytes);
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
