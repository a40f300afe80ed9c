using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;
using JoinKind = Micromegas.Engine.Plans.Logical.JoinKind;
using Assignment = Micromegas.Engine.Plans.Logical.Assignment;

namespace Micromegas.Engine.Binding;

/// <summary>
/// Subqueries as values. Each becomes a column that an apply node adds to the rows: below WHERE at once, for the later clauses above the grouping.
/// </summary>
internal sealed partial class SelectBinder
{
    public BoundExpression BindScalarSubquery(Query query, SyntaxNode node, Scope inner)
    {
        var bound = queries.Bind(query, inner, tables);
        if (bound.Columns.Count != 1)
        {
            throw Errors.At(node, SqlState.InvalidStatement, $"A subquery used as a value needs one column, not {bound.Columns.Count}.", "Select one column, or compare a row: (a, b) = (SELECT …).");
        }
        // A fresh column: it may be NULL even if the subquery's own cannot.
        var source = bound.Columns[0];
        var value = new PlanColumn(source.Name, source.Type) { Place = Errors.PlaceOf(node) };
        var renamed = new LogicalProject(bound.Plan, [new Assignment(value, new BoundColumn(source))]);
        Apply(input => new LogicalApply(input, renamed, JoinKind.LeftSingle, null));
        return new BoundColumn(value);
    }

    public BoundExpression[] BindRowSubquery(Query query, int count, SyntaxNode node, Scope inner)
    {
        var bound = queries.Bind(query, inner, tables);
        if (bound.Columns.Count != count)
        {
            throw Errors.At(
                node, SqlState.SyntaxError, $"A row of {count} values is compared with a subquery of {bound.Columns.Count} columns.", "Select as many columns.");
        }
        Assignment[] values = [.. bound.Columns.Select(column => new Assignment(
            new PlanColumn(column.Name, column.Type) { Place = Errors.PlaceOf(node) }, new BoundColumn(column)))];
        var renamed = new LogicalProject(bound.Plan, values);
        Apply(input => new LogicalApply(input, renamed, JoinKind.LeftSingle, null));
        return [.. values.Select(static value => new BoundColumn(value.Column))];
    }

    public BoundExpression BindExists(Query query, Scope inner)
    {
        var bound = queries.Bind(query, inner, tables);
        return Mark(bound.Plan, null, "exists", false);
    }

    public BoundExpression BindInSubquery(IReadOnlyList<BoundExpression> operands, Query query, bool negated, SyntaxNode node, Scope inner)
    {
        var condition = SubqueryCondition(operands, ComparisonOperator.Equal, query, node, inner, out var subplan);
        var mark = Mark(subplan, condition, "in", true);
        return negated ? new BoundNot(mark) : mark;
    }

    public BoundExpression BindQuantifiedSubquery(
        IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, bool all, Query query, SyntaxNode node, Scope inner)
    {
        // x op ALL (q) means: no row of q for which x op row is not true.
        var condition = SubqueryCondition(operands, all ? Negate(comparison) : comparison, query, node, inner, out var subplan);
        var mark = Mark(subplan, condition, all ? "all" : "any", true);
        return all ? new BoundNot(mark) : mark;
    }

    private static ComparisonOperator Negate(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => ComparisonOperator.NotEqual,
        ComparisonOperator.NotEqual => ComparisonOperator.Equal,
        ComparisonOperator.LessThan => ComparisonOperator.GreaterThanOrEqual,
        ComparisonOperator.LessThanOrEqual => ComparisonOperator.GreaterThan,
        ComparisonOperator.GreaterThan => ComparisonOperator.LessThanOrEqual,
        _ => ComparisonOperator.LessThan,
    };

    private BoundExpression SubqueryCondition(
        IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, Query query, SyntaxNode node, Scope inner, out LogicalPlan subplan)
    {
        var bound = queries.Bind(query, inner, tables);
        if (bound.Columns.Count != operands.Count)
        {
            var wanted = operands.Count == 1 ? "one column" : $"{operands.Count} columns";
            throw Errors.At(
                node, SqlState.InvalidStatement, $"The subquery needs {wanted}, not {bound.Columns.Count}.",
                operands.Count == 1 ? "Select the column to compare with." : "Select one column for each value of the row.");
        }
        subplan = bound.Plan;
        return expressions.CompareRows(comparison, operands, [.. bound.Columns.Select(static column => new BoundColumn(column))], node);
    }

    private BoundColumn Mark(LogicalPlan subplan, BoundExpression? condition, string name, bool nullable)
    {
        var mark = new PlanColumn($"__{name}", DataType.Boolean, nullable);
        Apply(input => new LogicalApply(input, subplan, JoinKind.LeftMark, isGrouped && condition is not null ? AboveGrouping(condition, select) : condition, mark));
        return new BoundColumn(mark);
    }

    private void Apply(Func<LogicalPlan, LogicalPlan> apply)
    {
        switch (clause)
        {
            case Clause.Where or Clause.AggregateArgument or Clause.GroupBy:
                plan = apply(plan);
                break;
            default:
                pendingApplies.Add(apply);
                break;
        }
    }

    public BoundExpression? ResolveAlias(ColumnReference reference) =>
        clause is Clause.Having or Clause.Qualify or Clause.OrderBy or Clause.GroupBy && reference.Parts.Count == 1
            && aliases.TryGetValue(reference.Parts[0].Value, out var bound)
            ? bound
            : null;
}
