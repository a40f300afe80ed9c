using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Explain;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Statements;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Binds whole statements: looks up what they name, then binds the query, or the query that a SHOW or DESCRIBE stands for.</summary>
internal sealed class StatementBinder(
    SqlEngine engine, string sql, ICatalog catalog, StatementParameters parameters, QueryContext query, TextPlace? place = null)
{
    private const int MaxViewDepth = 32;

    private readonly BindingError errors = new(sql, place);

    /// <summary>What the catalogue gave for each name, nothing included; null when that does not suffice to know whether a plan still holds.</summary>
    private List<(TableName Name, ITable? Table)>? lookups = [];

    public BindingError Errors => errors;

    public QueryContext Query => query;

    public async ValueTask<PlannedStatement> BindAsync(Statement statement, CancellationToken cancellationToken)
    {
        switch (statement)
        {
            case QueryStatement select:
            {
                var plan = await PlanAsync(select.Query, cancellationToken).ConfigureAwait(false);
                var planned = Planned(plan);
                return lookups is null || query.IsOfItsTime ? planned : planned.Keep(lookups, parameters);
            }
            case ExplainStatement explain:
                return await ExplainAsync(explain, cancellationToken).ConfigureAwait(false);
            case DescribeTableStatement describe:
            {
                var table = await FindAsync(describe.Table, cancellationToken).ConfigureAwait(false);
                return Planned(InformationSchema.Describe(table.Schema));
            }
            case DescribeQueryStatement describe:
            {
                var inner = await BindAsync(describe.Statement, cancellationToken).ConfigureAwait(false);
                return Planned(InformationSchema.Describe(inner.Schema));
            }
            case ShowObjectsStatement show:
                return await ShowAsync(show, cancellationToken).ConfigureAwait(false);
            case SetStatement set:
                return Changing(SettingStatements.Bind(set, query.Session, errors));
            case ResetStatement reset:
                return Changing(SettingStatements.Bind(reset, query.Session, errors));
            case ShowVariableStatement show:
                return Planned(SettingStatements.Show(show, query.Session, errors));
            case SetTransactionStatement:
                // There are no transactions: whatever isolation is asked for, every statement sees a state of its own.
                return Planned(new LogicalValues([], []));
            case ShowCreateStatement show:
                return await ShowCreateAsync(show, cancellationToken).ConfigureAwait(false);
            case PrepareStatement prepare:
                return Changing(PreparedStatements.Bind(prepare, sql, query.Session, errors));
            case DeallocateStatement deallocate:
                return Changing(PreparedStatements.Bind(deallocate, query.Session, errors));
            case ExecuteStatement execute:
            {
                var (prepared, values) = PreparedStatements.Resolve(
                    execute, query.Session, new ExpressionBinder(ContextFor(sql), Scope.Empty(null), new PlainHost(errors, "the arguments of EXECUTE")), errors);
                // Another statement may get the name: the plan serves this run only.
                var inner = new StatementBinder(engine, prepared.Sql, catalog, values, query, errors.PlaceOf(execute)) { lookups = null };
                return await inner.BindAsync(prepared.Syntax.Statement, cancellationToken).ConfigureAwait(false);
            }
            case UnsupportedStatement unsupported:
                throw errors.Unsupported(statement, unsupported.Name);
            default:
                return await BindChangeAsync(statement, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A statement that is no question: the catalogue's, or refused.</summary>
    private async ValueTask<PlannedStatement> BindChangeAsync(Statement statement, CancellationToken cancellationToken)
    {
        var action = catalog is IStatementCatalog changeable
            ? await changeable.BindAsync(statement, new StatementServices(this, engine, sql, catalog), cancellationToken).ConfigureAwait(false)
            : null;
        return action is null ? throw errors.Unsupported(statement, StatementNames.Of(statement)) : Changing(action);
    }

    private PlannedStatement Changing(StatementAction action) =>
        new(engine, query, action.Result, new Schema(action.Result.Columns.Select(static column => column.ToField()).ToArray()), action: action);

    /// <summary>The definition of a view; upstream has none for tables either (spec/sql.md §6).</summary>
    private async ValueTask<PlannedStatement> ShowCreateAsync(ShowCreateStatement show, CancellationToken cancellationToken)
    {
        var table = await FindAsync(show.Name, cancellationToken).ConfigureAwait(false);
        var name = TableName.Of(show.Name)!.Value;
        return Planned(SettingStatements.Row(
            ["table_catalog", "table_schema", "table_name", "definition"],
            [EngineNames.DefaultCatalog, name.Schema, name.Name, table is SqlView view ? $"{view.Creation} {name} AS {view.Definition}" : null]));
    }

    private PlannedStatement Planned(LogicalPlan plan, bool analyze = false) =>
        new(engine, query, plan, analyze ? ExplainSchema : new Schema(plan.Columns.Select(static column => column.ToField()).ToArray()), analyze);

    private async ValueTask<LogicalPlan> PlanAsync(Query syntax, CancellationToken cancellationToken)
    {
        var context = await PrepareAsync(syntax, null, cancellationToken).ConfigureAwait(false);
        var bound = new QueryBinder(context).Bind(syntax, null, null);
        return SqlEngine.Optimize(bound.Plan, query);
    }

    /// <summary>A context without tables, for expressions of another text.</summary>
    public BinderContext ContextFor(string text) => new(
        text, engine.Functions, parameters, query, new Dictionary<TableName, ITable>(), new Dictionary<SqlView, BinderContext>(),
        new Dictionary<TableFunctionCall, TableFunctionResult>(), catalog);

    /// <summary>Looks up every table and table function that the query names.</summary>
    /// <param name="syntax">The query.</param>
    /// <param name="more">Tables that hide those of the catalogue.</param>
    /// <param name="cancellationToken">Ends look-ups.</param>
    public ValueTask<BinderContext> PrepareAsync(SyntaxNode syntax, IReadOnlyDictionary<TableName, ITable>? more, CancellationToken cancellationToken) =>
        PrepareAsync(sql, syntax, more, 0, cancellationToken);

    private async ValueTask<BinderContext> PrepareAsync(
        string text, SyntaxNode syntax, IReadOnlyDictionary<TableName, ITable>? more, int depth, CancellationToken cancellationToken)
    {
        var tables = new Dictionary<TableName, ITable>();
        var views = new Dictionary<SqlView, BinderContext>();
        foreach (var name in TableReferences.Names(syntax))
        {
            var hiding = more?.GetValueOrDefault(name);
            if (hiding is null && name.Schema == EngineNames.InformationSchema)
            {
                lookups = null;
                if (InformationSchema.TableNames.Contains(name.Name))
                {
                    tables[name] = await InformationSchema.MakeAsync(name.Name, catalog, engine.Functions, query.Session, cancellationToken).ConfigureAwait(false);
                }
            }
            else if ((hiding ?? await LookUpAsync(name, cancellationToken).ConfigureAwait(false)) is { } table)
            {
                tables[name] = table;
                if (table is SqlView view)
                {
                    // A view may come to name itself when one below it is replaced.
                    views[view] = depth < MaxViewDepth
                        ? await PrepareAsync(view.Sql, view.Query, view.Tables, depth + 1, cancellationToken).ConfigureAwait(false)
                        : throw new EngineException(SqlState.InvalidObjectDefinition, $"The view '{name}' is nested more than {MaxViewDepth} deep, or names itself.");
                }
            }
        }
        var results = new Dictionary<TableFunctionCall, TableFunctionResult>(ReferenceEqualityComparer.Instance as IEqualityComparer<TableFunctionCall>);
        var context = new BinderContext(text, engine.Functions, parameters, query, tables, views, results, catalog, place);
        foreach (var call in TableReferences.Functions(syntax))
        {
            if (catalog.FindTableFunction(call.Name.Last.Value) is { } function)
            {
                lookups = null;
                results[call] = await CallAsync(function, call, context, cancellationToken).ConfigureAwait(false);
            }
        }
        return context;
    }

    private async ValueTask<TableFunctionResult> CallAsync(
        Functions.TableFunction function, TableFunctionCall call, BinderContext context, CancellationToken cancellationToken)
    {
        try
        {
            var binder = new ExpressionBinder(context, Scope.Empty(null), new PlainHost(errors, "the arguments of a table function"));
            var positional = new List<Scalar>();
            var named = new Dictionary<string, Scalar>(StringComparer.Ordinal);
            Scalar?[] known = [.. call.Arguments.Select(argument => Constant(argument.Value, binder))];
            if (Array.Exists(known, static argument => argument is null)
                && call.Arguments.All(static argument => argument.Name is null) && function.Describe(known) is { } schema)
            {
                return new TableFunctionResult(null, null) { Lateral = (function, schema) };
            }
            for (var i = 0; i < known.Length; i++)
            {
                var argument = call.Arguments[i];
                if (known[i] is not { } value)
                {
                    Check(argument.Value, binder);
                    throw errors.At(argument, SqlState.InvalidParameterValue, $"The arguments of '{function.Name}' must be constants.", "Columns and subqueries cannot be used there; parameters can.");
                }
                if (argument.Name is null)
                {
                    positional.Add(value);
                }
                else
                {
                    named[argument.Name.Value] = value;
                }
            }
            return new TableFunctionResult(await function.BindAsync(positional, named, query, cancellationToken).ConfigureAwait(false), null);
        }
        catch (EngineException error)
        {
            return new TableFunctionResult(null, errors.Locate(error, call));
        }
    }

    /// <summary>The value of an argument; null when it is none, or when it names something that only the tables around it may have.</summary>
    private static Scalar? Constant(Expression argument, ExpressionBinder binder)
    {
        try
        {
            return (binder.Bind(argument) as BoundLiteral)?.Value;
        }
        catch (EngineException)
        {
            // Bound again where those tables are known, or to report what is wrong.
            return null;
        }
    }

    /// <summary>Reports what is wrong with an argument, other than that it is a column.</summary>
    private static void Check(Expression argument, ExpressionBinder binder)
    {
        try
        {
            binder.Bind(argument);
        }
        catch (EngineException error) when (error.SqlState == SqlState.UndefinedColumn)
        {
            // Constants are asked for.
        }
    }

    private async ValueTask<ITable?> LookUpAsync(TableName name, CancellationToken cancellationToken)
    {
        var table = await catalog.FindTableAsync(name, cancellationToken).ConfigureAwait(false);
        lookups?.Add((name, table));
        return table;
    }

    private async ValueTask<ITable> FindAsync(QualifiedName name, CancellationToken cancellationToken)
    {
        var table = TableName.Of(name) switch
        {
            null => null,
            { Schema: EngineNames.InformationSchema } known => InformationSchema.TableNames.Contains(known.Name)
                ? await InformationSchema.MakeAsync(known.Name, catalog, engine.Functions, query.Session, cancellationToken).ConfigureAwait(false)
                : null,
            { } known => await catalog.FindTableAsync(known, cancellationToken).ConfigureAwait(false),
        };
        return table ?? throw errors.At(
            name, SqlState.UndefinedTable, $"table '{string.Join('.', name.Parts.Select(static part => part.Value))}' not found",
            BindingError.Nearest(name.Last.Value, catalog.TableNames, "SHOW TABLES lists the tables."));
    }

    private static Schema ExplainSchema { get; } = new(new Field("plan_type", DataType.Utf8, false), new Field("plan", DataType.Utf8, false));

    private async ValueTask<PlannedStatement> ExplainAsync(ExplainStatement explain, CancellationToken cancellationToken)
    {
        if (explain.Statement is not QueryStatement select)
        {
            throw errors.Unsupported(explain, explain.Statement is ExplainStatement ? "EXPLAIN of EXPLAIN" : "EXPLAIN of this statement", "EXPLAIN takes a query.");
        }
        if (explain.Format is not (null or "indent" or "INDENT" or "tree" or "TREE"))
        {
            throw errors.Unsupported(explain, $"EXPLAIN FORMAT {explain.Format}", "Formats: indent, tree.");
        }
        var context = await PrepareAsync(select.Query, null, cancellationToken).ConfigureAwait(false);
        var bound = new QueryBinder(context).Bind(select.Query, null, null).Plan;
        var optimized = SqlEngine.Optimize(bound, query);
        if (explain.Analyze)
        {
            return Planned(optimized, true);
        }
        var scans = new Dictionary<LogicalPlan, IReadOnlyList<string>>(ReferenceEqualityComparer.Instance);
        await DescribeScansAsync(optimized, scans, cancellationToken).ConfigureAwait(false);
        return Planned(ExplainRows([("logical_plan", PlanPrinter.Print(bound)), ("physical_plan", PlanPrinter.Print(optimized, scans))]));
    }

    /// <summary>What each scan would read now.</summary>
    private async ValueTask DescribeScansAsync(LogicalPlan plan, Dictionary<LogicalPlan, IReadOnlyList<string>> scans, CancellationToken cancellationToken)
    {
        if (plan is LogicalScan scan)
        {
            var request = new ScanRequest
            {
                Context = query, Projection = scan.Projection, TableColumns = scan.TableColumns, Predicates = scan.Predicates, TimeRange = scan.TimeRange, Limit = scan.Limit,
            };
            var planned = await scan.Table.PlanScanAsync(request, cancellationToken).ConfigureAwait(false);
            scans[plan] = await planned.ExplainAsync(cancellationToken).ConfigureAwait(false);
        }
        foreach (var input in plan.Inputs)
        {
            await DescribeScansAsync(input, scans, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The rows of an EXPLAIN.</summary>
    public static LogicalPlan ExplainRows(IEnumerable<(string Type, string Plan)> rows) => new LogicalValues(
        [.. ExplainSchema.Fields.Select(static field => new PlanColumn(field.Name, field.Type, field.Nullable))],
        [.. rows.Select(static row => (IReadOnlyList<BoundExpression>)[new BoundLiteral(Scalar.Of(row.Type)), new BoundLiteral(Scalar.Of(row.Plan))])]);

    /// <summary>SHOW as the query over information_schema that it abbreviates.</summary>
    private async ValueTask<PlannedStatement> ShowAsync(ShowObjectsStatement show, CancellationToken cancellationToken)
    {
        var (table, columns) = show.Kind switch
        {
            ShowKind.Tables or ShowKind.Views => ("tables", "table_catalog, table_schema, table_name, table_type"),
            ShowKind.Columns => ("columns", show.Extended || show.Full ? "*" : "table_catalog, table_schema, table_name, column_name, data_type, is_nullable"),
            ShowKind.Functions => ("routines", "routine_name AS function_name, data_type AS return_type, function_type, description, syntax_example"),
            ShowKind.Schemas => ("schemata", "*"),
            _ => throw errors.Unsupported(show, $"SHOW {show.Kind.ToString().ToUpperInvariant()}", "SHOW TABLES, COLUMNS, FUNCTIONS, SCHEMAS and VIEWS are."),
        };
        var where = "";
        if (show.Kind == ShowKind.Columns && show.From is { } from)
        {
            await FindAsync(from, cancellationToken).ConfigureAwait(false);
            where = $" WHERE table_name = '{from.Last.Value.Replace("'", "''", StringComparison.Ordinal)}'";
        }
        else if (show.Kind == ShowKind.Views)
        {
            where = " WHERE table_type = 'VIEW'";
        }
        if (show.Filter is { } filter)
        {
            if (filter.Pattern is null)
            {
                throw errors.Unsupported(filter, "SHOW … WHERE", "Query information_schema instead.");
            }
            var name = show.Kind switch { ShowKind.Columns => "column_name", ShowKind.Functions => "routine_name", ShowKind.Schemas => "schema_name", _ => "table_name" };
            where += $"{(where.Length == 0 ? " WHERE" : " AND")} {name} {(filter.CaseInsensitive ? "ILIKE" : "LIKE")} '{filter.Pattern.Replace("'", "''", StringComparison.Ordinal)}'";
        }
        var text = $"SELECT {columns} FROM {EngineNames.InformationSchema}.{table}{where}";
        var inner = new StatementBinder(engine, text, catalog, parameters, query);
        return await inner.BindAsync(SqlEngine.Parse(text)[0], cancellationToken).ConfigureAwait(false);
    }
}
