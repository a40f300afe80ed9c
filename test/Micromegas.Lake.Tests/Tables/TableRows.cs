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

        // A value of a dictionary is boxed once, or tests would spend their time on copies of process properties.
        var shared = new Dictionary<(Vector, int), object?>();
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
                        rows.Add(Array.ConvertAll(batch.Columns, column => Value(column, row, shared)));
                    }
                }
            }
        }
        return rows;
    }

    private static unsafe object? Value(Vector column, int row, Dictionary<(Vector, int), object?> shared)
    {
        if (column is not DictionaryVector dictionary || dictionary.IsNull(row))
        {
            return column.GetValue(row);
        }
        int code = dictionary.Codes[row];
        if (!shared.TryGetValue((dictionary.Values, code), out object? value))
        {
            shared.Add((dictionary.Values, code), value = dictionary.Values.GetValue(code));
        }
        return value;
    }
}
