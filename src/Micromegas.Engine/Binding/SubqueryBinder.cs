using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;
using JoinKind = Micromegas.Engine.Plans.Logical.JoinKind;
using Assignment = Micromegas.Engine.Plans.Logical.Assignment;

namespace Micromegas.Engine.Binding;

/// <summary>A subquery that an expression needs beside each row.</summary>
/// <param name="Subplan">The subquery.</param>
/// <param name="Kind">A mark or single join.</param>
/// <param name="Condition">Over the rows and the subquery's columns; null = always true.</param>
/// <param name="Mark">Result of a mark join.</param>
internal sealed record Subquery(LogicalPlan Subplan, JoinKind Kind, BoundExpression? Condition, PlanColumn? Mark)
{
    /// <summary>The columns that it adds to the rows.</summary>
    public IReadOnlyList<PlanColumn> Added => Mark is null ? Subplan.Columns : [Mark];

    /// <summary>The columns of the rows that it reads.</summary>
    public HashSet<PlanColumn> Needed()
    {
        var needed = FreeColumns.Of(Subplan);
        Condition?.CollectColumns(needed);
        needed.ExceptWith(Subplan.Columns);
        return needed;
    }

    public LogicalApply Beside(LogicalPlan rows) => new(rows, Subplan, Kind, Condition, Mark);
}

/// <summary>Subqueries as values. Each becomes a column; <paramref name="add"/> decides where the rows get it.</summary>
internal sealed class SubqueryBinder(BinderContext context, QueryBinder queries, CommonTables? tables, Action<Subquery> add)
{
    private BindingError Errors => context.Errors;

    public BoundExpression BindScalar(Query query, SyntaxNode node, Scope inner)
    {
        var bound = queries.Bind(query, inner, tables);
        if (bound.Columns.Count != 1)
        {
            throw Errors.At(node, SqlState.InvalidStatement, $"A subquery used as a value needs one column, not {bound.Columns.Count}.", "Select one column, or compare a row: (a, b) = (SELECT …).");
        }
        return AddRow(bound, node)[0];
    }

    public BoundExpression[] BindRow(Query query, int count, SyntaxNode node, Scope inner)
    {
        var bound = queries.Bind(query, inner, tables);
        if (bound.Columns.Count != count)
        {
            throw Errors.At(
                node, SqlState.SyntaxError, $"A row of {count} values is compared with a subquery of {bound.Columns.Count} columns.", "Select as many columns.");
        }
        return AddRow(bound, node);
    }

    public BoundExpression BindExists(Query query, Scope inner) => AddMark(queries.Bind(query, inner, tables).Plan, null, "exists", false);

    public BoundExpression BindIn(IReadOnlyList<BoundExpression> operands, Query query, bool negated, SyntaxNode node, Scope inner, ExpressionBinder expressions)
    {
        var condition = Condition(operands, ComparisonOperator.Equal, query, node, inner, expressions, out var subplan);
        var mark = AddMark(subplan, condition, "in", true);
        return negated ? new BoundNot(mark) : mark;
    }

    public BoundExpression BindQuantified(
        IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, bool all, Query query, SyntaxNode node, Scope inner, ExpressionBinder expressions)
    {
        // x op ALL (q) means: no row of q for which x op row is not true.
        var condition = Condition(operands, all ? comparison.Negated() : comparison, query, node, inner, expressions, out var subplan);
        var mark = AddMark(subplan, condition, all ? "all" : "any", true);
        return all ? new BoundNot(mark) : mark;
    }

    private BoundExpression Condition(
        IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, Query query, SyntaxNode node, Scope inner, ExpressionBinder expressions, out LogicalPlan subplan)
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

    private BoundExpression[] AddRow(BoundQuery bound, SyntaxNode node)
    {
        // Fresh columns: they may be NULL even if the subquery's own cannot.
        Assignment[] values = [.. bound.Columns.Select(column => new Assignment(
            new PlanColumn(column.Name, column.Type) { Place = Errors.PlaceOf(node) }, new BoundColumn(column)))];
        add(new Subquery(new LogicalProject(bound.Plan, values), JoinKind.LeftSingle, null, null));
        return [.. values.Select(static value => new BoundColumn(value.Column))];
    }

    private BoundColumn AddMark(LogicalPlan subplan, BoundExpression? condition, string name, bool nullable)
    {
        var mark = new PlanColumn($"__{name}", DataType.Boolean, nullable);
        add(new Subquery(subplan, JoinKind.LeftMark, condition, mark));
        return new BoundColumn(mark);
    }
}
