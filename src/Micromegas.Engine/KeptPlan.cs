using System.Diagnostics;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Scratch;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Statements;

namespace Micromegas.Engine;

/// <summary>
/// The plan of a question, for runs to come. It holds what was known when it was made: the tables that its names meant, the values of parameters (ranges, limits
/// and constants are computed of them), the query range, options and settings. A run for which one of them is different is planned anew. Plans of statements that
/// call table functions, look into information_schema, or fold the time of the statement are not kept. Immutable; may serve several runs at a time.
/// </summary>
public sealed class KeptPlan
{
    private readonly SqlEngine engine;
    private readonly LogicalPlan plan;
    private readonly Schema schema;
    private readonly IReadOnlyList<(TableName Name, ITable? Table)> lookups;
    private readonly StatementParameters parameters;
    private readonly EngineOptions options;
    private readonly TimeRange range;
    private readonly SessionSettings? session;
    private readonly int settings;

    internal KeptPlan(
        SqlEngine engine, LogicalPlan plan, Schema schema, IReadOnlyList<(TableName Name, ITable? Table)> lookups, StatementParameters parameters, QueryContext context)
    {
        this.engine = engine;
        this.plan = plan;
        this.schema = schema;
        this.lookups = lookups;
        this.parameters = parameters;
        options = context.Options;
        range = context.Range;
        session = context.Session;
        settings = session?.Version ?? 0;
    }

    /// <summary>Whether a table is held that DROP TABLE should free.</summary>
    public bool HoldsScratchTables => lookups.Any(static lookup => lookup.Table is ScratchTable);

    /// <summary>The statement for another run, when the plan holds for it; otherwise <see langword="null"/>.</summary>
    /// <param name="runner">The engine that would plan it.</param>
    /// <param name="catalog">Where tables are looked up: that is done again.</param>
    /// <param name="values">The run's parameters.</param>
    /// <param name="context">The run.</param>
    /// <param name="cancellationToken">Ends look-ups.</param>
    public async ValueTask<PlannedStatement?> TryUseAsync(
        SqlEngine runner, ICatalog catalog, StatementParameters values, QueryContext context, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            if (!ReferenceEquals(runner, engine)
                || context.Options != options
                || context.Range != range
                || (context.Session?.Version ?? 0) != settings
                // Nothing was ever set on connections of the first version.
                || (settings > 0 && !ReferenceEquals(context.Session, session))
                || !values.Same(parameters))
            {
                return null;
            }
            foreach (var (name, table) in lookups)
            {
                if (!ReferenceEquals(await catalog.FindTableAsync(name, cancellationToken).ConfigureAwait(false), table))
                {
                    return null;
                }
            }
            return new PlannedStatement(engine, context, plan, schema) { Kept = this };
        }
        finally
        {
            context.Statistics.PlanningTicks += Stopwatch.GetTimestamp() - start;
        }
    }
}
