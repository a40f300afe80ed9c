using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>The host of expressions outside a SELECT's own clauses: no aggregates, windows or subqueries.</summary>
internal sealed class PlainHost(BindingError errors, string clause) : IExpressionHost
{
    public BoundExpression? ResolveAlias(ColumnReference reference) => null;

    public BoundExpression BindAggregate(AggregateFunction function, FunctionCall call, ExpressionBinder binder) =>
        throw errors.At(call, SqlState.GroupingError, $"The aggregate '{function.Name}' cannot stand in {clause}.", "Aggregate in a subquery.");

    public BoundExpression BindGrouping(FunctionCall call, ExpressionBinder binder) =>
        throw errors.At(call, SqlState.GroupingError, $"grouping() cannot stand in {clause}.", "Use it in a select list with GROUP BY.");

    public BoundExpression BindWindow(FunctionCall call, ExpressionBinder binder) =>
        throw errors.At(call, SqlState.WindowingError, $"A window function cannot stand in {clause}.", "Compute it in a subquery.");

    public BoundExpression BindScalarSubquery(Query query, SyntaxNode node, Scope scope) => throw Subquery(node);

    public BoundExpression[] BindRowSubquery(Query query, int count, SyntaxNode node, Scope scope) => throw Subquery(node);

    public BoundExpression BindExists(Query query, Scope scope) => throw Subquery(query);

    public BoundExpression BindInSubquery(IReadOnlyList<BoundExpression> operands, Query query, bool negated, SyntaxNode node, Scope scope) =>
        throw Subquery(node);

    public BoundExpression BindQuantifiedSubquery(
        IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, bool all, Query query, SyntaxNode node, Scope scope) =>
        throw Subquery(node);

    public BoundExpression BindUnnest(BoundExpression list, SyntaxNode node) => throw errors.Unsupported(node, $"unnest in {clause}", "Put it in FROM.");

    private EngineException Subquery(SyntaxNode node) => errors.Unsupported(node, $"A subquery in {clause}", "Join it in FROM, or use WHERE.");
}
