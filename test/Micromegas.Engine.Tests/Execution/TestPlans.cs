using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Tests.Execution;

/// <summary>Builds plans by hand and runs them.</summary>
internal static class TestPlans
{
    public static LogicalScan Scan(ITable table, params BoundExpression[] predicates) =>
        ScanWith(table, [.. table.Schema.Fields.Select(static field => new PlanColumn(field.Name, field.Type, field.Nullable))], predicates);

    public static LogicalScan ScanWith(ITable table, PlanColumn[] columns, params BoundExpression[] predicates) =>
        new(table, "t", columns, [.. Enumerable.Range(0, columns.Length)], predicates);

    public static BoundColumn Column(this LogicalPlan plan, string name) => new(plan.Columns.First(column => column.Name == name));

    public static BoundComparison Compare(BoundExpression left, ComparisonOperator comparison, object value) =>
        new(comparison, left, new BoundLiteral(new Scalar(left.Type.ValueType, value)));

    public static MemoryTable Numbers(int count, int start = 0) => MemoryTable.FromRows(
        Enumerable.Range(start, count),
        (new Field("n", DataType.Int64, false), static n => (long)n),
        (new Field("odd", DataType.Boolean, false), static n => n % 2 == 1),
        (new Field("text", DataType.Utf8), static n => n % 5 == 0 ? null : $"text {n}"),
        (new Field("name", DataType.DictionaryUtf8), static n => $"name {n % 7}"));

    public static QueryContext Context(EngineOptions? options = null, MemoryBudget? budget = null, CancellationToken cancellationToken = default) =>
        new(options ?? new EngineOptions(), budget ?? MemoryBudget.Unlimited(), cancellationToken);

    public static async Task<List<object?[]>> RunAsync(
        LogicalPlan plan, EngineOptions? options = null, WorkerPool? pool = null, MemoryBudget? budget = null)
    {
        await using var result = QueryExecution.Start(plan, Context(options, budget), pool ?? WorkerPool.Shared);
        return await result.ReadAllAsync();
    }

    public static async Task<List<object?[]>> ReadAllAsync(this QueryResult result)
    {
        var rows = new List<object?[]>();
        while (await result.ReadAsync(CancellationToken.None) is { } batch)
        {
            for (var i = 0; i < batch.SelectedCount; i++)
            {
                var row = batch.Selection is { } selection ? selection.Span[i] : i;
                rows.Add(Array.ConvertAll(batch.Columns, column => column.GetValue(row)));
            }
        }
        return rows;
    }
}
