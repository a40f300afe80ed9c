using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Binding;

/// <summary>Replaces expressions of constants by their value.</summary>
internal static class ConstantFolding
{
    /// <summary>Folds one node whose operands are folded already. What fails stays as it is, so the error appears only if some row needs the value.</summary>
    public static BoundExpression Fold(BoundExpression expression, QueryContext context)
    {
        if (expression is BoundLogical logical)
        {
            return Simplify(logical);
        }
        if (expression is BoundLiteral or BoundColumn or BoundLambda
            || (expression is BoundCall call && (call.Function.Volatility == Volatility.Volatile || MayBeLarge(call) || call.Arguments.Any(static a => a is BoundLambda)))
            || !expression.Children().All(static child => child is BoundLiteral))
        {
            return expression;
        }
        if (expression is BoundCall { Function.Volatility: Volatility.Stable })
        {
            context.IsOfItsTime = true;
        }
        try
        {
            var value = ExpressionCompiler.EvaluateConstant(expression, context);
            return new BoundLiteral(value.Type == expression.Type ? value : value with { Type = expression.Type });
        }
        catch (EngineException)
        {
            return expression;
        }
    }

    /// <summary>Functions whose value may be much larger than their arguments: a plan does not hold it, and planning does not wait for it.</summary>
    private static bool MayBeLarge(BoundCall call) => call.Function.Name is "range" or "generate_series" or "array_repeat" or "repeat" or "lpad" or "rpad";

    /// <summary>Drops TRUE from conjunctions and FALSE from disjunctions; a deciding first operand decides.</summary>
    private static BoundExpression Simplify(BoundLogical logical)
    {
        var operands = new List<BoundExpression>(logical.Operands.Count);
        foreach (var operand in logical.Operands)
        {
            if (operand is BoundLiteral { Value.Value: bool value })
            {
                if (value == logical.IsAnd)
                {
                    continue;
                }
                // Operands before this one may fail, but need not: AND with FALSE is FALSE whatever they are.
                return operand;
            }
            operands.Add(operand);
        }
        return operands.Count switch
        {
            0 => new BoundLiteral(Columnar.Scalar.Of(logical.IsAnd)),
            1 => operands[0],
            _ => operands.Count == logical.Operands.Count ? logical : new BoundLogical(logical.IsAnd, operands),
        };
    }
}
