using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Plans.Physical;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>What a join computes, with the decisions that follow from it; shared by all its parts.</summary>
internal sealed class JoinSpec
{
    /// <param name="join">The join.</param>
    /// <param name="context">The statement.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="statistics">Counts of the join.</param>
    /// <param name="isBounding">Whether scans want to know the values of a key.</param>
    public JoinSpec(LogicalJoin join, QueryContext context, string name, OperatorStatistics statistics, Func<JoinKey, bool> isBounding)
    {
        Context = context;
        Name = name;
        Statistics = statistics;
        Kind = join.Kind;
        LeftColumns = join.Left.Columns;
        RightColumns = join.Right.Columns;
        PairColumns = [.. LeftColumns, .. RightColumns];
        Schema = new Schema(join.Columns.Select(static column => column.ToField()).ToArray());
        TakesWholeTable = IsWholeTable(join.Right);
        IsThreeValued = join is { Kind: JoinKind.LeftMark, Mark.Nullable: true };
        var residual = new List<BoundExpression>();
        if (join.Residual is not null)
        {
            residual.Add(join.Residual);
        }
        var ordinary = join.Keys.Count(static key => !key.NullsEqual);
        if (IsThreeValued && (residual.Count > 0 || ordinary > 1))
        {
            // Whether a comparison is unknown can only be told pair by pair once there are several.
            residual.AddRange(join.Keys.Where(static key => !key.NullsEqual).Select(static key => new BoundComparison(ComparisonOperator.Equal, key.Left, key.Right)));
            Keys = [.. join.Keys.Where(static key => key.NullsEqual)];
        }
        else
        {
            // Keys whose NULLs match come first: they are the groups in which a mark join looks for NULLs.
            Keys = [.. join.Keys.OrderBy(static key => key.NullsEqual ? 0 : 1)];
        }
        Residual = residual.Count switch
        {
            0 => null,
            1 => residual[0],
            _ => new BoundLogical(true, residual),
        };
        ResidualColumns = new HashSet<PlanColumn>();
        Residual?.CollectColumns(ResidualColumns);
        NullsEqualKeys = Keys.Count(static key => key.NullsEqual);
        LeftTwins = [.. RightColumns.Select(LeftTwin)];
        BoundingKeys = [.. Enumerable.Range(0, Keys.Count).Where(key => isBounding(Keys[key]))];
    }

    public QueryContext Context { get; }

    public string Name { get; }

    public OperatorStatistics Statistics { get; }

    public JoinKind Kind { get; }

    public IReadOnlyList<PlanColumn> LeftColumns { get; }

    public IReadOnlyList<PlanColumn> RightColumns { get; }

    /// <summary>Left, then right columns: what the residual condition sees.</summary>
    public IReadOnlyList<PlanColumn> PairColumns { get; }

    public Schema Schema { get; }

    public IReadOnlyList<JoinKey> Keys { get; }

    /// <summary>How many of the first keys match NULL with NULL.</summary>
    public int NullsEqualKeys { get; }

    /// <summary>Keys whose values on the right side scans of the left side want to know.</summary>
    public IReadOnlyList<int> BoundingKeys { get; }

    /// <summary>For each right column the left one that has the same value in every joined row, -1 where there is none: it is not copied.</summary>
    public IReadOnlyList<int> LeftTwins { get; }

    /// <summary>Whether the right side is all of a table.</summary>
    public bool TakesWholeTable { get; }

    public BoundExpression? Residual { get; }

    public ISet<PlanColumn> ResidualColumns { get; }

    /// <summary>Whether a mark may be null: no match, but some comparison was unknown.</summary>
    public bool IsThreeValued { get; }

    /// <summary>Whether rows of the right side without a match are in the result.</summary>
    public bool KeepsRight => Kind is JoinKind.Right or JoinKind.Full;

    /// <summary>Whether rows of the left side without a match are in the result, with NULLs on the right.</summary>
    public bool KeepsLeft => Kind is JoinKind.Left or JoinKind.Full or JoinKind.LeftSingle;

    /// <summary>Whether only the left columns are delivered, each row at most once.</summary>
    public bool IsExistence => Kind is JoinKind.LeftSemi or JoinKind.LeftAnti or JoinKind.LeftMark;

    /// <summary>A scalar subquery found a second row.</summary>
    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public void ThrowManyRows() => throw RightColumns[0].Place.Locate(new EngineException(
        SqlState.CardinalityViolation, "A scalar subquery gave more than one row.") { Hint = "Aggregate it, add LIMIT 1, or use IN or EXISTS." });

    /// <summary>The left side of a key whose right side is this column, where equal values are the same: not so of floating-point numbers and what lies in documents.</summary>
    private int LeftTwin(PlanColumn right)
    {
        foreach (var key in Kind == JoinKind.Inner ? Keys : [])
        {
            if (key is { NullsEqual: false, Left: BoundColumn left, Right: BoundColumn column } && column.Column == right && left.Type.Equals(right.Type)
                && (right.Type.IsInteger || right.Type.IsTemporal || right.Type.IsUtf8))
            {
                return LeftColumns.ToList().IndexOf(left.Column);
            }
        }
        return -1;
    }

    private static bool IsWholeTable(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => scan is { Predicates.Count: 0, Limit: null },
        LogicalProject project => IsWholeTable(project.Input),
        _ => false,
    };
}
