using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Operators;

/// <summary>An expression over a stage's input: a plain column is handed through, everything else is compiled.</summary>
internal sealed class CompiledExpression : IDisposable
{
    private readonly int ordinal = -1;
    private readonly VectorExpression? expression;

    public CompiledExpression(BoundExpression bound, IReadOnlyList<PlanColumn> input, QueryContext context)
    {
        Type = bound.Type;
        if (bound is BoundColumn { Column: var column })
        {
            ordinal = OrdinalOf(input, column);
        }
        else
        {
            expression = ExpressionCompiler.Compile(bound, input, context);
        }
    }

    public DataType Type { get; }

    /// <summary>The values of the selected rows, as <see cref="VectorExpression.Evaluate"/> gives them.</summary>
    public Vector Evaluate(Batch batch, Selection? selection) =>
        expression is null ? batch.Columns[ordinal] : expression.Evaluate(batch, selection);

    public static CompiledExpression[] Compile(IEnumerable<BoundExpression> bound, IReadOnlyList<PlanColumn> input, QueryContext context) =>
        [.. bound.Select(expression => new CompiledExpression(expression, input, context))];

    public void Dispose() => expression?.Dispose();

    private static int OrdinalOf(IReadOnlyList<PlanColumn> input, PlanColumn column)
    {
        for (var i = 0; i < input.Count; i++)
        {
            if (ReferenceEquals(input[i], column))
            {
                return i;
            }
        }
        throw new InvalidOperationException($"The plan refers to {column}, which its input does not have.");
    }
}
