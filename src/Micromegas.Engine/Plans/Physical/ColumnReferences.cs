using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Which columns an expression reads.</summary>
internal static class ColumnReferences
{
    /// <summary>Adds the columns that an expression reads, without parameters of its lambdas.</summary>
    public static void CollectColumns(this BoundExpression expression, ISet<PlanColumn> columns)
    {
        switch (expression)
        {
            case BoundColumn column:
                columns.Add(column.Column);
                break;
            case BoundLambda lambda:
                var inner = new HashSet<PlanColumn>();
                lambda.Body.CollectColumns(inner);
                inner.ExceptWith(lambda.Parameters);
                columns.UnionWith(inner);
                break;
            default:
                foreach (var operand in expression.Operands())
                {
                    operand.CollectColumns(columns);
                }
                break;
        }
    }

    /// <summary>The expressions directly inside an expression.</summary>
    public static IEnumerable<BoundExpression> Operands(this BoundExpression expression) => expression switch
    {
        BoundCast cast => [cast.Operand],
        BoundComparison comparison => [comparison.Left, comparison.Right],
        BoundLogical logical => logical.Operands,
        BoundNot not => [not.Operand],
        BoundIsNull isNull => [isNull.Operand],
        BoundIn list => [list.Operand, .. list.Items],
        BoundLike like => [like.Operand, like.Pattern],
        BoundCase choice => [.. choice.Branches.SelectMany(static branch => new[] { branch.Condition, branch.Result }), .. choice.Else is null ? Array.Empty<BoundExpression>() : [choice.Else]],
        BoundCall call => call.Arguments,
        BoundLambda lambda => [lambda.Body],
        _ => [],
    };
}
