using Micromegas.Engine.Catalog;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Joining;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>
/// What a join tells the scans of its left side of one of its keys. Scans are attached to it when the plan is made; the values come when the join is opened, before
/// the left side is.
/// </summary>
/// <param name="key">The key on the left side.</param>
/// <param name="matchesNull">Whether NULL may have a match.</param>
internal sealed class ProbeBound(BoundExpression key, bool matchesNull)
{
    public BoundExpression Key { get; } = key;

    /// <summary>The values on the right side; null while they are not known.</summary>
    public BuildKeyValues? Values { get; set; }

    /// <summary>The left side's column that the key is about: the key itself, or an integer that it widens. Null for other keys.</summary>
    public static PlanColumn? ColumnOf(BoundExpression key) => key switch
    {
        BoundColumn column => column.Column,
        BoundCast { Operand: BoundColumn { Type: { IsInteger: true } type } operand, Target: { IsInteger: true } target } when target.FlatSize > type.FlatSize => operand.Column,
        _ => null,
    };

    /// <summary>What a scan's column must satisfy.</summary>
    public IEnumerable<JoinBound> Bounds(PlanColumn column) => Values is not { } values
        ? []
        : values.Conditions(column).Select(condition => new JoinBound(
            matchesNull ? new BoundLogical(false, [condition, new BoundIsNull(new BoundColumn(column), false)]) : condition, column.Name, values.Summary));
}
