using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>The host of expressions outside a SELECT's own clauses that may have subqueries: those are kept for the caller, who knows which rows to put them beside.</summary>
internal sealed class SubqueryHost(BinderContext context, QueryBinder queries, CommonTables? tables, string clause) : IExpressionHost
{
    private readonly PlainHost plain = new(context.Errors, clause);
    private readonly List<Subquery> found = [];
    private ExpressionBinder? binder;

    private SubqueryBinder Subqueries => new(context, queries, tables, found.Add);

    /// <summary>The subqueries, in the order in which they need one another.</summary>
    public IReadOnlyList<Subquery> Found => found;

    /// <summary>A binder of expressions over a scope, with this host.</summary>
    public ExpressionBinder Over(Scope scope) => binder = new ExpressionBinder(context, scope, this);

    /// <summary>The rows with the values of the subqueries beside them.</summary>
    public LogicalPlan Beside(LogicalPlan rows) => found.Aggregate(rows, static (plan, subquery) => subquery.Beside(plan));

    public BoundExpression? ResolveAlias(ColumnReference reference) => null;

    public BoundExpression BindAggregate(AggregateFunction function, FunctionCall call, ExpressionBinder binder) => plain.BindAggregate(function, call, binder);

    public BoundExpression BindGrouping(FunctionCall call, ExpressionBinder binder) => plain.BindGrouping(call, binder);

    public BoundExpression BindWindow(FunctionCall call, ExpressionBinder binder) => plain.BindWindow(call, binder);

    public BoundExpression BindScalarSubquery(Query query, SyntaxNode node, Scope scope) => Subqueries.BindScalar(query, node, scope);

    public BoundExpression[] BindRowSubquery(Query query, int count, SyntaxNode node, Scope scope) => Subqueries.BindRow(query, count, node, scope);

    public BoundExpression BindExists(Query query, Scope scope) => Subqueries.BindExists(query, scope);

    public BoundExpression BindInSubquery(IReadOnlyList<BoundExpression> operands, Query query, bool negated, SyntaxNode node, Scope scope) =>
        Subqueries.BindIn(operands, query, negated, node, scope, binder!);

    public BoundExpression BindQuantifiedSubquery(
        IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, bool all, Query query, SyntaxNode node, Scope scope) =>
        Subqueries.BindQuantified(operands, comparison, all, query, node, scope, binder!);

    public BoundExpression BindUnnest(BoundExpression list, SyntaxNode node) => plain.BindUnnest(list, node);
}
