using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>
/// How to compute a plan node. Immutable but for its statistics: what a run needs is made when the node is opened, so a node can be opened again
/// (the step of a recursion is).
/// </summary>
internal abstract class PhysicalPlan
{
    protected PhysicalPlan(IReadOnlyList<PlanColumn> columns, params IReadOnlyList<PhysicalPlan> inputs)
    {
        Columns = columns;
        Inputs = inputs;
        Schema = new Schema(columns.Select(static column => column.ToField()).ToArray());
    }

    /// <summary>The operator's name, as errors and EXPLAIN show it.</summary>
    public abstract string Name { get; }

    /// <summary>What it does, for EXPLAIN.</summary>
    public virtual IReadOnlyList<string> Details => [];

    public IReadOnlyList<PlanColumn> Columns { get; }

    public Schema Schema { get; }

    public IReadOnlyList<PhysicalPlan> Inputs { get; }

    public OperatorStatistics Statistics { get; } = new();

    /// <summary>
    /// Gives the pipeline that delivers the node's rows. A node that needs all rows of an input before it can deliver one runs that input first.
    /// </summary>
    public abstract ValueTask<Pipeline> OpenAsync(QueryExecution execution);

    /// <summary>
    /// Attaches scans below to what a join above will know of one of its keys: rows without one of its values, which they may leave out, change nothing of what the join
    /// makes of this node's rows.
    /// </summary>
    /// <param name="column">The column that the key is about, one of this node's.</param>
    /// <param name="bound">The key.</param>
    /// <returns>Whether some scan listens.</returns>
    public virtual bool Attach(PlanColumn column, ProbeBound bound) => false;

    /// <summary>Has the node and those below it count rows and times.</summary>
    public void CountRowsAndTimes()
    {
        Statistics.IsProfiled = true;
        foreach (var input in Inputs)
        {
            input.CountRowsAndTimes();
        }
    }

    public OperatorProfile ToProfile() => new(Name, Details, Statistics, [.. Inputs.Select(static input => input.ToProfile())]);
}
