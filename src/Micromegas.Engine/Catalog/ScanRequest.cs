using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Catalog;

/// <summary>What a scan asks of a table.</summary>
public sealed class ScanRequest
{
    /// <summary>The statement.</summary>
    public required QueryContext Context { get; init; }

    /// <summary>Ordinals in the table's schema of the columns to deliver, in the order of delivery.</summary>
    public required IReadOnlyList<int> Projection { get; init; }

    /// <summary>For each column of the table's schema, the plan column by which <see cref="Predicates"/> name it.</summary>
    public required IReadOnlyList<PlanColumn> TableColumns { get; init; }

    /// <summary>Conjuncts that every row wanted satisfies; they may use columns that are not projected.</summary>
    public IReadOnlyList<BoundExpression> Predicates { get; init; } = [];

    /// <summary>Those of <see cref="Predicates"/> that follow from joins above. Rows that do not satisfy them may be delivered.</summary>
    public IReadOnlyList<JoinBound> JoinBounds { get; init; } = [];

    /// <summary>Receives what is read.</summary>
    public ScanFigures Figures { get; init; } = new();

    /// <summary>Event times that the statement's predicates allow (from <see cref="Predicates"/> on the table's time columns).</summary>
    public TimeRange TimeRange { get; init; }

    /// <summary>Rows after which nobody reads on, when known (only set when there are no predicates, or all were answered exactly).</summary>
    public long? Limit { get; init; }

    /// <summary>
    /// Set when only the first rows in the order of one column are wanted: rows that are known to come too late may be left out.
    /// The engine leaves out whole morsels itself where they know their <see cref="Morsel.RangeOf"/>.
    /// </summary>
    public ScanBound? Bound { get; init; }

    /// <summary>Set when only the distinct rows matter: rows that equal one delivered before may be left out.</summary>
    public bool Distinct { get; init; }

    /// <summary>
    /// Set when nothing matters but how often each combination of values occurs: a batch may then have one column more than <see cref="Projection"/>,
    /// <see cref="CountField"/>, that says how many rows each of its rows stands for.
    /// </summary>
    public bool Counted { get; init; }

    /// <summary>The last column of a batch whose rows stand for several.</summary>
    public static Field CountField { get; } = new("rows", DataType.Int64, false);
}
