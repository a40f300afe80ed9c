using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Turns every <see cref="LogicalApply"/> into joins. The right side is computed once for each distinct combination D of the outer columns that it
/// reads: D is pushed down its tree until the reads are plain columns, and the result is joined back on D (Neumann and Kemper, "Unnesting Arbitrary Queries", 2015).
/// </summary>
internal static class Decorrelation
{
    public static LogicalPlan Apply(LogicalPlan plan) => plan.RewriteUp(static node => node is LogicalApply apply ? Unnest(apply) : node);

    private static LogicalPlan Unnest(LogicalApply apply)
    {
        var correlated = FreeColumns.Of(apply.Right);
        correlated.IntersectWith(apply.Left.Columns);
        if (correlated.Count == 0)
        {
            return new LogicalJoin(apply.Left, apply.Right, apply.Kind, [], apply.Condition, apply.Mark);
        }

        // D, with columns of its own: the outer ones go on existing on the other side of the join.
        PlanColumn[] outer = [.. correlated.OrderBy(static column => column.Id)];
        PlanColumn[] domain = [.. outer.Select(static column => new PlanColumn(column.Name, column.Type, column.Nullable, column.Relation))];
        var distinct = new LogicalAggregate(
            new LogicalProject(apply.Left, [.. outer.Select(static column => new Assignment(column, new BoundColumn(column)))]),
            [.. outer.Select((column, i) => new Assignment(domain[i], new BoundColumn(column)))],
            []);
        var replacements = new Dictionary<PlanColumn, BoundExpression>();
        for (var i = 0; i < outer.Length; i++)
        {
            replacements[outer[i]] = new BoundColumn(domain[i]);
        }
        var right = Push(Substitute(apply.Right, replacements), distinct, domain);
        JoinKey[] keys = [.. outer.Select((column, i) => new JoinKey(new BoundColumn(column), new BoundColumn(domain[i]), true))];
        var joined = new LogicalJoin(apply.Left, right, apply.Kind, keys, apply.Condition, apply.Mark);
        return apply.Kind == JoinKind.LeftMark
            ? joined
            : new LogicalProject(joined, [.. apply.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
    }

    /// <summary>The subplan reading D's columns instead of the outer ones.</summary>
    private static LogicalPlan Substitute(LogicalPlan plan, IReadOnlyDictionary<PlanColumn, BoundExpression> replacements) =>
        plan.MapInputs(input => Substitute(input, replacements)).MapExpressions(expression => expression.ReplaceColumns(replacements));

    private static bool Reads(LogicalPlan plan, PlanColumn[] domain) => FreeColumns.Of(plan).Overlaps(domain);

    /// <summary>The plan for all of D at once: its columns and D's, each row belonging to the row of D that it would be the answer for.</summary>
    private static LogicalPlan Push(LogicalPlan plan, LogicalPlan distinct, PlanColumn[] domain)
    {
        if (!Reads(plan, domain))
        {
            return new LogicalJoin(plan, distinct, JoinKind.Inner, [], null);
        }
        switch (plan)
        {
            case LogicalFilter filter:
                return new LogicalFilter(Push(filter.Input, distinct, domain), filter.Predicate);
            case LogicalProject project:
                return new LogicalProject(Push(project.Input, distinct, domain), [.. project.Assignments, .. Keep(domain)]);
            case LogicalAggregate aggregate:
                return PushAggregate(aggregate, distinct, domain);
            case LogicalSort { Limit: null } sort:
                // Order inside a subquery means nothing without a limit.
                return Push(sort.Input, distinct, domain);
            case LogicalSort sort:
                return FirstRows(Push(sort.Input, distinct, domain), sort.Keys, sort.Offset, sort.Limit, domain);
            case LogicalLimit { Input: LogicalSort { Limit: null } sort } limit:
                return FirstRows(Push(sort.Input, distinct, domain), sort.Keys, limit.Offset, limit.Count, domain);
            case LogicalLimit { Input: LogicalProject { Input: LogicalSort { Limit: null } sort } project } limit:
                return new LogicalProject(
                    FirstRows(Push(sort.Input, distinct, domain), sort.Keys, limit.Offset, limit.Count, domain), [.. project.Assignments, .. Keep(domain)]);
            case LogicalLimit limit:
                return FirstRows(Push(limit.Input, distinct, domain), [], limit.Offset, limit.Count, domain);
            case LogicalDistinctOn on:
                return new LogicalDistinctOn(
                    Push(on.Input, distinct, domain), [.. on.Keys, .. domain.Select(static column => new BoundColumn(column))], on.OrderBy);
            case LogicalJoin join:
                return PushJoin(join, distinct, domain);
            case LogicalApply apply:
                return Push(Unnest(apply), distinct, domain);
            case LogicalUnionAll union:
            {
                LogicalPlan[] branches = [.. union.Branches.Select(branch => Aligned(branch, distinct, domain))];
                PlanColumn[] output = [.. union.Output, .. domain];
                return new LogicalUnionAll(branches, output);
            }
            case LogicalSetOperation operation:
                return new LogicalSetOperation(
                    Aligned(operation.Left, distinct, domain), Aligned(operation.Right, distinct, domain), operation.IsIntersect, operation.All);
            case LogicalWindow window:
                return new LogicalWindow(
                    Push(window.Input, distinct, domain), [.. window.PartitionBy, .. domain.Select(static column => new BoundColumn(column))],
                    window.OrderBy, window.Calls);
            case LogicalUnnest unnest:
                return new LogicalUnnest(Push(unnest.Input, distinct, domain), unnest.Lists, unnest.Items, unnest.Ordinality, unnest.Outer);
            case LogicalTableFunction call:
                // A call that has no rows of its own to start from is made once for each row of D.
                return call with { Input = call.Input is LogicalValues { Output.Count: 0, Rows.Count: 1 } ? distinct : Push(call.Input, distinct, domain) };
            case LogicalValues values:
                return PushValues(values, distinct, domain);
            default:
                throw new EngineException(SqlState.FeatureNotSupported, "A recursive query that reads columns of the query around it is not supported.");
        }
    }

    private static IEnumerable<Assignment> Keep(PlanColumn[] domain) => domain.Select(static column => new Assignment(column, new BoundColumn(column)));

    /// <summary>A branch with its own columns, then D's, in order.</summary>
    private static LogicalProject Aligned(LogicalPlan branch, LogicalPlan distinct, PlanColumn[] domain) => new(
        Push(branch, distinct, domain),
        [.. branch.Columns.Select(static column => new Assignment(column, new BoundColumn(column))), .. Keep(domain)]);

    private static LogicalPlan PushAggregate(LogicalAggregate aggregate, LogicalPlan distinct, PlanColumn[] domain)
    {
        var input = Push(aggregate.Input, distinct, domain);
        Assignment[] keys = [.. aggregate.Keys, .. Keep(domain)];
        var sets = aggregate.GroupingSets?.Select(set => (IReadOnlyList<int>)[.. set, .. Enumerable.Range(aggregate.Keys.Count, domain.Length)]).ToList();
        var grouped = new LogicalAggregate(input, keys, aggregate.Aggregates, sets, aggregate.GroupingId);
        if (aggregate.Keys.Count > 0)
        {
            return grouped;
        }

        // Without GROUP BY there is a row even for no input: rows of D without one get what the aggregate gives for nothing.
        PlanColumn[] own = [.. domain.Select(static column => new PlanColumn(column.Name, column.Type, column.Nullable))];
        var found = new PlanColumn("__found", DataType.Boolean);
        var right = new LogicalProject(grouped, [
            .. aggregate.Aggregates.Select(static call => new Assignment(call.Column, new BoundColumn(call.Column))),
            .. domain.Select((column, i) => new Assignment(own[i], new BoundColumn(column))),
            new Assignment(found, new BoundLiteral(Scalar.Of(true)))]);
        var joined = new LogicalJoin(
            distinct, right, JoinKind.Left, [.. domain.Select((column, i) => new JoinKey(new BoundColumn(column), new BoundColumn(own[i]), true))], null);
        return new LogicalProject(joined, [
            .. aggregate.Aggregates.Select(call => new Assignment(call.Column, OrEmpty(call, found))),
            .. Keep(domain)]);
    }

    /// <summary>The aggregate's value, or its value over no rows where the left join found none.</summary>
    private static BoundExpression OrEmpty(AggregateCall call, PlanColumn found)
    {
        var value = new BoundColumn(call.Column);
        return call.Signature.Nullable || !call.Signature.ReturnType.IsInteger
            ? value
            : new BoundCase(
                [new BoundWhen(new BoundIsNull(new BoundColumn(found), true), value)],
                new BoundLiteral(new Scalar(call.Signature.ReturnType, Zero(call.Signature.ReturnType))),
                call.Signature.ReturnType);
    }

    private static object Zero(DataType type) => type.Kind switch
    {
        TypeKind.UInt64 => 0UL,
        TypeKind.Int32 => 0,
        TypeKind.UInt32 => 0U,
        _ => 0L,
    };

    /// <summary>The first rows of each row of D: a limit inside a correlated subquery counts anew for every outer row.</summary>
    private static LogicalPlan FirstRows(LogicalPlan input, IReadOnlyList<SortKey> order, long offset, long? count, PlanColumn[] domain)
    {
        var number = new PlanColumn("__row", DataType.UInt64, false);
        var call = new WindowCall(
            number, "row_number", null, new FunctionSignature([], DataType.UInt64, false), new FunctionArguments([], [], []), [], null, false, false,
            new WindowFrame(FrameUnit.Rows, new FrameBound(FrameBoundKind.UnboundedPreceding), new FrameBound(FrameBoundKind.CurrentRow)));
        var window = new LogicalWindow(input, [.. domain.Select(static column => new BoundColumn(column))], order, [call]);
        var conditions = new List<BoundExpression>();
        if (offset > 0)
        {
            conditions.Add(new BoundComparison(ComparisonOperator.GreaterThan, new BoundColumn(number), Number(offset)));
        }
        if (count is { } rows)
        {
            conditions.Add(new BoundComparison(ComparisonOperator.LessThanOrEqual, new BoundColumn(number), Number(checked(offset + rows))));
        }
        LogicalPlan filtered = BoundExpressions.And(conditions) is { } condition ? new LogicalFilter(window, condition) : window;
        return new LogicalProject(filtered, [.. input.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);

        static BoundLiteral Number(long value) => new(new Scalar(DataType.UInt64, (ulong)value));
    }

    private static LogicalPlan PushJoin(LogicalJoin join, LogicalPlan distinct, PlanColumn[] domain)
    {
        var leftReads = Reads(join.Left, domain);
        var rightReads = Reads(join.Right, domain);
        var onlyConditionReads = !leftReads && !rightReads;
        switch (join.Kind)
        {
            case JoinKind.Inner when !rightReads:
                return new LogicalJoin(Push(join.Left, distinct, domain), join.Right, join.Kind, join.Keys, join.Residual);
            case JoinKind.Inner when !leftReads:
                return new LogicalJoin(join.Left, Push(join.Right, distinct, domain), join.Kind, join.Keys, join.Residual);
            case JoinKind.Left or JoinKind.LeftSemi or JoinKind.LeftAnti or JoinKind.LeftMark or JoinKind.LeftSingle when !rightReads || onlyConditionReads:
                return new LogicalJoin(Push(join.Left, distinct, domain), join.Right, join.Kind, join.Keys, join.Residual, join.Mark);
            case JoinKind.Right when !leftReads:
                return new LogicalJoin(join.Left, Push(join.Right, distinct, domain), join.Kind, join.Keys, join.Residual);
        }

        // Both sides belong to a row of D: join them on it too.
        PlanColumn[] other = [.. domain.Select(static column => new PlanColumn(column.Name, column.Type, column.Nullable))];
        var left = Push(join.Left, distinct, domain);
        var pushed = Push(join.Right, distinct, domain);
        var right = new LogicalProject(pushed, [
            .. join.Right.Columns.Select(static column => new Assignment(column, new BoundColumn(column))),
            .. domain.Select((column, i) => new Assignment(other[i], new BoundColumn(column)))]);
        JoinKey[] keys = [.. join.Keys, .. domain.Select((column, i) => new JoinKey(new BoundColumn(column), new BoundColumn(other[i]), true))];
        var joined = new LogicalJoin(left, right, join.Kind, keys, join.Residual, join.Mark);
        if (join.Kind is JoinKind.LeftSemi or JoinKind.LeftAnti or JoinKind.LeftMark)
        {
            return joined;
        }
        var fromEither = join.Kind is JoinKind.Right or JoinKind.Full;
        return new LogicalProject(joined, [
            .. join.Columns.Select(static column => new Assignment(column, new BoundColumn(column))),
            .. domain.Select((column, i) => new Assignment(column, fromEither
                ? new BoundCase([new BoundWhen(new BoundIsNull(new BoundColumn(column), true), new BoundColumn(column))], new BoundColumn(other[i]), column.Type)
                : new BoundColumn(column)))]);
    }

    /// <summary>Rows of expressions over D: one projection of D a row.</summary>
    private static LogicalPlan PushValues(LogicalValues values, LogicalPlan distinct, PlanColumn[] domain)
    {
        LogicalPlan[] rows = [.. values.Rows.Select(row => new LogicalProject(
            distinct, [.. row.Select((expression, i) => new Assignment(values.Output[i], expression)), .. Keep(domain)]))];
        return rows.Length == 1 ? rows[0] : new LogicalUnionAll(rows, [.. values.Output, .. domain]);
    }
}
