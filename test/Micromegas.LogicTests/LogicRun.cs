using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog.Scratch;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.LogicTests;

/// <summary>What a statement gave: letters of its columns and rows as text.</summary>
internal sealed record LogicAnswer(string Types, IReadOnlyList<string[]> Rows);

/// <summary>A record whose statement did not do what the file says.</summary>
internal sealed record LogicFailure(string File, int Line, string Sql, string Reason)
{
    public override string ToString() => $"{File}:{Line}: {Reason}\n    {Sql.ReplaceLineEndings("\n    ")}";
}

/// <summary>Runs the records of one file under one setting.</summary>
internal sealed class LogicRun(LogicSetting setting)
{
    private static readonly SqlEngine s_engine = new(FunctionRegistry.BuiltIn, WorkerPool.Shared);

    private readonly LogicTables tables = new(setting);
    private readonly ScratchTables scratch = new();

    /// <summary>The records that fail; setup that fails ends the run.</summary>
    public static async Task<IReadOnlyList<LogicFailure>> RunAsync(LogicFile file, LogicSetting setting)
    {
        var run = new LogicRun(setting);
        var failures = new List<LogicFailure>();
        foreach (var record in file.Records)
        {
            if (await run.CheckAsync(record) is { } reason)
            {
                failures.Add(new LogicFailure(file.Name, record.Line, record.Sql, reason));
                if (record is SetupRecord)
                {
                    break;
                }
            }
        }
        return failures;
    }

    /// <summary>Makes a table as the setting says; other statements run over scratch tables.</summary>
    public async Task SetUpAsync(string sql)
    {
        if (SqlEngine.Parse(sql) is not [CreateTableStatement { Query: { } query } create])
        {
            await AnswerAsync(sql);
            return;
        }
        await using var result = await StartAsync(sql, new QueryStatement(query) { Span = query.Span });
        await tables.AddAsync(create.Name.Last.Value, result);
    }

    /// <summary>The answer of a statement.</summary>
    public async Task<LogicAnswer> AnswerAsync(string sql)
    {
        await using var result = await StartAsync(sql, SqlEngine.Parse(sql)[0]);
        var rows = new List<string[]>();
        while (await result.ReadAsync(CancellationToken.None) is { } batch)
        {
            for (var row = 0; row < batch.RowCount; row++)
            {
                rows.Add([.. batch.Columns.Select((column, i) => LogicValue.Text(result.Schema[i].Type, column.GetValue(row)))]);
            }
        }
        return new LogicAnswer(string.Concat(result.Schema.Fields.Select(field => LogicValue.Letter(field.Type))), rows);
    }

    private async Task<string?> CheckAsync(LogicRecord record)
    {
        try
        {
            switch (record)
            {
                case SetupRecord:
                    await SetUpAsync(record.Sql);
                    return null;
                case QueryRecord query:
                    return Difference(query, await AnswerAsync(record.Sql));
                case ErrorRecord error:
                    await AnswerAsync(record.Sql);
                    return $"answered, though {error.SqlState} is expected";
                default:
                    throw new InvalidOperationException($"{record.GetType().Name} is no kind of record.");
            }
        }
        catch (EngineException exception)
        {
            return record is ErrorRecord error && exception.SqlState.StartsWith(error.SqlState, StringComparison.Ordinal)
                ? null
                : $"{exception.SqlState} {exception.Message}";
        }
    }

    private static string? Difference(QueryRecord query, LogicAnswer answer)
    {
        if (query.Types != answer.Types)
        {
            return $"types {query.Types} are expected, {answer.Types} came";
        }
        if (query.Rows.Count != answer.Rows.Count)
        {
            return $"{query.Rows.Count} rows are expected, {answer.Rows.Count} came";
        }
        var (expected, actual) = query.Sorted ? (InOrder(query.Rows), InOrder(answer.Rows)) : (query.Rows, answer.Rows);
        for (var row = 0; row < expected.Count; row++)
        {
            for (var column = 0; column < query.Types.Length; column++)
            {
                if (!LogicValue.Same(query.Types[column], expected[row][column], actual[row][column]))
                {
                    return $"row {row + 1}, column {column + 1}: {expected[row][column]} is expected, {actual[row][column]} came";
                }
            }
        }
        return null;
    }

    private static List<string[]> InOrder(IReadOnlyList<string[]> rows) => [.. rows.OrderBy(static row => string.Join('\t', row), StringComparer.Ordinal)];

    private async Task<QueryResult> StartAsync(string sql, Statement statement)
    {
        var context = new QueryContext(setting.Options, MemoryBudget.Unlimited(), CancellationToken.None);
        var planned = await s_engine.PlanAsync(sql, statement, new ScratchCatalog(scratch, tables.Catalog), new StatementParameters(), context, CancellationToken.None);
        return await planned.ExecuteAsync(CancellationToken.None);
    }
}
