using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>
/// Subqueries as values. Each becomes a column that an apply node adds to the rows: below WHERE at once, for the later clauses above the grouping.
/// </summary>
internal sealed partial class SelectBinder
{
    public BoundExpression BindScalarSubquery(Query query, SyntaxNode node, Scope inner) => subqueries.BindScalar(query, node, inner);

    public BoundExpression[] BindRowSubquery(Query query, int count, SyntaxNode node, Scope inner) => subqueries.BindRow(query, count, node, inner);

    public BoundExpression BindExists(Query query, Scope inner) => subqueries.BindExists(query, inner);

    public BoundExpression BindInSubquery(IReadOnlyList<BoundExpression> operands, Query query, bool negated, SyntaxNode node, Scope inner) =>
        subqueries.BindIn(operands, query, negated, node, inner, expressions);

    public BoundExpression BindQuantifiedSubquery(
        IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, bool all, Query query, SyntaxNode node, Scope inner) =>
        subqueries.BindQuantified(operands, comparison, all, query, node, inner, expressions);

    private void Add(Subquery subquery)
    {
        switch (clause)
        {
            case Clause.Where or Clause.AggregateArgument or Clause.GroupBy:
                plan = subquery.Beside(plan);
                break;
            default:
                pendingSubqueries.Add(subquery);
                break;
        }
    }

    /// <summary>Puts the subqueries of later clauses beside the rows above the grouping.</summary>
    private void AddPendingSubqueries()
    {
        foreach (var subquery in pendingSubqueries)
        {
            plan = (isGrouped ? AboveGrouping(subquery) : subquery).Beside(plan);
        }
    }

    /// <summary>The subquery reading the grouping's output instead of the columns of FROM.</summary>
    private Subquery AboveGrouping(Subquery subquery) => subquery with
    {
        Subplan = subquery.Subplan.RewriteUp(node => node.MapExpressions(expression => AboveGrouping(expression, select))),
        Condition = subquery.Condition is { } condition ? AboveGrouping(condition, select) : null,
    };

    public BoundExpression? ResolveAlias(ColumnReference reference) =>
        clause is Clause.Having or Clause.Qualify or Clause.OrderBy or Clause.GroupBy && reference.Parts.Count == 1
            && aliases.TryGetValue(reference.Parts[0].Value, out var bound)
            ? bound
            : null;
}
