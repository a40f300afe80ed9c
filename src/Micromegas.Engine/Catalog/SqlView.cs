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

    /// <summary>The query as written.</summary>
    public string Definition => Sql.Substring(Query.Span.Start, Query.Span.Length);

    /// <summary>Never called: no plan scans a view.</summary>
    public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("A view is replaced by its query before anything is scanned.");
}
