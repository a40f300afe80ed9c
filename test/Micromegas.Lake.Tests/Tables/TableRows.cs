using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans;

namespace Micromegas.Lake.Tests.Tables;

/// <summary>Reads a table the way the engine does, into boxed values.</summary>
internal static class TableRows
{
    public static async Task<List<object?[]>> ReadAsync(
        ITable table, TimeRange range = default, IReadOnlyList<int>? projection = null, QueryContext? context = null, TimeRange predicates = default)
    {
        context ??= new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), default) { Range = range };
        projection ??= Enumerable.Range(0, table.Schema.Count).ToArray();
        ScanPlan plan = await table.PlanScanAsync(
            new ScanRequest
            {
                Context = context,
                Projection = projection,
                TableColumns = table.Schema.Fields.Select(f => new PlanColumn(f.Name, f.Type, f.Nullable)).ToArray(),
                TimeRange = predicates,
            },
            default);
        var rows = new List<object?[]>();
        await foreach (Morsel morsel in plan.OpenAsync(context, default))
        {
            using (morsel)
            {
                await morsel.PrefetchAsync(default);
                using MorselReader reader = morsel.Open(context);
                while (reader.Next() is { } batch)
                {
                    Assert.Equal(projection.Count, batch.Columns.Length);
                    Assert.Equal(projection.Select(i => table.Schema[i].Type), batch.Columns.Select(c => c.Type));
                    foreach (int row in batch.Selection is { } selection ? selection.Span.ToArray() : Enumerable.Range(0, batch.RowCount).ToArray())
                    {
                        rows.Add(Array.ConvertAll(batch.Columns, column => column.GetValue(row)));
                    }
                }
            }
        }
        return rows;
    }
}
