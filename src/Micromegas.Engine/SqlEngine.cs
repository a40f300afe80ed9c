using System.Diagnostics;
using Micromegas.Columnar;
using Micromegas.Engine.Binding;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Optimizer;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Statements;
using Micromegas.Sql;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine;

/// <summary>From the text of a statement to its plan: parses, looks tables up, binds and optimizes. Thread-safe; without state of its own.</summary>
public sealed class SqlEngine(FunctionRegistry functions, WorkerPool workers)
{
    public FunctionRegistry Functions { get; } = functions;

    public WorkerPool Workers { get; } = workers;

    /// <summary>Names of the optimizer's rules, for <see cref="EngineOptions.DisabledRules"/>.</summary>
    public static IEnumerable<string> OptimizerRules => LogicalOptimizer.RuleNames;

    /// <summary>The statements of a script.</summary>
    /// <exception cref="EngineException">The text does not parse (42601).</exception>
    public static IReadOnlyList<Statement> Parse(string sql)
    {
        try
        {
            return [.. SqlParser.ParseStatements(sql)];
        }
        catch (SqlSyntaxException error)
        {
            throw new EngineException(SqlState.SyntaxError, error.Message, error)
            {
                Line = error.Line,
                Column = error.Column,
                Hint = SyntaxHints.Of(sql, error.Position),
            };
        }
    }

    /// <summary>The tables that a statement names, each as often as it does; common table expressions are among them.</summary>
    public static IReadOnlyList<TableName> TablesOf(SyntaxNode node) => [.. TableReferences.All(node)];

    /// <summary>The table functions that a statement calls.</summary>
    public static IReadOnlyList<string> TableFunctionsOf(SyntaxNode node) => [.. TableReferences.Functions(node).Select(static call => call.Name.Last.Value)];

    /// <summary>The scalar, aggregate and window functions that a statement or expression calls.</summary>
    public static IReadOnlyList<FunctionCall> CallsOf(SyntaxNode node) => [.. TableReferences.Calls(node)];

    /// <summary>Plans one statement. Looks at catalogues and footers; decodes nothing and runs nothing.</summary>
    /// <param name="sql">The text that the statement was parsed from, for positions in errors.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="catalog">Where tables are looked up.</param>
    /// <param name="parameters">Values of its parameters; they decide types.</param>
    /// <param name="context">The run that the plan is made for.</param>
    /// <param name="cancellationToken">Ends look-ups.</param>
    /// <exception cref="EngineException">A name, type or clause is wrong.</exception>
    public async ValueTask<PlannedStatement> PlanAsync(
        string sql, Statement statement, ICatalog catalog, StatementParameters parameters, QueryContext context, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            var binder = new StatementBinder(this, sql, catalog, parameters, context);
            return await binder.BindAsync(statement, cancellationToken).ConfigureAwait(false);
        }
        catch (InsufficientExecutionStackException error)
        {
            throw new EngineException("54001", "The statement is nested too deeply.", error);
        }
        finally
        {
            context.Statistics.PlanningTicks += Stopwatch.GetTimestamp() - start;
        }
    }

    internal static LogicalPlan Optimize(LogicalPlan plan, QueryContext context) => LogicalOptimizer.Optimize(plan, context);
}

/// <summary>A statement that is ready to run, once.</summary>
public sealed class PlannedStatement
{
    private readonly SqlEngine engine;
    private readonly QueryContext context;
    private readonly LogicalPlan plan;
    private readonly bool analyze;
    private readonly StatementAction? action;

    internal PlannedStatement(SqlEngine engine, QueryContext context, LogicalPlan plan, Schema schema, bool analyze = false, StatementAction? action = null)
    {
        this.action = action;
        this.engine = engine;
        this.context = context;
        this.plan = plan;
        this.analyze = analyze;
        Schema = schema;
    }

    /// <summary>Columns of the result; none for a statement that gives no rows.</summary>
    public Schema Schema { get; }

    /// <summary>The plan for further runs of the same statement; <see langword="null"/> where it can serve this one only.</summary>
    public KeptPlan? Kept { get; internal init; }

    internal PlannedStatement Keep(IReadOnlyList<(TableName Name, ITable? Table)> lookups, StatementParameters parameters) =>
        new(engine, context, plan, Schema) { Kept = new KeptPlan(engine, plan, Schema, lookups, parameters, context) };

    /// <summary>Rows inserted, updated or deleted once <see cref="ExecuteAsync"/> has returned; <see langword="null"/> for statements of other kinds.</summary>
    public long? RecordsAffected { get; private set; }

    /// <summary>Runs the statement. One that changes something has done so when this returns; a question's rows are still to come.</summary>
    public async ValueTask<QueryResult> ExecuteAsync(CancellationToken cancellationToken)
    {
        if (action is not null)
        {
            RecordsAffected = await action.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        var result = QueryExecution.Start(plan, context, engine.Workers, isProfiled: analyze);
        if (!analyze)
        {
            return result;
        }
        await using (result.ConfigureAwait(false))
        {
            while (await result.ReadAsync(cancellationToken).ConfigureAwait(false) is not null)
            {
            }
        }
        var report = StatementBinder.ExplainRows([("Plan with Metrics", Explain.PlanPrinter.Print(result.Profile))]);
        var second = new QueryContext(context.Options, context.Budget, context.CancellationToken) { Range = context.Range, Warn = context.Warn, Chunks = context.Chunks };
        return QueryExecution.Start(report, second, engine.Workers);
    }
}
