using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>The host of a macro's body: parameters mean the arguments, everything else is up to the SELECT around the call.</summary>
internal sealed class MacroHost(List<string> parameters, IReadOnlyList<BoundExpression> arguments, IExpressionHost outer) : IExpressionHost
{
    public BoundExpression? ResolveAlias(ColumnReference reference)
    {
        var ordinal = reference.Parts.Count == 1 ? parameters.IndexOf(reference.Parts[0].Value) : -1;
        return ordinal < 0 ? null : arguments[ordinal];
    }

    public BoundExpression BindAggregate(AggregateFunction function, FunctionCall call, ExpressionBinder binder) => outer.BindAggregate(function, call, binder);

    public BoundExpression BindGrouping(FunctionCall call, ExpressionBinder binder) => outer.BindGrouping(call, binder);

    public BoundExpression BindWindow(FunctionCall call, ExpressionBinder binder) => outer.BindWindow(call, binder);

    public BoundExpression BindScalarSubquery(Query query, SyntaxNode node, Scope scope) => outer.BindScalarSubquery(query, node, scope);

    public BoundExpression[] BindRowSubquery(Query query, int count, SyntaxNode node, Scope scope) => outer.BindRowSubquery(query, count, node, scope);

    public BoundExpression BindExists(Query query, Scope scope) => outer.BindExists(query, scope);

    public BoundExpression BindInSubquery(IReadOnlyList<BoundExpression> operands, Query query, bool negated, SyntaxNode node, Scope scope) =>
        outer.BindInSubquery(operands, query, negated, node, scope);

    public BoundExpression BindQuantifiedSubquery(
        IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, bool all, Query query, SyntaxNode node, Scope scope) =>
        outer.BindQuantifiedSubquery(operands, comparison, all, query, node, scope);

    public BoundExpression BindUnnest(BoundExpression list, SyntaxNode node) => outer.BindUnnest(list, node);
}
