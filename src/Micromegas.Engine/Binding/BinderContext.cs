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
    IReadOnlyDictionary<string, ITable> tables,
    IReadOnlyDictionary<TableFunctionCall, TableFunctionResult> tableFunctions,
    ICatalog catalog)
{
    /// <summary>Text of the statement.</summary>
    public string Sql { get; } = sql;

    public BindingError Errors { get; } = new(sql);

    public FunctionRegistry Functions { get; } = functions;

    public StatementParameters Parameters { get; } = parameters;

    public QueryContext Query { get; } = query;

    /// <summary>Tables by name, for every name in the statement that the catalogue knows.</summary>
    public IReadOnlyDictionary<string, ITable> Tables { get; } = tables;

    /// <summary>What each call of a table function gave; keyed by the syntax node itself.</summary>
    public IReadOnlyDictionary<TableFunctionCall, TableFunctionResult> TableFunctions { get; } = tableFunctions;

    public ICatalog Catalog { get; } = catalog;
}

/// <summary>A table function's table, or the error of the call.</summary>
internal readonly record struct TableFunctionResult(ITable? Table, EngineException? Error);

/// <summary>Values of a statement's parameters: by name (<c>@name</c>, <c>:name</c>, <c>$name</c>) and by position (<c>$1</c>, <c>?</c>).</summary>
public sealed class StatementParameters
{
    private readonly Dictionary<string, Scalar> named = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Scalar> positional = [];

    /// <summary>No parameters.</summary>
    public static StatementParameters None { get; } = new();

    /// <summary>Adds a parameter; unnamed ones count by their position among all.</summary>
    public void Add(string? name, Scalar value)
    {
        positional.Add(value);
        if (!string.IsNullOrEmpty(name))
        {
            named[name] = value;
        }
    }

    internal int Count => positional.Count;

    internal IEnumerable<string> Names => named.Keys;

    internal Scalar? Find(ParameterExpression parameter)
    {
        if (parameter.Name is not null)
        {
            return named.GetValueOrDefault(parameter.Name);
        }
        return parameter.Number >= 1 && parameter.Number <= positional.Count ? positional[parameter.Number - 1] : null;
    }
}
