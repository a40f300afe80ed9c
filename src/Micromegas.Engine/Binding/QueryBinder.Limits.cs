using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;
using Assignment = Micromegas.Engine.Plans.Logical.Assignment;

namespace Micromegas.Engine.Binding;

/// <summary>LIMIT, OFFSET and FETCH.</summary>
internal sealed partial class QueryBinder
{
    private LogicalPlan Limit(LogicalPlan plan, Query query, Scope? outer, CommonTables? tables)
    {
        if (query.Fetch is { Percent: true } percent)
        {
            throw Errors.Unsupported(percent, "FETCH … PERCENT", "Compare row_number() with a share of count(*) OVER ().");
        }
        var host = new SubqueryHost(context, this, tables, "LIMIT and OFFSET");
        var binder = host.Over(Scope.Empty(outer));
        var limit = query.Fetch is { } fetch
            ? fetch.Count is null ? new BoundLiteral(Scalar.Of(1L)) : RowCount(fetch.Count, "FETCH", binder)
            : query.Limit is null ? null : RowCount(query.Limit, "LIMIT", binder);
        var offset = query.Offset is null ? null : RowCount(query.Offset, "OFFSET", binder);
        if (limit is null or BoundLiteral && offset is null or BoundLiteral && query.Fetch is not { WithTies: true })
        {
            var count = (long?)(limit as BoundLiteral)?.Value.Value;
            var skipped = (long?)(offset as BoundLiteral)?.Value.Value ?? 0;
            return count is null && skipped == 0 ? plan : new LogicalLimit(plan, skipped, count);
        }
        return LimitByNumber(plan, limit, offset, query.Fetch, query, host, binder);
    }

    /// <summary>A number of rows as Int64: a constant, or an expression that has no columns of this query.</summary>
    private BoundExpression RowCount(Expression expression, string clause, ExpressionBinder binder)
    {
        var bound = binder.Bind(expression);
        if (!bound.Type.ValueType.IsInteger && bound.Type.Kind != TypeKind.Null)
        {
            throw Errors.At(expression, SqlState.DatatypeMismatch, $"{clause} wants an integer, not {bound.Type}.", "Write a whole number of rows.");
        }
        if (bound is not BoundLiteral { Value: { IsNull: false } value })
        {
            return binder.Cast(bound, DataType.Int64, node: expression);
        }
        var count = System.Convert.ToDecimal(value.Value, System.Globalization.CultureInfo.InvariantCulture);
        return count < 0
            ? throw Errors.At(expression, SqlState.InvalidStatement, $"{clause} must not be negative: {count}.", "Leave it out to have all rows.")
            : new BoundLiteral(Scalar.Of((long)Math.Min(count, long.MaxValue)));
    }

    /// <summary>Rows whose number is in the range: for what is known only when the statement runs, and for ties.</summary>
    private LogicalPlan LimitByNumber(
        LogicalPlan plan, BoundExpression? limit, BoundExpression? offset, FetchClause? fetch, SyntaxNode node, SubqueryHost host, ExpressionBinder binder)
    {
        // The rows are numbered in the order that they will have.
        var (project, sort) = plan switch
        {
            LogicalSort { Limit: null } own => (null, own),
            LogicalProject { Input: LogicalSort { Limit: null } own } above => (above, own),
            _ => ((LogicalProject?)null, (LogicalSort?)null),
        };
        if (fetch is { WithTies: true } && sort is null)
        {
            throw Errors.At(fetch, SqlState.InvalidStatement, "FETCH … WITH TIES needs an ORDER BY.", "Ties are rows of equal order.");
        }
        var rows = sort?.Input ?? plan;
        var number = new PlanColumn("__row", DataType.UInt64, false);
        var rank = new PlanColumn("__rank", DataType.UInt64, false);
        WindowCall[] calls = fetch is { WithTies: true }
            ? [WindowCalls.Numbering("row_number", number), WindowCalls.Numbering("rank", rank)]
            : [WindowCalls.Numbering("row_number", number)];
        var conditions = new List<BoundExpression>();
        var skipped = offset is null ? new BoundLiteral(Scalar.Of(0L)) : OrZero(offset);
        conditions.Add(new BoundComparison(ComparisonOperator.GreaterThan, Position(number), skipped));
        if (limit is not null)
        {
            // LIMIT NULL takes all rows.
            var position = binder.Call("-", node, Position(fetch is { WithTies: true } ? rank : number), skipped);
            conditions.Add(binder.Fold(new BoundLogical(false, [
                binder.Fold(new BoundIsNull(limit, false)), new BoundComparison(ComparisonOperator.LessThanOrEqual, position, limit)])));
        }
        LogicalPlan limited = new LogicalFilter(host.Beside(new LogicalWindow(rows, [], sort?.Keys ?? [], calls)), BoundExpressions.And(conditions)!);
        limited = new LogicalProject(limited, [.. rows.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
        if (sort is not null)
        {
            limited = new LogicalSort(limited, sort.Keys);
        }
        return project is null ? limited : new LogicalProject(limited, project.Assignments);

        BoundExpression Position(PlanColumn column) => binder.Cast(new BoundColumn(column), DataType.Int64);

        BoundExpression OrZero(BoundExpression value) =>
            binder.Fold(new BoundCase([new BoundWhen(binder.Fold(new BoundIsNull(value, true)), value)], new BoundLiteral(Scalar.Of(0L)), DataType.Int64));
    }
}
