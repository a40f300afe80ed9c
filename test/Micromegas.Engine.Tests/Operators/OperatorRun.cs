using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Storage;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Runs statements under all engine settings: the answer must not move.</summary>
internal sealed class OperatorRun : IDisposable
{
    private static readonly SqlEngine Engine = new(FunctionRegistry.BuiltIn, WorkerPool.Shared);
    private readonly List<MemoryTable> tables = [];

    public static EngineOptions[] Settings { get; } =
    [
        new() { Threads = 1 },
        new() { Threads = 2 },
        new() { Threads = 2, BatchSize = 7 },
        new() { Threads = 1, BatchSize = 1 },
        new() { Threads = 2, ForceSpill = true },
        new() { Threads = 1, ForceSpill = true, BatchSize = 100, FlattenDictionaries = true },
        new() { Threads = 2, FlattenDictionaries = true },
        new() { Threads = 2, ManyGroups = 3, BatchSize = 100 },
        new() { Threads = 2, ManyBuildRows = 3, BatchSize = 100 },
    ];

    public TableCatalog Catalog { get; } = new();

    /// <summary>Adds a table, in several chunks so that several workers have something to do.</summary>
    public MemoryTable Add<T>(string name, IReadOnlyList<T> rows, params (Field Field, Func<T, object?> Value)[] columns)
    {
        var table = new MemoryTable(new Schema(columns.Select(static column => column.Field).ToArray()));
        foreach (var piece in rows.Chunk(Math.Max(Batch.MaxRows, (rows.Count / 7) + 1)))
        {
            using var part = MemoryTable.FromRows(piece, columns);
            foreach (var chunk in part.HoldChunks())
            {
                table.Append(chunk.Rows);
                chunk.Release();
            }
        }
        tables.Add(table);
        Catalog.Add(name, table);
        return table;
    }

    /// <summary>Adds a Parquet file as a table.</summary>
    public async Task AddParquetAsync(string name, byte[] file) => Catalog.Add(name, await OpenParquetAsync(file));

    /// <summary>A Parquet file as a table.</summary>
    public static async Task<ParquetTable> OpenParquetAsync(byte[] file)
    {
        var store = new MemoryObjectStore();
        await store.PutAsync("f", file, PutMode.Overwrite, CancellationToken.None);
        return await ParquetTable.OpenAsync(store, ["f"], CancellationToken.None);
    }

    public async Task<List<object?[]>> RunAsync(string sql, EngineOptions options, MemoryBudget? budget = null, QueryContext? context = null)
    {
        context ??= new QueryContext(options, budget ?? MemoryBudget.Unlimited(), CancellationToken.None);
        var planned = await Engine.PlanAsync(sql, SqlEngine.Parse(sql)[0], Catalog, StatementParameters.None, context, CancellationToken.None);
        await using var result = await planned.ExecuteAsync(CancellationToken.None);
        var rows = new List<object?[]>();
        while (await result.ReadAsync(CancellationToken.None) is { } batch)
        {
            for (var i = 0; i < batch.RowCount; i++)
            {
                rows.Add([.. batch.Columns.Select(column => column.GetValue(i))]);
            }
        }
        return rows;
    }

    /// <summary>The statement gives these rows, in this order if wanted, whatever the settings.</summary>
    public async Task CheckAsync(string sql, IEnumerable<object?[]> expected, bool ordered = true)
    {
        var wanted = expected.Select(Text).ToArray();
        foreach (var options in Settings)
        {
            var rows = (await RunAsync(sql, options)).Select(Text).ToArray();
            var expectedRows = ordered ? wanted : [.. wanted.Order(StringComparer.Ordinal)];
            var actualRows = ordered ? rows : [.. rows.Order(StringComparer.Ordinal)];
            var same = Math.Min(expectedRows.Length, actualRows.Length);
            var first = Enumerable.Range(0, same).FirstOrDefault(i => expectedRows[i] != actualRows[i], same);
            Assert.True(
                first == expectedRows.Length && first == actualRows.Length,
                $"{sql}\nwith {options}\nrow {first}: expected {expectedRows.ElementAtOrDefault(first)}, got {actualRows.ElementAtOrDefault(first)}"
                + $" ({expectedRows.Length} and {actualRows.Length} rows)");
        }
    }

    public static string Text(object?[] row) => string.Join('|', row.Select(Text));

    public void Dispose()
    {
        foreach (var table in tables)
        {
            table.Dispose();
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        object?[] items => $"[{string.Join(',', items.Select(Text))}]",
        byte[] bytes => Convert.ToHexString(bytes),
        double number => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
