using System.Globalization;
using System.Security.Cryptography;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;

namespace Micromegas.Lake.Tests.Tables;

/// <summary>Reads views of a lake by name.</summary>
internal static class ViewReader
{
    public static async Task<(List<object?[]> Rows, QueryStatistics Statistics)> ReadViewAsync(this LakeHost lake, string view, TimeRange range = default)
    {
        var context = new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), default) { Range = range };
        ITable table = (await lake.Tables.FindTableAsync(view, default))!;
        return (table is SqlView ? await ReadAsync(lake, $"SELECT * FROM \"{view}\"", context) : await TableRows.ReadAsync(table, context: context), context.Statistics);
    }

    /// <summary>The rows of a statement; one that defines something gives none.</summary>
    public static async Task<(List<object?[]> Rows, QueryStatistics Statistics)> RunAsync(
        this LakeHost lake, string sql, TimeRange range = default, TimeProvider? clock = null)
    {
        EngineOptions options = clock is null ? new EngineOptions() : new EngineOptions { TimeProvider = clock };
        var context = new QueryContext(options, MemoryBudget.Unlimited(), default) { Range = range };
        return (await ReadAsync(lake, sql, context), context.Statistics);
    }

    private static async Task<List<object?[]>> ReadAsync(LakeHost lake, string sql, QueryContext context)
    {
        var rows = new List<object?[]>();
        PlannedStatement plan = await new SqlEngine(lake.Views.Functions, WorkerPool.Shared)
            .PlanAsync(sql, SqlEngine.Parse(sql)[0], lake.Views.Tables, StatementParameters.None, context, default);
        await using QueryResult result = await plan.ExecuteAsync(default);
        while (await result.ReadAsync(default) is { } batch)
        {
            foreach (int row in batch.Selection is { } selection ? selection.Span.ToArray() : Enumerable.Range(0, batch.RowCount).ToArray())
            {
                rows.Add(Array.ConvertAll(batch.Columns, column => column.GetValue(row)));
            }
        }
        return rows;
    }

    public static async Task<(List<object?[]> Rows, QueryStatistics Statistics)> ReadInstanceAsync(
        this LakeHost lake, string view, string instance, TimeRange range = default, CancellationToken ct = default)
    {
        var context = new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), ct) { Range = range };
        ITable table = await lake.Tables.FindTableFunction("view_instance")!.BindAsync(
            [Scalar.Of(view), Scalar.Of(instance)], new Dictionary<string, Scalar>(), context, ct);
        return (await TableRows.ReadAsync(table, context: context), context.Statistics);
    }

    /// <summary>The same rows, however often each, in any order.</summary>
    public static void AssertSameRows(IReadOnlyCollection<object?[]> expected, IReadOnlyCollection<object?[]> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        string[] wanted = Texts(expected);
        string[] got = Texts(actual);
        for (int i = 0; i < wanted.Length; i++)
        {
            Assert.Equal(wanted[i], got[i]);
        }

        static string[] Texts(IEnumerable<object?[]> rows)
        {
            var hex = new Dictionary<byte[], string>(ReferenceEqualityComparer.Instance);
            string[] texts = rows.Select(row => string.Join('|', row.Select(value => value switch
            {
                byte[] bytes => hex.TryGetValue(bytes, out string? known) ? known : hex[bytes] = Convert.ToHexString(SHA256.HashData(bytes)),
                double number => number.ToString("R", CultureInfo.InvariantCulture),
                _ => value?.ToString() ?? "null",
            }))).ToArray();
            Array.Sort(texts, StringComparer.Ordinal);
            return texts;
        }
    }
}
