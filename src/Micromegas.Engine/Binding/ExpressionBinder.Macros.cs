using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Calls of functions that are expressions of others.</summary>
internal sealed partial class ExpressionBinder
{
    /// <summary>
    /// The macro's body with the arguments in the place of its parameters. What only aggregates have (DISTINCT, FILTER, ORDER BY) goes to the aggregate
    /// that the body is.
    /// </summary>
    private BoundExpression BindMacro(SqlMacro macro, FunctionCall call)
    {
        var names = new List<string>(macro.Parameters);
        var values = new List<BoundExpression>(BindArguments(call));
        var body = macro.Expression;
        if (call.Distinct || call.Filter is not null || !call.WithinGroup.IsEmpty || !call.OrderBy.IsEmpty)
        {
            if (!macro.IsAggregate || body is not FunctionCall aggregate || !call.WithinGroup.IsEmpty || (call.Filter is not null && aggregate.Filter is not null))
            {
                throw Errors.At(call, SqlState.InvalidStatement, $"DISTINCT, FILTER and ORDER BY do not go with '{macro.Name}'.");
            }
            body = aggregate with
            {
                Distinct = call.Distinct,
                Filter = call.Filter is null ? aggregate.Filter : Extra(call.Filter, "filter"),
                OrderBy = call.OrderBy.IsEmpty ? aggregate.OrderBy : [.. call.OrderBy.Select(item => item with { Expression = Extra(item.Expression, "order") })],
            };
        }
        try
        {
            return new ExpressionBinder(context.For(macro.Text, Errors.PlaceOf(call)), Scope.Empty(null), new MacroHost(names, values, host)).Bind(body);
        }
        catch (EngineException error)
        {
            // The place inside the macro says nothing to the user.
            throw Errors.At(call, error.SqlState, $"{macro.Name}: {error.Message}", error.Hint);
        }

        ColumnReference Extra(Expression expression, string name)
        {
            // A blank keeps the name apart from parameters.
            names.Add($"{name} {names.Count}");
            values.Add(Bind(expression));
            return new ColumnReference([new Identifier(names[^1], true)]) { Span = macro.Expression.Span };
        }
    }
}
