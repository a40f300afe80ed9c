namespace Micromegas.Sql.Syntax;

/// <summary>An item of an ORDER BY.</summary>
/// <param name="Expression">The key; <see cref="AllColumnsExpression"/> for <c>ORDER BY ALL</c>.</param>
/// <param name="Direction">The direction.</param>
/// <param name="Nulls">Where NULL goes.</param>
public sealed record OrderByItem(Expression Expression, SortDirection Direction, NullOrder Nulls) : SyntaxNode;

/// <summary>The direction of a sort key.</summary>
public enum SortDirection
{
    /// <summary>Nothing was written: ascending.</summary>
    Default,

    /// <summary><c>ASC</c>.</summary>
    Ascending,

    /// <summary><c>DESC</c>.</summary>
    Descending,
}

/// <summary>Where NULL goes in a sort.</summary>
public enum NullOrder
{
    /// <summary>Nothing was written: last for ascending keys, first for descending ones (spec/sql.md §0.1).</summary>
    Default,

    /// <summary><c>NULLS FIRST</c>.</summary>
    First,

    /// <summary><c>NULLS LAST</c>.</summary>
    Last,
}

/// <summary>What stands behind <c>OVER</c>.</summary>
public abstract record Window : SyntaxNode;

/// <summary><c>OVER name</c>.</summary>
/// <param name="Name">The name of a window of the WINDOW clause.</param>
public sealed record WindowName(Identifier Name) : Window;

/// <summary><c>([base] [PARTITION BY …] [ORDER BY …] [frame])</c> (spec/sql.md §5.10).</summary>
/// <param name="Base">The named window it builds on.</param>
/// <param name="PartitionBy">The partition keys.</param>
/// <param name="OrderBy">The sort keys.</param>
/// <param name="Frame">The frame; null means the default frame.</param>
public sealed record WindowSpecification(
    Identifier? Base, SyntaxList<Expression> PartitionBy, SyntaxList<OrderByItem> OrderBy, WindowFrame? Frame) : Window;

/// <summary><c>WINDOW name AS (…)</c>.</summary>
/// <param name="Name">The name.</param>
/// <param name="Window">The specification, or the name of another window.</param>
public sealed record WindowDefinition(Identifier Name, Window Window) : SyntaxNode;

/// <summary>A window frame.</summary>
/// <param name="Units">What offsets count.</param>
/// <param name="Start">The first row.</param>
/// <param name="End">The last row; null where only one bound was written, which means <c>CURRENT ROW</c>.</param>
/// <param name="Exclusion">The rows left out.</param>
public sealed record WindowFrame(FrameUnits Units, FrameBound Start, FrameBound? End, FrameExclusion Exclusion) : SyntaxNode;

/// <summary>What the offsets of a frame count.</summary>
public enum FrameUnits
{
    /// <summary><c>ROWS</c>.</summary>
    Rows,

    /// <summary><c>RANGE</c>: values of the sort key.</summary>
    Range,

    /// <summary><c>GROUPS</c>: groups of peers.</summary>
    Groups,
}

/// <summary>A bound of a frame.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Offset">The offset of <c>n PRECEDING</c> and <c>n FOLLOWING</c>.</param>
public sealed record FrameBound(FrameBoundKind Kind, Expression? Offset) : SyntaxNode;

/// <summary>The kinds of frame bounds, in their order.</summary>
public enum FrameBoundKind
{
    /// <summary><c>UNBOUNDED PRECEDING</c>.</summary>
    UnboundedPreceding,

    /// <summary><c>n PRECEDING</c>.</summary>
    Preceding,

    /// <summary><c>CURRENT ROW</c>.</summary>
    CurrentRow,

    /// <summary><c>n FOLLOWING</c>.</summary>
    Following,

    /// <summary><c>UNBOUNDED FOLLOWING</c>.</summary>
    UnboundedFollowing,
}

/// <summary>The rows that an <c>EXCLUDE</c> clause removes from a frame.</summary>
public enum FrameExclusion
{
    /// <summary>Nothing was written, or <c>EXCLUDE NO OTHERS</c>.</summary>
    None,

    /// <summary><c>EXCLUDE CURRENT ROW</c>.</summary>
    CurrentRow,

    /// <summary><c>EXCLUDE GROUP</c>.</summary>
    Group,

    /// <summary><c>EXCLUDE TIES</c>.</summary>
    Ties,
}
