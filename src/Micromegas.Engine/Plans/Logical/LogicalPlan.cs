using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Plans.Logical;

/// <summary>
/// A relational plan: what to compute, not how. Immutable; nodes know the columns they produce. Those are computed when asked for: a <c>with</c> expression
/// copies fields as they are, so a stored list would describe the node that was copied.
/// </summary>
public abstract record LogicalPlan
{
    /// <summary>The columns of the result, in order.</summary>
    public abstract IReadOnlyList<PlanColumn> Columns { get; }

    /// <summary>The inputs, in order.</summary>
    public abstract IReadOnlyList<LogicalPlan> Inputs { get; }
}

/// <summary>Reads a table.</summary>
/// <param name="Table">The table.</param>
/// <param name="Name">Its name, for EXPLAIN.</param>
/// <param name="TableColumns">One plan column for every column of the table.</param>
/// <param name="Projection">Ordinals of the columns to deliver.</param>
/// <param name="Predicates">Conjuncts that rows must satisfy; the scan applies them all.</param>
/// <param name="TimeRange">Event times that the predicates allow.</param>
/// <param name="Limit">Rows after which nobody reads on.</param>
public sealed record LogicalScan(
    ITable Table,
    string Name,
    IReadOnlyList<PlanColumn> TableColumns,
    IReadOnlyList<int> Projection,
    IReadOnlyList<BoundExpression> Predicates,
    TimeRange TimeRange = default,
    long? Limit = null) : LogicalPlan
{
    // Not kept: a copy with another projection has other columns.
    public override IReadOnlyList<PlanColumn> Columns => [.. Projection.Select(ordinal => TableColumns[ordinal])];

    public override IReadOnlyList<LogicalPlan> Inputs => [];
}

/// <summary>Rows of constant expressions; one row of no columns when a SELECT has no FROM.</summary>
public sealed record LogicalValues(IReadOnlyList<PlanColumn> Output, IReadOnlyList<IReadOnlyList<BoundExpression>> Rows) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => Output;

    public override IReadOnlyList<LogicalPlan> Inputs => [];
}

/// <summary>Keeps the rows for which the predicate is true.</summary>
public sealed record LogicalFilter(LogicalPlan Input, BoundExpression Predicate) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => Input.Columns;

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

/// <summary>A computed column.</summary>
public readonly record struct Assignment(PlanColumn Column, BoundExpression Expression);

/// <summary>Computes columns from each row. A plain column reference may keep the input's own <see cref="PlanColumn"/>.</summary>
public sealed record LogicalProject(LogicalPlan Input, IReadOnlyList<Assignment> Assignments) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => [.. Assignments.Select(static assignment => assignment.Column)];

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

/// <summary>A sort key. NULL is larger than every value unless said otherwise.</summary>
public readonly record struct SortKey(BoundExpression Expression, bool Descending, bool NullsFirst);

/// <summary>One aggregate call.</summary>
/// <param name="Column">The result.</param>
/// <param name="Function">The function.</param>
/// <param name="Signature">Types of the call.</param>
/// <param name="FunctionArguments">What was known when it was resolved (constants such as a percentile).</param>
/// <param name="Arguments">One expression an argument.</param>
/// <param name="Distinct">Whether equal argument tuples count once.</param>
/// <param name="Filter">Rows that count; null = all.</param>
/// <param name="OrderBy">Order in which rows are added.</param>
public sealed record AggregateCall(
    PlanColumn Column,
    AggregateFunction Function,
    FunctionSignature Signature,
    FunctionArguments FunctionArguments,
    IReadOnlyList<BoundExpression> Arguments,
    bool Distinct,
    BoundExpression? Filter,
    IReadOnlyList<SortKey> OrderBy)
{
    /// <summary>Where it stands in the statement's text.</summary>
    public TextPlace Place { get; init; }
}

/// <summary>
/// Groups rows by key values (NULLs are equal) and aggregates each group; without keys, one row for all. The output is the keys, then the aggregates.
/// With <paramref name="GroupingSets"/>, each set lists the ordinals of the keys that group; the others are NULL, and
/// <paramref name="GroupingId"/>, when there, is a last key column whose value is the bit mask of the keys that are left out (key 0 is the highest bit).
/// </summary>
public sealed record LogicalAggregate(
    LogicalPlan Input,
    IReadOnlyList<Assignment> Keys,
    IReadOnlyList<AggregateCall> Aggregates,
    IReadOnlyList<IReadOnlyList<int>>? GroupingSets = null,
    PlanColumn? GroupingId = null) : LogicalPlan
{
    /// <summary>Set when the scan right below may answer from its metadata: for each call the scan's column that it is about, null for <c>count(*)</c>.</summary>
    public IReadOnlyList<PlanColumn?>? ScannedColumns { get; init; }

    public override IReadOnlyList<PlanColumn> Columns =>
        [.. Keys.Select(static key => key.Column), .. GroupingId is null ? Array.Empty<PlanColumn>() : [GroupingId], .. Aggregates.Select(static call => call.Column)];

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

/// <summary>Sorts; with <paramref name="Limit"/>, keeps only the first <paramref name="Offset"/> + <paramref name="Limit"/> rows and skips the first <paramref name="Offset"/> (top-n).</summary>
public sealed record LogicalSort(LogicalPlan Input, IReadOnlyList<SortKey> Keys, long? Limit = null, long Offset = 0) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => Input.Columns;

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

/// <summary>Skips rows, then keeps some. The input's order, where it has one, is kept.</summary>
public sealed record LogicalLimit(LogicalPlan Input, long Offset, long? Count) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => Input.Columns;

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

/// <summary>For each key, the first row in the given order (DISTINCT ON).</summary>
public sealed record LogicalDistinctOn(LogicalPlan Input, IReadOnlyList<BoundExpression> Keys, IReadOnlyList<SortKey> OrderBy) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => Input.Columns;

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

public enum JoinKind
{
    Inner,
    Left,
    Right,
    Full,

    /// <summary>Rows of the left side that have a match, each once.</summary>
    LeftSemi,

    /// <summary>Rows of the left side that have no match.</summary>
    LeftAnti,

    /// <summary>All rows of the left side and a Boolean: is there a match (null when SQL's IN would say so)?</summary>
    LeftMark,

    /// <summary>All rows of the left side with the one match or NULLs; more than one match is an error (21000): a scalar subquery.</summary>
    LeftSingle,
}

/// <summary>One equality of a join; both sides have the same value type.</summary>
/// <param name="Left">Over the left input.</param>
/// <param name="Right">Over the right input.</param>
/// <param name="NullsEqual">Whether NULL matches NULL (<c>IS NOT DISTINCT FROM</c>).</param>
public readonly record struct JoinKey(BoundExpression Left, BoundExpression Right, bool NullsEqual = false);

/// <summary>
/// A join on equalities and a residual condition over both inputs' columns; without keys a nested loop.
/// The output is the left columns, then (except for semi and anti joins) the right ones; for a mark join the left columns and <paramref name="Mark"/>.
/// </summary>
public sealed record LogicalJoin(
    LogicalPlan Left, LogicalPlan Right, JoinKind Kind, IReadOnlyList<JoinKey> Keys, BoundExpression? Residual, PlanColumn? Mark = null) : LogicalPlan
{
    /// <summary>Whether scans of the left side are told, once the right side is known, which values of the keys have a match.</summary>
    public bool BoundsScans { get; init; }

    public override IReadOnlyList<PlanColumn> Columns => Kind switch
    {
        JoinKind.LeftSemi or JoinKind.LeftAnti => Left.Columns,
        JoinKind.LeftMark => [.. Left.Columns, Mark!],
        _ => [.. Left.Columns, .. Right.Columns],
    };

    public override IReadOnlyList<LogicalPlan> Inputs => [Left, Right];
}

/// <summary>All rows of all inputs; column i of the output is column i of every input, of the same type.</summary>
public sealed record LogicalUnionAll(IReadOnlyList<LogicalPlan> Branches, IReadOnlyList<PlanColumn> Output) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => Output;

    public override IReadOnlyList<LogicalPlan> Inputs => Branches;
}

/// <summary>INTERSECT and EXCEPT, with or without ALL: rows compare with NULL equal to NULL.</summary>
public sealed record LogicalSetOperation(LogicalPlan Left, LogicalPlan Right, bool IsIntersect, bool All) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => Left.Columns;

    public override IReadOnlyList<LogicalPlan> Inputs => [Left, Right];
}

/// <summary>Where a window frame starts or ends.</summary>
public enum FrameBoundKind
{
    UnboundedPreceding,
    Preceding,
    CurrentRow,
    Following,
    UnboundedFollowing,
}

public readonly record struct FrameBound(FrameBoundKind Kind, BoundExpression? Offset = null);

public enum FrameUnit
{
    Rows,
    Range,
    Groups,
}

public enum FrameExclusion
{
    None,
    CurrentRow,
    Group,
    Ties,
}

public sealed record WindowFrame(FrameUnit Unit, FrameBound Start, FrameBound End, FrameExclusion Exclusion = FrameExclusion.None);

/// <summary>One window call: a window-only function by name (<c>row_number</c>, <c>lag</c> …) or an aggregate.</summary>
public sealed record WindowCall(
    PlanColumn Column,
    string Name,
    AggregateFunction? Aggregate,
    FunctionSignature Signature,
    FunctionArguments FunctionArguments,
    IReadOnlyList<BoundExpression> Arguments,
    BoundExpression? Filter,
    bool IgnoreNulls,
    bool Distinct,
    WindowFrame Frame)
{
    /// <summary>Where it stands in the statement's text.</summary>
    public TextPlace Place { get; init; }
}

/// <summary>Adds window results to each row. All calls share partition and order; the output is the input's columns, then the results.</summary>
public sealed record LogicalWindow(
    LogicalPlan Input, IReadOnlyList<BoundExpression> PartitionBy, IReadOnlyList<SortKey> OrderBy, IReadOnlyList<WindowCall> Calls) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => [.. Input.Columns, .. Calls.Select(static call => call.Column)];

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

/// <summary>
/// For each row, one row an item of the lists (in parallel, shorter ones padded with NULL); the output is the input's columns, then one column a list,
/// then the ordinality (from 1) when asked for. Rows without items vanish unless <paramref name="Outer"/>.
/// </summary>
public sealed record LogicalUnnest(
    LogicalPlan Input, IReadOnlyList<BoundExpression> Lists, IReadOnlyList<PlanColumn> Items, PlanColumn? Ordinality, bool Outer) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns =>
        [.. Input.Columns, .. Items, .. Ordinality is null ? Array.Empty<PlanColumn>() : [Ordinality]];

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

/// <summary>
/// For each row, the rows of the table that a table function gives for arguments of that row; the output is the input's columns, then those of the table.
/// Rows with a NULL argument vanish.
/// </summary>
/// <param name="Input">The rows that give arguments.</param>
/// <param name="Function">The function.</param>
/// <param name="Arguments">Over the input's columns.</param>
/// <param name="TableColumns">One plan column for every column of the tables.</param>
/// <param name="Projection">Ordinals of the table columns to deliver.</param>
/// <param name="Predicates">Conjuncts over table columns that rows must satisfy.</param>
public sealed record LogicalTableFunction(
    LogicalPlan Input,
    TableFunction Function,
    IReadOnlyList<BoundExpression> Arguments,
    IReadOnlyList<PlanColumn> TableColumns,
    IReadOnlyList<int> Projection,
    IReadOnlyList<BoundExpression> Predicates) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => [.. Input.Columns, .. Projection.Select(ordinal => TableColumns[ordinal])];

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

/// <summary>Adds the results of calls that wait for something outside (<see cref="ScalarFunction.IsAsync"/>); the output is the input's columns, then theirs.</summary>
public sealed record LogicalAsyncCalls(LogicalPlan Input, IReadOnlyList<Assignment> Calls) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => [.. Input.Columns, .. Calls.Select(static call => call.Column)];

    public override IReadOnlyList<LogicalPlan> Inputs => [Input];
}

/// <summary>A recursive common table expression: the anchor, then the step over the rows found last, until none is new.</summary>
public sealed record LogicalRecursive(LogicalPlan Anchor, LogicalPlan Step, RecursiveTable Working, bool Distinct, IReadOnlyList<PlanColumn> Output) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => Output;

    public override IReadOnlyList<LogicalPlan> Inputs => [Anchor, Step];
}

/// <summary>Identity of the working table that a recursive step reads.</summary>
public sealed class RecursiveTable(string name, Schema schema)
{
    public string Name { get; } = name;

    public Schema Schema { get; } = schema;
}

/// <summary>Reads the working table of the recursion it stands in.</summary>
public sealed record LogicalRecursiveReference(RecursiveTable Table, IReadOnlyList<PlanColumn> Output) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns => Output;

    public override IReadOnlyList<LogicalPlan> Inputs => [];
}
