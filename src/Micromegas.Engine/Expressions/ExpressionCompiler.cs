using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Expressions;

/// <summary>Turns bound expressions into kernels over the columns of some input.</summary>
public static class ExpressionCompiler
{
    /// <summary>Compiles for one worker; the caller disposes the result.</summary>
    /// <param name="expression">What to compute.</param>
    /// <param name="inputColumns">The columns of the batches it will see, in order.</param>
    /// <param name="context">The statement.</param>
    public static VectorExpression Compile(BoundExpression expression, IReadOnlyList<PlanColumn> inputColumns, QueryContext context)
    {
        var ordinals = new Dictionary<PlanColumn, int>(inputColumns.Count, ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputColumns.Count; i++)
        {
            ordinals.TryAdd(inputColumns[i], i);
        }
        return new Compilation(ordinals, context).Compile(expression);
    }

    /// <summary>The value of an expression without columns.</summary>
    /// <exception cref="EngineException">The evaluation fails.</exception>
    public static Scalar EvaluateConstant(BoundExpression expression, QueryContext context)
    {
        if (expression is BoundLiteral literal)
        {
            return literal.Value;
        }
        using var compiled = Compile(expression, [], context);
        var vector = compiled.Evaluate(new Batch(Schema.Empty, []) { RowCount = 1 }, null);
        return new Scalar(expression.Type, vector.GetValue(0));
    }

    private sealed class Compilation(Dictionary<PlanColumn, int> ordinals, QueryContext context)
    {
        public VectorExpression Compile(BoundExpression expression)
        {
            var compiled = CompileNode(expression);
            return expression.Place.IsKnown && expression.MayFailItself()
                ? new LocatedExpression(compiled, expression.Place)
                : compiled;
        }

        private VectorExpression CompileNode(BoundExpression expression) => expression switch
        {
            BoundLiteral literal => new LiteralExpression(literal.Value),
            BoundColumn column => CompileColumn(column.Column),
            BoundCast cast => Casts.Compile(cast, Compile(cast.Operand)),
            BoundComparison comparison => CompileComparison(comparison),
            BoundLogical logical => new LogicalExpression(logical.IsAnd, CompileAll(logical.Operands)),
            BoundNot not => new KernelExpression(new NotKernel(), Compile(not.Operand)),
            BoundIsNull isNull => new KernelExpression(new IsNullKernel(isNull.Negated), Compile(isNull.Operand)),
            BoundIn list => CompileIn(list),
            BoundLike like => new KernelExpression(new LikeKernel(like.IgnoreCase, like.Negated), Compile(like.Operand), Compile(like.Pattern)),
            BoundCase choice => new CaseExpression(
                choice.ResultType,
                [.. choice.Branches.Select(branch => Compile(branch.Condition))],
                [.. choice.Branches.Select(branch => Compile(branch.Result))],
                choice.Else is null ? null : Compile(choice.Else)),
            BoundCall { Function: ListLambdaFunction function, Arguments: [var list, BoundLambda lambda] } call => CompileLambda(function, call, list, lambda),
            BoundCall call => call.Function.Compile(call.Signature, CompileAll(call.Arguments), context),
            _ => throw new EngineException(SqlState.FeatureNotSupported, $"A {expression.GetType().Name} cannot be computed by row."),
        };

        /// <summary>The body sees the lambda's parameters and, behind them, the columns of the row that it reads.</summary>
        private ListLambdaExpression CompileLambda(ListLambdaFunction function, BoundCall call, BoundExpression list, BoundLambda lambda)
        {
            var outer = lambda.Body.Columns();
            outer.ExceptWith(lambda.Parameters);
            PlanColumn[] captured = [.. outer];
            PlanColumn[] inner = [.. lambda.Parameters, .. captured];
            return new ListLambdaExpression(
                call.Type, function.Kind, Compile(list), [.. captured.Select(CompileColumn)], ExpressionCompiler.Compile(lambda.Body, inner, context),
                new Schema(inner.Select(static column => column.ToField()).ToArray()), lambda.Parameters.Count > 1);
        }

        private VectorExpression[] CompileAll(IReadOnlyList<BoundExpression> expressions) => [.. expressions.Select(Compile)];

        private ColumnExpression CompileColumn(PlanColumn column) => ordinals.TryGetValue(column, out var ordinal)
            ? new ColumnExpression(column.Type, ordinal)
            : throw new EngineException(SqlState.InternalError, $"Column {column} is not among the inputs.");

        private KernelExpression CompileComparison(BoundComparison comparison)
        {
            var type = comparison.Left.Type.Kind == TypeKind.Null ? comparison.Right.Type : comparison.Left.Type;
            Kernel kernel = type.Kind == TypeKind.Null
                ? new NullComparisonKernel(comparison.Operator)
                : comparison.Operator switch
                {
                    ComparisonOperator.DistinctFrom => new DistinctKernel(type, false),
                    ComparisonOperator.NotDistinctFrom => new DistinctKernel(type, true),
                    _ => ComparisonKernel.Create(comparison.Operator, type),
                };
            return new KernelExpression(kernel, Compile(comparison.Left), Compile(comparison.Right));
        }

        private VectorExpression CompileIn(BoundIn list)
        {
            if (list.Items.All(static item => item is BoundLiteral))
            {
                var items = list.Items.Select(static item => ((BoundLiteral)item).Value.Value).ToArray();
                if (InKernel.Create(list.Operand.Type, items, list.Negated) is { } kernel)
                {
                    return new KernelExpression(kernel, Compile(list.Operand));
                }
            }
            return new InExpression(Compile(list.Operand), CompileAll(list.Items), list.Negated);
        }
    }
}
