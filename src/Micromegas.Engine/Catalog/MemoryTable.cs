using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Catalog;

/// <summary>
/// A table whose rows lie in memory. Thread-safe: a scan sees the rows that were there when it was opened. Disposal gives the memory back
/// once the last running scan has ended.
/// </summary>
public sealed class MemoryTable : ITable, IDisposable
{
    private const int ChunkRows = 64 * 1024;
    private const string Owner = "Table in memory";

    private readonly Lock gate = new();
    private readonly List<MemoryTableChunk> chunks = [];
    private long rowCount;
    private bool disposed;

    public MemoryTable(Schema schema) => Schema = schema;

    public Schema Schema { get; }

    public TableStatistics? Statistics => new(RowCount, true);

    /// <summary>What the rows count in; null = nothing.</summary>
    internal MemoryBudget? Budget { get; init; }

    /// <summary>Rows now.</summary>
    public long RowCount => Volatile.Read(ref rowCount);

    /// <summary>A table of one row an item; each column says how its value is got from an item, boxed as <see cref="Scalar"/> says.</summary>
    public static MemoryTable FromRows<T>(IEnumerable<T> rows, params IReadOnlyList<(Field Field, Func<T, object?> Value)> columns)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var table = new MemoryTable(new Schema(columns.Select(static column => column.Field).ToArray()));
        VectorBuilder[] builders = [.. columns.Select(static column => VectorBuilder.Create(column.Field.Type))];
        try
        {
            var count = 0;
            foreach (var row in rows)
            {
                for (var i = 0; i < builders.Length; i++)
                {
                    builders[i].AppendValue(columns[i].Value(row));
                }
                if (++count == ChunkRows)
                {
                    table.Add(builders, count);
                    count = 0;
                }
            }
            if (count > 0)
            {
                table.Add(builders, count);
            }
            return table;
        }
        finally
        {
            foreach (var builder in builders)
            {
                builder.Dispose();
            }
        }
    }

    /// <summary>Copies the selected rows of a batch of the same schema to the end of the table.</summary>
    public void Append(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.SelectedCount == 0)
        {
            return;
        }
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            using var builder = new BatchBuilder(Schema);
            // Many small insertions would make many small chunks: the last one is rewritten while it is small.
            var last = chunks.Count > 0 && chunks[^1].Rows.RowCount < Batch.MaxRows ? chunks[^1] : null;
            if (last is not null)
            {
                builder.Append(last.Rows);
            }
            builder.Append(batch);
            var added = new MemoryTableChunk(builder.Build());
            Count(added);
            if (last is not null)
            {
                chunks.RemoveAt(chunks.Count - 1);
                last.Release();
            }
            chunks.Add(added);
            rowCount += batch.SelectedCount;
        }
    }

    /// <summary>Moves all rows of another table of the same schema to the end of this one, or none.</summary>
    /// <exception cref="MemoryLimitException">The budget refuses.</exception>
    internal void Take(MemoryTable other)
    {
        foreach (var chunk in other.Surrender(this))
        {
            if (chunk.Rows.RowCount < Batch.MaxRows && TryAppend(chunk.Rows))
            {
                // Small chunks are gathered.
                chunk.Release();
                continue;
            }
            lock (gate)
            {
                ObjectDisposedException.ThrowIf(disposed, this);
                chunks.Add(chunk);
                rowCount += chunk.Rows.RowCount;
            }
        }
    }

    /// <summary>Puts all rows of another table of the same schema in the place of this one's.</summary>
    /// <exception cref="MemoryLimitException">The budget refuses; nothing was replaced.</exception>
    internal void Replace(MemoryTable other)
    {
        var (added, count) = (other.Surrender(this), 0L);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            foreach (var chunk in chunks)
            {
                chunk.Release();
            }
            chunks.Clear();
            foreach (var chunk in added)
            {
                chunks.Add(chunk);
                count += chunk.Rows.RowCount;
            }
            rowCount = count;
        }
    }

    /// <summary>The chunks, which are another table's from now on.</summary>
    private MemoryTableChunk[] Surrender(MemoryTable heir)
    {
        lock (gate)
        {
            foreach (var chunk in chunks)
            {
                chunk.CountIn(heir.Budget, Owner);
            }
            MemoryTableChunk[] given = [.. chunks];
            chunks.Clear();
            rowCount = 0;
            return given;
        }
    }

    /// <summary>Removes all rows.</summary>
    public void Clear()
    {
        lock (gate)
        {
            foreach (var chunk in chunks)
            {
                chunk.Release();
            }
            chunks.Clear();
            rowCount = 0;
        }
    }

    public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult<ScanPlan>(new MemoryTableScan(this, request));
    }

    public void Dispose()
    {
        disposed = true;
        Clear();
    }

    /// <summary>The chunks of this moment, each held for the caller.</summary>
    internal MemoryTableChunk[] HoldChunks()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            foreach (var chunk in chunks)
            {
                chunk.Hold();
            }
            return [.. chunks];
        }
    }

    private void Count(MemoryTableChunk added)
    {
        try
        {
            added.CountIn(Budget, Owner);
        }
        catch (MemoryLimitException)
        {
            added.Release();
            throw;
        }
    }

    /// <summary>False where rewriting the last chunk takes more memory than there is.</summary>
    private bool TryAppend(Batch rows)
    {
        try
        {
            Append(rows);
            return true;
        }
        catch (MemoryLimitException)
        {
            return false;
        }
    }

    private void Add(VectorBuilder[] builders, int rows)
    {
        lock (gate)
        {
            chunks.Add(new MemoryTableChunk(new Batch(Schema, Array.ConvertAll(builders, static builder => builder.Build())) { RowCount = rows }));
            rowCount += rows;
        }
    }
}
