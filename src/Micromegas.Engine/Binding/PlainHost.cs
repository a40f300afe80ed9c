using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>The host of expressions outside a SELECT's own clauses: no aggregates, windows or subqueries.</summary>
internal sealed class PlainHost(BindingError errors, string clause) : IExpressionHost
{
    public BoundExpression? ResolveAlias(ColumnReference reference) => null;

    public BoundExpression BindAggregate(AggregateFunction function, FunctionCall call, ExpressionBinder binder) =>
        throw errors.At(call, SqlState.GroupingError, $"The aggregate '{function.Name}' cannot stand in {clause}.");

    public BoundExpression BindGrouping(FunctionCall call, ExpressionBinder binder) =>
        throw errors.At(call, SqlState.GroupingError, $"grouping() cannot stand in {clause}.");

    public BoundExpression BindWindow(FunctionCall call, ExpressionBinder binder) =>
        throw errors.At(call, SqlState.WindowingError, $"A window function cannot stand in {clause}.");

    public BoundExpression BindScalarSubquery(Query query, SyntaxNode node, Scope scope) => throw errors.Unsupported(node, $"A subquery in {clause}");

    public BoundExpression BindExists(Query query, Scope scope) => throw errors.Unsupported(query, $"A subquery in {clause}");

    public BoundExpression BindInSubquery(BoundExpression operand, Query query, bool negated, SyntaxNode node, Scope scope) =>
        throw errors.Unsupported(node, $"A subquery in {clause}");

    public BoundExpression BindQuantifiedSubquery(
        BoundExpression operand, ComparisonOperator comparison, bool all, Query query, SyntaxNode node, Scope scope) =>
        throw errors.Unsupported(node, $"A subquery in {clause}");

    public BoundExpression BindUnnest(BoundExpression list, SyntaxNode node) => throw errors.Unsupported(node, $"unnest in {clause}");
}
