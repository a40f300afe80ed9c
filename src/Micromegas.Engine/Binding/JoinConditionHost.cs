using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>The host of a join's condition: subqueries are kept until it is known on which side they belong.</summary>
internal sealed class JoinConditionHost(BinderContext context, QueryBinder queries, CommonTables? tables) : IExpressionHost
{
    private readonly PlainHost plain = new(context.Errors, "the condition of a join");
    private readonly List<Subquery> found = [];

    private SubqueryBinder Subqueries => new(context, queries, tables, found.Add);

    /// <summary>The condition's subqueries.</summary>
    public IReadOnlyList<Subquery> Found => found;

    /// <summary>Binds the condition's expressions.</summary>
    public ExpressionBinder? Binder { private get; set; }

    public BoundExpression? ResolveAlias(ColumnReference reference) => null;

    public BoundExpression BindAggregate(AggregateFunction function, FunctionCall call, ExpressionBinder binder) => plain.BindAggregate(function, call, binder);

    public BoundExpression BindGrouping(FunctionCall call, ExpressionBinder binder) => plain.BindGrouping(call, binder);

    public BoundExpression BindWindow(FunctionCall call, ExpressionBinder binder) => plain.BindWindow(call, binder);

    public BoundExpression BindScalarSubquery(Query query, SyntaxNode node, Scope scope) => Subqueries.BindScalar(query, node, scope);

    public BoundExpression[] BindRowSubquery(Query query, int count, SyntaxNode node, Scope scope) => Subqueries.BindRow(query, count, node, scope);

    public BoundExpression BindExists(Query query, Scope scope) => Subqueries.BindExists(query, scope);

    public BoundExpression BindInSubquery(IReadOnlyList<BoundExpression> operands, Query query, bool negated, SyntaxNode node, Scope scope) =>
        Subqueries.BindIn(operands, query, negated, node, scope, Binder!);

    public BoundExpression BindQuantifiedSubquery(
        IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, bool all, Query query, SyntaxNode node, Scope scope) =>
        Subqueries.BindQuantified(operands, comparison, all, query, node, scope, Binder!);

    public BoundExpression BindUnnest(BoundExpression list, SyntaxNode node) => plain.BindUnnest(list, node);
}
