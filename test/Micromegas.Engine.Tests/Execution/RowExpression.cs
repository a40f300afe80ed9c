using System.Collections;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Tests.Execution;

/// <summary>A naive, row-at-a-time evaluation of a few expressions, enough to test operators without the real compiler.</summary>
internal sealed class RowExpression(BoundExpression bound, IReadOnlyList<PlanColumn> input) : VectorExpression(bound.Type)
{
    private Vector? output;

    [ModuleInitializer]
    internal static void Register() => CompiledExpression.Compiler = static (bound, input, _) => new RowExpression(bound, input);

    public override Vector Evaluate(Batch batch, Selection? selection)
    {
        output?.Dispose();
        using var builder = VectorBuilder.Create(Type.ValueType);
        for (var row = 0; row < batch.RowCount; row++)
        {
            builder.AppendValue(Value(bound, batch, row));
        }
        return output = builder.Build();
    }

    public override int Filter(Batch batch, Selection? selection, Selection result)
    {
        result.Count = 0;
        for (var i = 0; i < (selection?.Count ?? batch.RowCount); i++)
        {
            var row = selection is null ? i : selection.Span[i];
            if (Value(bound, batch, row) is true)
            {
                unsafe
                {
                    result.Rows[result.Count++] = row;
                }
            }
        }
        return result.Count;
    }

    public override void Dispose()
    {
        base.Dispose();
        output?.Dispose();
    }

    private object? Value(BoundExpression expression, Batch batch, int row) => expression switch
    {
        BoundColumn column => batch.Columns[input.ToList().IndexOf(column.Column)].GetValue(row),
        BoundLiteral literal => literal.Value.Value,
        BoundLogical { IsAnd: true } and => and.Operands.All(operand => Value(operand, batch, row) is true),
        BoundComparison comparison => Compare(comparison.Operator, Value(comparison.Left, batch, row), Value(comparison.Right, batch, row)),
        _ => throw new NotSupportedException(expression.GetType().Name),
    };

    private static bool? Compare(ComparisonOperator comparison, object? left, object? right)
    {
        if (left is null || right is null)
        {
            return null;
        }
        var order = left is string ? string.CompareOrdinal((string)left, (string)right) : Comparer.DefaultInvariant.Compare(left, right);
        return comparison switch
        {
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.NotEqual => order != 0,
            ComparisonOperator.LessThan => order < 0,
            ComparisonOperator.LessThanOrEqual => order <= 0,
            ComparisonOperator.GreaterThan => order > 0,
            _ => order >= 0,
        };
    }
}
