using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Lake.CustomViews;

/// <summary>Runs the queries by which views are defined, inside the statement or the maintenance that needs their rows.</summary>
internal static class LakeStatement
{
    /// <summary>The columns of a query's result.</summary>
    /// <exception cref="EngineException">The text is not one query, or names something that does not exist.</exception>
    public static ValueTask<Schema> DescribeAsync(ICatalog tables, QueryContext context, string sql, CancellationToken ct) =>
        DescribeAsync(FunctionRegistry.BuiltIn, tables, context, sql, ct);

    /// <inheritdoc cref="DescribeAsync(ICatalog, QueryContext, string, CancellationToken)"/>
    public static async ValueTask<Schema> DescribeAsync(FunctionRegistry functions, ICatalog tables, QueryContext context, string sql, CancellationToken ct) =>
        (await PlanAsync(functions, tables, Inside(context, TimeRange.All, ct), sql, ct).ConfigureAwait(false)).Schema;

    /// <summary>A query's rows, with the engine's own functions.</summary>
    /// <inheritdoc cref="RunAsync(FunctionRegistry, ICatalog, QueryContext, string, TimeRange, CancellationToken)"/>
    public static IAsyncEnumerable<Batch> RunAsync(ICatalog tables, QueryContext context, string sql, TimeRange range, CancellationToken ct) =>
        RunAsync(FunctionRegistry.BuiltIn, tables, context, sql, range, ct);

    /// <summary>A query's rows; each batch is valid until the next is asked for.</summary>
    /// <param name="functions">What the query may call.</param>
    /// <param name="tables">What the query may name.</param>
    /// <param name="context">Whose memory and workers it uses, and whose statistics count its reading.</param>
    /// <param name="sql">One query.</param>
    /// <param name="range">The query range.</param>
    /// <param name="ct">Ends the query.</param>
    public static async IAsyncEnumerable<Batch> RunAsync(
        FunctionRegistry functions, ICatalog tables, QueryContext context, string sql, TimeRange range, [EnumeratorCancellation] CancellationToken ct)
    {
        QueryContext inside = Inside(context, range, ct);
        PlannedStatement plan = await PlanAsync(functions, tables, inside, sql, ct).ConfigureAwait(false);
        QueryResult result = await plan.ExecuteAsync(ct).ConfigureAwait(false);
        await using (result.ConfigureAwait(false))
        {
            while (await result.ReadAsync(ct).ConfigureAwait(false) is { } batch)
            {
                yield return batch;
            }
        }
        Count(context.Statistics, inside.Statistics);
    }

    private static QueryContext Inside(QueryContext context, TimeRange range, CancellationToken ct) =>
        new(context.Options, context.Budget, ct) { Range = range, Warn = context.Warn };

    private static async ValueTask<PlannedStatement> PlanAsync(
        FunctionRegistry functions, ICatalog tables, QueryContext context, string sql, CancellationToken ct)
    {
        IReadOnlyList<Statement> statements = SqlEngine.Parse(sql);
        if (statements is not [QueryStatement query])
        {
            throw new EngineException(SqlState.SyntaxError, "a view is defined by one query");
        }
        return await new SqlEngine(functions, context.Workers)
            .PlanAsync(sql, query, tables, StatementParameters.None, context, ct).ConfigureAwait(false);
    }

    /// <summary>Adds what a part read and wrote.</summary>
    public static void Count(QueryStatistics total, QueryStatistics part)
    {
        Interlocked.Add(ref total.BytesRead, part.BytesRead);
        Interlocked.Add(ref total.BytesPruned, part.BytesPruned);
        Interlocked.Add(ref total.PartitionsRead, part.PartitionsRead);
        Interlocked.Add(ref total.PartitionsPruned, part.PartitionsPruned);
        Interlocked.Add(ref total.PartitionsWritten, part.PartitionsWritten);
        Interlocked.Add(ref total.BlocksDecoded, part.BlocksDecoded);
        Interlocked.Add(ref total.LiveRows, part.LiveRows);
        Interlocked.Add(ref total.RowGroupsRead, part.RowGroupsRead);
        Interlocked.Add(ref total.RowGroupsPruned, part.RowGroupsPruned);
        Interlocked.Add(ref total.PagesPruned, part.PagesPruned);
        Interlocked.Add(ref total.SpilledBytes, part.SpilledBytes);
        Interlocked.Add(ref total.MaterializingTicks, part.MaterializingTicks);
    }
}
