using Micromegas.Columnar;
using Micromegas.Engine.Binding;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Statements;

/// <summary>What a catalogue needs to bind a statement: the binder for the queries inside it, and errors with their place in the text.</summary>
public sealed class StatementServices
{
    private readonly StatementBinder binder;

    internal StatementServices(StatementBinder binder, SqlEngine engine, string sql, ICatalog catalog)
    {
        this.binder = binder;
        Engine = engine;
        Sql = sql;
        Catalog = catalog;
    }

    /// <summary>The engine that runs the statement.</summary>
    public SqlEngine Engine { get; }

    /// <summary>Text of the statement.</summary>
    public string Sql { get; }

    /// <summary>Everything that the statement can name.</summary>
    public ICatalog Catalog { get; }

    internal BindingError Errors => binder.Errors;

    /// <summary>The columns of a query.</summary>
    public async ValueTask<Schema> DescribeAsync(Query query, CancellationToken cancellationToken)
    {
        var plan = await BindAsync(query, null, cancellationToken).ConfigureAwait(false);
        return new Schema(plan.Columns.Select(static column => column.ToField()).ToArray());
    }

    /// <summary>The type that a type name means.</summary>
    public DataType ResolveType(SqlTypeName name) => SqlTypes.Resolve(name, Errors, binder.Query.Options.TimeZone);

    /// <summary>An error at a place of the statement.</summary>
    public EngineException Error(SyntaxNode node, string sqlState, string message, string? hint = null) => Errors.At(node, sqlState, message, hint);

    /// <summary>An error that says what is not supported.</summary>
    public EngineException Unsupported(SyntaxNode node, string what) => Errors.Unsupported(node, what);

    /// <summary>The plan of a query, not yet optimized.</summary>
    /// <param name="query">The query.</param>
    /// <param name="more">Tables that hide those of the catalogue.</param>
    /// <param name="cancellationToken">Ends look-ups.</param>
    internal async ValueTask<LogicalPlan> BindAsync(Query query, IReadOnlyDictionary<TableName, ITable>? more, CancellationToken cancellationToken)
    {
        var context = await binder.PrepareAsync(query, more, cancellationToken).ConfigureAwait(false);
        return new QueryBinder(context).Bind(query, null, null).Plan;
    }

    /// <summary>A context for binding expressions that name no tables.</summary>
    internal BinderContext ContextFor(string sql) => binder.ContextFor(sql);

    internal LogicalPlan Optimize(LogicalPlan plan) => SqlEngine.Optimize(plan, binder.Query);

    /// <summary>Runs a plan for a part of a statement.</summary>
    internal QueryResult Start(LogicalPlan plan, QueryContext context) => QueryExecution.Start(
        plan, new QueryContext(context.Options, context.Budget, context.CancellationToken) { Range = context.Range, Warn = context.Warn, Chunks = context.Chunks }, Engine.Workers);
}
