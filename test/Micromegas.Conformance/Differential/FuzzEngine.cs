using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;

namespace Micromegas.Conformance.Differential;

/// <summary>Our engine over generated tables.</summary>
internal sealed class FuzzEngine : IDisposable
{
    private static readonly SqlEngine Engine = new(FunctionRegistry.BuiltIn, WorkerPool.Shared);

    private readonly TableCatalog catalog = new();
    private readonly List<ITable> tables = [];

    public FuzzEngine(IReadOnlyList<FuzzTable> tables, int rowsPerChunk)
    {
        foreach (var table in tables)
        {
            var stored = table.ToTable(rowsPerChunk);
            this.tables.Add(stored);
            catalog.Add(table.Name, stored);
        }
    }

    /// <summary>The rows of a statement, in the values that the comparison knows.</summary>
    /// <exception cref="EngineException">The statement fails.</exception>
    public async Task<IReadOnlyList<object?[]>> RowsAsync(string sql, EngineOptions options, CancellationToken cancellationToken = default)
    {
        var context = new QueryContext(options, MemoryBudget.Unlimited(), cancellationToken);
        var planned = await Engine.PlanAsync(sql, SqlEngine.Parse(sql)[0], catalog, StatementParameters.None, context, cancellationToken);
        await using var result = await planned.ExecuteAsync(cancellationToken);
        var rows = new List<object?[]>();
        while (await result.ReadAsync(cancellationToken) is { } batch)
        {
            for (var i = 0; i < batch.RowCount; i++)
            {
                rows.Add([.. batch.Columns.Select((column, ordinal) => Value(planned.Schema[ordinal].Type.ValueType, column.GetValue(i)))]);
            }
        }
        Assert.Equal(0, context.Budget.Used);
        return rows;
    }

    public void Dispose()
    {
        foreach (var table in tables)
        {
            ((IDisposable)table).Dispose();
        }
    }

    private static object? Value(DataType type, object? value) => (type.Kind, value) switch
    {
        (TypeKind.Date32, int days) => new TimeValue(days * 86_400_000_000L),
        (TypeKind.Timestamp, long ticks) => new TimeValue(type.Unit switch
        {
            TimeUnit.Second => ticks * 1_000_000,
            TimeUnit.Millisecond => ticks * 1000,
            TimeUnit.Microsecond => ticks,
            _ => ticks / 1000,
        }),
        (TypeKind.Decimal128, Int128 unscaled) => (double)unscaled / Math.Pow(10, type.Scale),
        _ => value,
    };
}
