using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Rows in parentheses as operands of comparisons: <c>(a, b) = (c, d)</c>, <c>(a, b) IN (…)</c>, <c>(a, b) = ANY (SELECT …)</c>.</summary>
internal sealed partial class ExpressionBinder
{
    /// <summary>The members of an operand of an IN or ANY; one for anything but a row.</summary>
    private BoundExpression[] BindOperands(Expression operand) => operand is RowExpression row ? [.. row.Elements.Select(Bind)] : [Bind(operand)];

    /// <summary>A comparison of two rows, or of a row with a subquery of as many columns; null when neither operand is a row.</summary>
    private BoundExpression? BindRowComparison(BinaryExpression node)
    {
        if (Comparison(node.Operator) is not { } comparison)
        {
            return null;
        }
        return (node.Left, node.Right) switch
        {
            (RowExpression left, RowExpression right) => CompareRows(comparison, BindOperands(left), BindOperands(right), node),
            (RowExpression left, SubqueryExpression right) => CompareRows(comparison, BindOperands(left), Columns(right, left.Elements.Count), node),
            (SubqueryExpression left, RowExpression right) => CompareRows(comparison, Columns(left, right.Elements.Count), BindOperands(right), node),
            _ => null,
        };

        BoundExpression[] Columns(SubqueryExpression subquery, int count) => host.BindRowSubquery(subquery.Query, count, subquery, scope);
    }

    private static ComparisonOperator? Comparison(BinaryOperator sign) => sign switch
    {
        BinaryOperator.Equal => ComparisonOperator.Equal,
        BinaryOperator.NotEqual => ComparisonOperator.NotEqual,
        BinaryOperator.Less => ComparisonOperator.LessThan,
        BinaryOperator.LessOrEqual => ComparisonOperator.LessThanOrEqual,
        BinaryOperator.Greater => ComparisonOperator.GreaterThan,
        BinaryOperator.GreaterOrEqual => ComparisonOperator.GreaterThanOrEqual,
        BinaryOperator.Spaceship or BinaryOperator.IsNotDistinctFrom => ComparisonOperator.NotDistinctFrom,
        BinaryOperator.IsDistinctFrom => ComparisonOperator.DistinctFrom,
        _ => null,
    };

    /// <summary>
    /// A comparison of rows member by member, as the SQL standard has it: equal when all members are, unknown when one is unknown and none differs;
    /// the first members that differ say which row is less.
    /// </summary>
    public BoundExpression CompareRows(ComparisonOperator comparison, IReadOnlyList<BoundExpression> left, IReadOnlyList<BoundExpression> right, SyntaxNode node)
    {
        if (left.Count != right.Count)
        {
            throw Errors.At(
                node, SqlState.SyntaxError, $"A row of {left.Count} values is compared with one of {right.Count}.", "Both rows need the same number of values.");
        }
        return comparison switch
        {
            _ when left.Count == 1 => Fold(Compare(comparison, left[0], right[0], node)),
            ComparisonOperator.Equal or ComparisonOperator.NotDistinctFrom => Members(comparison, true),
            ComparisonOperator.NotEqual or ComparisonOperator.DistinctFrom => Members(comparison, false),
            _ => Ordered(0),
        };

        BoundExpression Members(ComparisonOperator each, bool all) =>
            Fold(new BoundLogical(all, [.. left.Zip(right, (a, b) => Fold(Compare(each, a, b, node)))]));

        // a < c OR (a = c AND …): unknown as soon as the first members that are not known to be equal are.
        BoundExpression Ordered(int i)
        {
            if (i == left.Count - 1)
            {
                return Fold(Compare(comparison, left[i], right[i], node));
            }
            var strict = comparison switch
            {
                ComparisonOperator.LessThanOrEqual => ComparisonOperator.LessThan,
                ComparisonOperator.GreaterThanOrEqual => ComparisonOperator.GreaterThan,
                _ => comparison,
            };
            return Fold(new BoundLogical(false, [
                Fold(Compare(strict, left[i], right[i], node)),
                Fold(new BoundLogical(true, [Fold(Compare(ComparisonOperator.Equal, left[i], right[i], node)), Ordered(i + 1)])),
            ]));
        }
    }

    /// <summary><c>(a, b) IN ((1, 2), (3, 4))</c>: null when some item is no row, so that structs compare as values.</summary>
    private BoundExpression? BindRowIn(InListExpression list)
    {
        if (list.Operand is not RowExpression row || list.Items.Any(static item => item is not RowExpression))
        {
            return null;
        }
        var operands = BindOperands(row);
        BoundExpression[] tests = [.. list.Items.Select(item => CompareRows(ComparisonOperator.Equal, operands, BindOperands(item), item))];
        var any = tests.Length == 1 ? tests[0] : Fold(new BoundLogical(false, tests));
        return list.Negated ? new BoundNot(any) : any;
    }
}
