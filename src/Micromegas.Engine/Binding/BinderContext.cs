using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>What the binder knows of the world: functions, parameters, and the tables that were looked up beforehand.</summary>
internal sealed class BinderContext(
    string sql,
    FunctionRegistry functions,
    StatementParameters parameters,
    QueryContext query,
    IReadOnlyDictionary<TableName, ITable> tables,
    IReadOnlyDictionary<SqlView, BinderContext> views,
    IReadOnlyDictionary<TableFunctionCall, TableFunctionResult> tableFunctions,
    ICatalog catalog,
    TextPlace? place = null)
{
    /// <summary>Text of the statement.</summary>
    public string Sql { get; } = sql;

    public BindingError Errors { get; } = new(sql, place);

    public FunctionRegistry Functions { get; } = functions;

    public StatementParameters Parameters { get; } = parameters;

    public QueryContext Query { get; } = query;

    /// <summary>Tables by name, for every name in the statement that the catalogue knows.</summary>
    public IReadOnlyDictionary<TableName, ITable> Tables { get; } = tables;

    /// <summary>For each view among the tables, the context that its query is bound in.</summary>
    public IReadOnlyDictionary<SqlView, BinderContext> Views { get; } = views;

    /// <summary>What each call of a table function gave; keyed by the syntax node itself.</summary>
    public IReadOnlyDictionary<TableFunctionCall, TableFunctionResult> TableFunctions { get; } = tableFunctions;

    public ICatalog Catalog { get; } = catalog;

    /// <summary>The same world for another text (of a view, of a macro), which the user named at a place of this one: errors are said to be there.</summary>
    public BinderContext For(string text, TextPlace namedAt) => new(text, Functions, Parameters, Query, Tables, Views, TableFunctions, Catalog, namedAt);
}

/// <summary>A table function's table, or the error of the call.</summary>
internal readonly record struct TableFunctionResult(ITable? Table, EngineException? Error)
{
    /// <summary>The function and its columns, where arguments that are no constants may still be columns of the tables on the left.</summary>
    public (TableFunction Function, Schema Schema)? Lateral { get; init; }
}
