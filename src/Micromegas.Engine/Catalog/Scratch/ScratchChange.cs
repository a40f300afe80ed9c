using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Statements;

namespace Micromegas.Engine.Catalog.Scratch;

internal enum ScratchChangeKind
{
    Insert,
    Update,
    Delete,
}

/// <summary>
/// INSERT, UPDATE or DELETE. The rows affected, as they are afterwards (as they were, for DELETE), are collected first; only when all of them are there does
/// the table change, at once. RETURNING reads the collected rows.
/// </summary>
/// <param name="catalog">The catalogue, whose changes run one after the other.</param>
/// <param name="services">Runs the plan.</param>
/// <param name="table">The table.</param>
/// <param name="affected">Gives the rows affected: the table's columns, and the row numbers too unless they are inserted.</param>
/// <param name="kind">What happens to them.</param>
/// <param name="returning">Makes the plan of RETURNING, which reads the table that it is given.</param>
internal sealed class ScratchChange(
    ScratchCatalog catalog, StatementServices services, ScratchTable table, LogicalPlan affected, ScratchChangeKind kind, ScratchReturning? returning) : StatementAction
{
    /// <summary>Says whether to go on; called when no other change runs.</summary>
    public Func<bool>? Before { get; init; }

    /// <summary>Called when the table has changed, before other changes run.</summary>
    public Action? After { get; init; }

    internal override LogicalPlan Result => returning?.Plan ?? base.Result;

    public override async ValueTask<long?> RunAsync(QueryContext context, CancellationToken cancellationToken)
    {
        await catalog.Changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Before?.Invoke() == false)
            {
                return 0;
            }
            using var staged = new MemoryTable(table.Rows.Schema) { Budget = context.Budget };
            await CollectAsync(context, staged, cancellationToken).ConfigureAwait(false);
            var count = staged.RowCount;
            if (returning is not null)
            {
                await CopyAsync(staged, returning.Rows, context, cancellationToken).ConfigureAwait(false);
            }
            if (kind == ScratchChangeKind.Insert)
            {
                foreach (var key in table.Keys)
                {
                    await key.CheckAddedAsync(services, table.Rows, staged, context, cancellationToken).ConfigureAwait(false);
                }
                table.Rows.Take(staged);
            }
            else if (count > 0)
            {
                using var content = new MemoryTable(table.Rows.Schema) { Budget = context.Budget };
                await CopyAsync(ScratchPlans.Merge(services, table, staged, kind == ScratchChangeKind.Update), content, context, cancellationToken).ConfigureAwait(false);
                foreach (var key in kind == ScratchChangeKind.Update ? table.Keys : [])
                {
                    await key.CheckAsync(services, content, context, cancellationToken).ConfigureAwait(false);
                }
                table.Rows.Replace(content);
            }
            After?.Invoke();
            return count;
        }
        finally
        {
            catalog.Changes.Release();
        }
    }

    private async ValueTask CollectAsync(QueryContext context, MemoryTable staged, CancellationToken cancellationToken)
    {
        var result = services.Start(affected, context);
        await using (result.ConfigureAwait(false))
        {
            while (await result.ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
            {
                if (kind != ScratchChangeKind.Insert)
                {
                    CheckNulls(batch);
                    staged.Append(new Batch(staged.Schema, batch.Columns) { RowCount = batch.RowCount });
                    continue;
                }
                Vector[] columns = [.. batch.Columns];
                foreach (var identity in table.Identities)
                {
                    columns[identity.Ordinal] = identity.Fill(columns[identity.Ordinal], batch.RowCount);
                }
                using var numbers = Numbers(batch);
                try
                {
                    var filled = new Batch(staged.Schema, [.. columns, numbers]) { RowCount = batch.RowCount };
                    CheckNulls(filled);
                    staged.Append(filled);
                }
                finally
                {
                    foreach (var identity in table.Identities)
                    {
                        if (!ReferenceEquals(columns[identity.Ordinal], batch.Columns[identity.Ordinal]))
                        {
                            columns[identity.Ordinal].Dispose();
                        }
                    }
                }
            }
        }
    }

    private ValueTask CopyAsync(MemoryTable from, MemoryTable to, QueryContext context, CancellationToken cancellationToken) =>
        CopyAsync(services.Optimize(ScratchPlans.Scan(from)), to, context, cancellationToken);

    private async ValueTask CopyAsync(LogicalPlan from, MemoryTable to, QueryContext context, CancellationToken cancellationToken)
    {
        var result = services.Start(from, context);
        await using (result.ConfigureAwait(false))
        {
            while (await result.ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
            {
                to.Append(new Batch(to.Schema, batch.Columns) { RowCount = batch.RowCount });
            }
        }
    }

    private FlatVector<long> Numbers(Batch batch)
    {
        var numbers = FlatVector<long>.Allocate(DataType.Int64, batch.RowCount);
        var first = table.Reserve(batch.RowCount);
        for (var row = 0; row < batch.RowCount; row++)
        {
            numbers.Span[row] = first + row;
        }
        return numbers;
    }

    private void CheckNulls(Batch batch)
    {
        for (var i = 0; i < table.Schema.Count; i++)
        {
            if (table.Schema[i].Nullable)
            {
                continue;
            }
            // Results come without a selection.
            for (var row = 0; row < batch.RowCount; row++)
            {
                if (batch.Columns[i].IsNull(row))
                {
                    throw new EngineException(SqlState.NotNullViolation, $"Column '{table.Schema[i].Name}' is NOT NULL, but a row has no value for it.");
                }
            }
        }
    }
}

/// <summary>RETURNING: a plan over rows that are there only when the statement has run.</summary>
internal sealed record ScratchReturning(LogicalPlan Plan, MemoryTable Rows);
