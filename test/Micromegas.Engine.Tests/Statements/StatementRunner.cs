using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Scratch;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Statements;

namespace Micromegas.Engine.Tests.Statements;

/// <summary>Runs statements over tables in memory, for tests.</summary>
internal sealed class StatementRunner
{
    private static readonly SqlEngine Engine = new(FunctionRegistry.BuiltIn, WorkerPool.Shared);

    public TableCatalog Catalog { get; } = new();

    public EngineOptions Options { get; init; } = new();

    /// <summary>Set to let statements make tables.</summary>
    public ScratchTables? Scratch { get; init; }

    /// <summary>Set to let SET have an effect.</summary>
    public SessionSettings? Session { get; init; }

    /// <summary>Rows that the last statement changed.</summary>
    public long? RecordsAffected { get; private set; }

    public StatementParameters Parameters { get; } = new();

    public StatementRunner()
    {
        Catalog.Add("t", Table(
            new Schema(new Field("id", DataType.Int64, false), new Field("name", DataType.Utf8), new Field("x", DataType.Float64), new Field("colour", DataType.DictionaryUtf8)),
            [1L, "ann", 10.5, "red"], [2L, "bob", null, "blue"], [3L, "cid", -3.25, "red"], [4L, "dee", 10.5, null], [5L, null, 0.0, "green"]));
        Catalog.Add("u", Table(
            new Schema(new Field("uid", DataType.Int64, false), new Field("colour", DataType.Utf8), new Field("score", DataType.Int64)),
            [1L, "red", 100L], [2L, "blue", 200L], [3L, "red", 300L], [4L, "black", 400L], [5L, null, 500L]));
    }

    public static MemoryTable Table(Schema schema, params object?[][] rows) =>
        MemoryTable.FromRows(rows, [.. schema.Fields.Select(static (field, i) => (field, (Func<object?[], object?>)(row => row[i])))]);

    /// <summary>The rows of a statement, with the schema it announced.</summary>
    public async Task<(Schema Schema, List<object?[]> Rows)> RunAsync(string sql)
    {
        var context = new QueryContext(Session?.Apply(Options) ?? Options, MemoryBudget.Unlimited(), CancellationToken.None) { Session = Session };
        var planned = await Engine.PlanAsync(sql, SqlEngine.Parse(sql)[0], Scratch is null ? Catalog : new ScratchCatalog(Scratch, Catalog), Parameters, context, CancellationToken.None);
        await using var result = await planned.ExecuteAsync(CancellationToken.None);
        var rows = new List<object?[]>();
        while (await result.ReadAsync(CancellationToken.None) is { } batch)
        {
            for (var i = 0; i < batch.RowCount; i++)
            {
                rows.Add([.. batch.Columns.Select(column => column.GetValue(i))]);
            }
        }
        RecordsAffected = planned.RecordsAffected;
        return (planned.Schema, rows);
    }

    /// <summary>The rows as text: values joined by blanks, rows by semicolons.</summary>
    public async Task<string> TextAsync(string sql) =>
        string.Join("; ", (await RunAsync(sql)).Rows.Select(static row => string.Join(' ', row.Select(Text))));

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        object?[] items => $"[{string.Join(',', items.Select(Text))}]",
        double number => number.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
