using Micromegas.Columnar;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Catalog.Scratch;

/// <summary>A column's DEFAULT, with the text that its positions refer to.</summary>
internal sealed record ScratchDefault(Expression Expression, string Sql);

/// <summary>
/// A table made by CREATE TABLE. Beside its own columns every row carries a number that never changes, by which UPDATE and DELETE find rows again
/// and which keeps the rows in order of insertion.
/// </summary>
internal sealed class ScratchTable : ITable
{
    public const string RowColumn = "__row";

    private long lastRow;

    /// <param name="schema">The columns.</param>
    /// <param name="defaults">One entry a column.</param>
    /// <param name="budget">What the rows count in; null = nothing.</param>
    public ScratchTable(Schema schema, IReadOnlyList<ScratchDefault?> defaults, MemoryBudget? budget)
    {
        Schema = schema;
        Defaults = defaults;
        Rows = new MemoryTable(WithRowNumber(schema)) { Budget = budget };
    }

    public Schema Schema { get; }

    /// <summary>One entry a column; null where there is no DEFAULT.</summary>
    public IReadOnlyList<ScratchDefault?> Defaults { get; }

    /// <summary>Columns whose values no two rows may share.</summary>
    public IReadOnlyList<ScratchKey> Keys { get; init; } = [];

    /// <summary>Columns that number the rows.</summary>
    public IReadOnlyList<ScratchIdentity> Identities { get; init; } = [];

    /// <summary>The rows with their numbers as last column.</summary>
    public MemoryTable Rows { get; }

    public TableStatistics? Statistics => Rows.Statistics;

    public IReadOnlyList<IReadOnlyList<int>> UniqueKeys =>
        [.. Keys.Select(key => key.Columns.Select(name => Schema.IndexOf(name)).ToArray()).Where(key => Array.TrueForAll(key, i => !Schema[i].Nullable))];

    public static Schema WithRowNumber(Schema schema) => new(schema.Fields.Add(new Field(RowColumn, DataType.Int64, false)));

    /// <summary>The first of so many new row numbers.</summary>
    public long Reserve(int count) => Interlocked.Add(ref lastRow, count) - count + 1;

    /// <summary>The row number is a column beyond the schema: nobody asks for it.</summary>
    public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken) => Rows.PlanScanAsync(request, cancellationToken);
}
