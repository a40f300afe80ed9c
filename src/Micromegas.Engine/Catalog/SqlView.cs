using Micromegas.Columnar;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Catalog;

/// <summary>A table that is a query: the binder puts the query where the name stands.</summary>
/// <param name="sql">The text that <paramref name="query"/> was parsed from.</param>
/// <param name="query">The query.</param>
/// <param name="schema">Its columns, named as the view names them.</param>
public sealed class SqlView(string sql, Query query, Schema schema) : ITable
{
    /// <summary>The text that the query's positions refer to.</summary>
    public string Sql { get; } = sql;

    public Query Query { get; } = query;

    public Schema Schema { get; } = schema;

    public TableStatistics? Statistics => null;

    /// <summary>Tables that the query finds before those of the catalogue.</summary>
    public IReadOnlyDictionary<TableName, ITable>? Tables { get; init; }

    /// <summary>The query as its author wrote it.</summary>
    public string Definition
    {
        get => field ?? Sql.Substring(Query.Span.Start, Query.Span.Length);
        init;
    }

    /// <summary>The statement that makes the view, up to its name.</summary>
    public string Creation { get; init; } = "CREATE VIEW";

    /// <summary>A view of one query.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="schema">Its columns.</param>
    /// <exception cref="EngineException">The text is not one query (42601).</exception>
    public static SqlView Parse(string sql, Schema schema) => SqlEngine.Parse(sql) is [QueryStatement query]
        ? new SqlView(sql, query.Query, schema)
        : throw new EngineException(SqlState.SyntaxError, "a view is defined by one query");

    /// <summary>Never called: no plan scans a view.</summary>
    public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("A view is replaced by its query before anything is scanned.");
}
