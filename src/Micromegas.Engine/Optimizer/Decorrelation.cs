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

        if (ExistsJoin.Of(apply) is { } direct)
        {
            return direct;
        }

        // D, with columns of its own: the outer ones go on existing on the other side of the join.
        PlanColumn[] outer = [.. correlated.OrderBy(static column => column.Id)];
        PlanColumn[] inner = [.. outer.Select(static column => new PlanColumn(column.Name, column.Type, column.Nullable, column.Relation))];
        var distinct = new LogicalAggregate(
            new LogicalProject(apply.Left, [.. outer.Select(static column => new Assignment(column, new BoundColumn(column)))]),
            [.. outer.Select((column, i) => new Assignment(inner[i], new BoundColumn(column)))],
            []);
        var replacements = new Dictionary<PlanColumn, BoundExpression>();
        for (var i = 0; i < outer.Length; i++)
        {
            replacements[outer[i]] = new BoundColumn(inner[i]);
        }
        var right = Push(Substitute(apply.Right, replacements), new Domain(distinct, inner, []));
        JoinKey[] keys = [.. outer.Select((column, i) => new JoinKey(new BoundColumn(column), new BoundColumn(inner[i]), true))];
        var joined = new LogicalJoin(apply.Left, right, apply.Kind, keys, apply.Condition, apply.Mark);
        return apply.Kind == JoinKind.LeftMark
            ? joined
            : new LogicalProject(joined, [.. apply.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
    }

    /// <summary>The subplan reading D's columns instead of the outer ones.</summary>
    private static LogicalPlan Substitute(LogicalPlan plan, IReadOnlyDictionary<PlanColumn, BoundExpression> replacements) =>
        plan.MapInputs(input => Substitute(input, replacements)).MapExpressions(expression => expression.ReplaceColumns(replacements));

    /// <summary>What a subquery is computed for.</summary>
    /// <param name="Rows">D: a plan of <paramref name="Columns"/>, without duplicates.</param>
    /// <param name="Columns">D's columns.</param>
    /// <param name="Working">For the working tables of the recursions around a plan, those that have D's columns too.</param>
    private sealed record Domain(LogicalPlan Rows, PlanColumn[] Columns, Dictionary<RecursiveTable, RecursiveTable> Working)
    {
        /// <summary>The columns as they are.</summary>
        public IEnumerable<Assignment> Kept => Columns.Select(static column => new Assignment(column, new BoundColumn(column)));

        public IEnumerable<BoundExpression> Expressions => Columns.Select(static column => new BoundColumn(column));

        /// <summary>Columns of the same names and types, with an identity of their own.</summary>
        public PlanColumn[] Copy() => [.. Columns.Select(static column => new PlanColumn(column.Name, column.Type, column.Nullable))];

        /// <summary>Whether the plan's rows depend on D: by its columns, or by a working table whose rows belong to rows of D.</summary>
        public bool IsReadBy(LogicalPlan plan) => FreeColumns.Of(plan).Overlaps(Columns) || (Working.Count > 0 && ReadsWorking(plan));

        private bool ReadsWorking(LogicalPlan plan) =>
            plan is LogicalRecursiveReference reference ? Working.ContainsKey(reference.Table) : plan.Inputs.Any(ReadsWorking);
    }

    /// <summary>The plan for all of D at once: its columns and D's, each row belonging to the row of D that it would be the answer for.</summary>
    private static LogicalPlan Push(LogicalPlan plan, Domain domain)
    {
        if (!domain.IsReadBy(plan))
        {
            return new LogicalJoin(plan, domain.Rows, JoinKind.Inner, [], null);
        }
        switch (plan)
        {
            case LogicalFilter filter:
                return new LogicalFilter(Push(filter.Input, domain), filter.Predicate);
            case LogicalProject project:
                return new LogicalProject(Push(project.Input, domain), [.. project.Assignments, .. domain.Kept]);
            case LogicalAggregate aggregate:
                return PushAggregate(aggregate, domain);
            case LogicalSort { Limit: null } sort:
                // Order inside a subquery means nothing without a limit.
                return Push(sort.Input, domain);
            case LogicalSort sort:
                return FirstRows(Push(sort.Input, domain), sort.Keys, sort.Offset, sort.Limit, domain);
            case LogicalLimit { Input: LogicalSort { Limit: null } sort } limit:
                return FirstRows(Push(sort.Input, domain), sort.Keys, limit.Offset, limit.Count, domain);
            case LogicalLimit { Input: LogicalProject { Input: LogicalSort { Limit: null } sort } project } limit:
                return new LogicalProject(
                    FirstRows(Push(sort.Input, domain), sort.Keys, limit.Offset, limit.Count, domain), [.. project.Assignments, .. domain.Kept]);
            case LogicalLimit limit:
                return FirstRows(Push(limit.Input, domain), [], limit.Offset, limit.Count, domain);
            case LogicalDistinctOn on:
                return new LogicalDistinctOn(
                    Push(on.Input, domain), [.. on.Keys, .. domain.Expressions], on.OrderBy);
            case LogicalJoin join:
                return PushJoin(join, domain);
            case LogicalApply apply:
                return Push(Unnest(apply), domain);
            case LogicalUnionAll union:
            {
                LogicalPlan[] branches = [.. union.Branches.Select(branch => Aligned(branch, domain))];
                PlanColumn[] output = [.. union.Output, .. domain.Columns];
                return new LogicalUnionAll(branches, output);
            }
            case LogicalSetOperation operation:
                return new LogicalSetOperation(
                    Aligned(operation.Left, domain), Aligned(operation.Right, domain), operation.IsIntersect, operation.All);
            case LogicalWindow window:
                return new LogicalWindow(
                    Push(window.Input, domain), [.. window.PartitionBy, .. domain.Expressions],
                    window.OrderBy, window.Calls);
            case LogicalUnnest unnest:
                return new LogicalUnnest(Push(unnest.Input, domain), unnest.Lists, unnest.Items, unnest.Ordinality, unnest.Outer);
            case LogicalTableFunction call:
                // A call that has no rows of its own to start from is made once for each row of D.
                return call with { Input = call.Input is LogicalValues { Output.Count: 0, Rows.Count: 1 } ? domain.Rows : Push(call.Input, domain) };
            case LogicalValues values:
                return PushValues(values, domain);
            case LogicalRecursive recursive:
                return PushRecursive(recursive, domain);
            case LogicalRecursiveReference reference:
                return new LogicalRecursiveReference(domain.Working[reference.Table], [.. reference.Output, .. domain.Columns]);
            default:
                throw new EngineException(SqlState.FeatureNotSupported, $"A {plan.GetType().Name} that reads columns of the query around it is not supported.");
        }
    }

    /// <summary>
    /// All recursions at once: every row found belongs to a row of D. The step works for the rows of D that the last iteration found something for, so that
    /// each recursion ends when it would have ended alone.
    /// </summary>
    private static LogicalRecursive PushRecursive(LogicalRecursive recursive, Domain domain)
    {
        var table = recursive.Working;
        var working = new RecursiveTable(
            table.Name, new Schema(table.Schema.Fields.Concat(domain.Columns.Select(static column => new Field(column.Name, column.Type))).ToArray()));
        PlanColumn[] found = [.. working.Schema.Fields.Select(static field => new PlanColumn(field.Name, field.Type))];
        var open = new LogicalAggregate(
            new LogicalRecursiveReference(working, found),
            [.. domain.Columns.Select((column, i) => new Assignment(column, new BoundColumn(found[table.Schema.Count + i])))],
            []);
        var anchor = Aligned(recursive.Anchor, domain);
        var step = Aligned(recursive.Step, new Domain(open, domain.Columns, new(domain.Working) { [table] = working }));
        return new LogicalRecursive(anchor, step, working, recursive.Distinct, [.. recursive.Output, .. domain.Columns]);
    }

    /// <summary>A branch with its own columns, then D's, in order.</summary>
    private static LogicalProject Aligned(LogicalPlan branch, Domain domain) => new(
        Push(branch, domain),
        [.. branch.Columns.Select(static column => new Assignment(column, new BoundColumn(column))), .. domain.Kept]);

    private static LogicalPlan PushAggregate(LogicalAggregate aggregate, Domain domain)
    {
        var input = Push(aggregate.Input, domain);
        Assignment[] keys = [.. aggregate.Keys, .. domain.Kept];
        var sets = aggregate.GroupingSets?.Select(set => (IReadOnlyList<int>)[.. set, .. Enumerable.Range(aggregate.Keys.Count, domain.Columns.Length)]).ToList();
        var grouped = new LogicalAggregate(input, keys, aggregate.Aggregates, sets, aggregate.GroupingId);
        if (aggregate.Keys.Count > 0)
        {
            return aggregate.GroupingSets is { } all && all.Any(static set => set.Count == 0) ? WithGrandTotal(aggregate, all, domain) : grouped;
        }

        // Without GROUP BY there is a row even for no input: rows of D without one get what the aggregate gives for nothing.
        PlanColumn[] own = domain.Copy();
        var found = new PlanColumn("__found", DataType.Boolean);
        var right = new LogicalProject(grouped, [
            .. aggregate.Aggregates.Select(static call => new Assignment(call.Column, new BoundColumn(call.Column))),
            .. domain.Columns.Select((column, i) => new Assignment(own[i], new BoundColumn(column))),
            new Assignment(found, new BoundLiteral(Scalar.Of(true)))]);
        var joined = new LogicalJoin(
            domain.Rows, right, JoinKind.Left, [.. domain.Columns.Select((column, i) => new JoinKey(new BoundColumn(column), new BoundColumn(own[i]), true))], null);
        return new LogicalProject(joined, [
            .. aggregate.Aggregates.Select(call => new Assignment(call.Column, OrEmpty(call, found))),
            .. domain.Kept]);
    }

    /// <summary>The grouping set without keys has a row even for no input: it is computed as an aggregate without GROUP BY beside the other sets.</summary>
    private static LogicalPlan WithGrandTotal(LogicalAggregate aggregate, IReadOnlyList<IReadOnlyList<int>> sets, Domain domain)
    {
        var total = PushAggregate(new LogicalAggregate(aggregate.Input, [], aggregate.Aggregates), domain);
        var row = new LogicalProject(total, [
            .. aggregate.Keys.Select(static key => new Assignment(key.Column, new BoundLiteral(new Scalar(key.Column.Type, null)))),
            .. aggregate.Aggregates.Select(static call => new Assignment(call.Column, new BoundColumn(call.Column))),
            .. aggregate.GroupingId is { } id ? [new Assignment(id, new BoundLiteral(new Scalar(id.Type, (1 << aggregate.Keys.Count) - 1)))] : Array.Empty<Assignment>(),
            .. domain.Kept]);
        IReadOnlyList<int>[] others = [.. sets.Where(static set => set.Count > 0)];
        LogicalPlan[] branches = [.. Enumerable.Repeat<LogicalPlan>(row, sets.Count - others.Length)];
        if (others.Length > 0)
        {
            branches = [PushAggregate(new LogicalAggregate(aggregate.Input, aggregate.Keys, aggregate.Aggregates, others, aggregate.GroupingId), domain), .. branches];
        }
        PlanColumn[] own = [.. aggregate.Columns, .. domain.Columns];
        return new LogicalUnionAll(
            [.. branches.Select(branch => new LogicalProject(branch, [.. own.Select(static column => new Assignment(column, new BoundColumn(column)))]))], own);
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
    private static LogicalPlan FirstRows(LogicalPlan input, IReadOnlyList<SortKey> order, long offset, long? count, Domain domain)
    {
        var number = new PlanColumn("__row", DataType.UInt64, false);
        var window = new LogicalWindow(input, [.. domain.Expressions], order, [WindowCalls.Numbering("row_number", number)]);
        var conditions = new List<BoundExpression>();
        if (offset > 0)
        {
            conditions.Add(new BoundComparison(ComparisonOperator.GreaterThan, new BoundColumn(number), Number(offset)));
        }
        if (count is { } rows)
        {
            conditions.Add(new BoundComparison(ComparisonOperator.LessThanOrEqual, new BoundColumn(number), Number(rows > long.MaxValue - offset ? long.MaxValue : offset + rows)));
        }
        LogicalPlan filtered = BoundExpressions.And(conditions) is { } condition ? new LogicalFilter(window, condition) : window;
        return new LogicalProject(filtered, [.. input.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);

        static BoundLiteral Number(long value) => new(new Scalar(DataType.UInt64, (ulong)value));
    }

    private static LogicalPlan PushJoin(LogicalJoin join, Domain domain)
    {
        var leftReads = domain.IsReadBy(join.Left);
        var rightReads = domain.IsReadBy(join.Right);
        var onlyConditionReads = !leftReads && !rightReads;
        switch (join.Kind)
        {
            case JoinKind.Inner when !rightReads:
                return new LogicalJoin(Push(join.Left, domain), join.Right, join.Kind, join.Keys, join.Residual);
            case JoinKind.Inner when !leftReads:
                return new LogicalJoin(join.Left, Push(join.Right, domain), join.Kind, join.Keys, join.Residual);
            case JoinKind.Left or JoinKind.LeftSemi or JoinKind.LeftAnti or JoinKind.LeftMark or JoinKind.LeftSingle when !rightReads || onlyConditionReads:
                return new LogicalJoin(Push(join.Left, domain), join.Right, join.Kind, join.Keys, join.Residual, join.Mark);
            case JoinKind.Right when !leftReads:
                return new LogicalJoin(join.Left, Push(join.Right, domain), join.Kind, join.Keys, join.Residual);
        }

        // Both sides belong to a row of D: join them on it too.
        PlanColumn[] other = domain.Copy();
        var left = Push(join.Left, domain);
        var pushed = Push(join.Right, domain);
        var right = new LogicalProject(pushed, [
            .. join.Right.Columns.Select(static column => new Assignment(column, new BoundColumn(column))),
            .. domain.Columns.Select((column, i) => new Assignment(other[i], new BoundColumn(column)))]);
        JoinKey[] keys = [.. join.Keys, .. domain.Columns.Select((column, i) => new JoinKey(new BoundColumn(column), new BoundColumn(other[i]), true))];
        var joined = new LogicalJoin(left, right, join.Kind, keys, join.Residual, join.Mark);
        if (join.Kind is JoinKind.LeftSemi or JoinKind.LeftAnti or JoinKind.LeftMark)
        {
            return joined;
        }
        var fromEither = join.Kind is JoinKind.Right or JoinKind.Full;
        return new LogicalProject(joined, [
            .. join.Columns.Select(static column => new Assignment(column, new BoundColumn(column))),
            .. domain.Columns.Select((column, i) => new Assignment(column, fromEither
                ? new BoundCase([new BoundWhen(new BoundIsNull(new BoundColumn(column), true), new BoundColumn(column))], new BoundColumn(other[i]), column.Type)
                : new BoundColumn(column)))]);
    }

    /// <summary>Rows of expressions over D: one projection of D a row.</summary>
    private static LogicalPlan PushValues(LogicalValues values, Domain domain)
    {
        LogicalPlan[] rows = [.. values.Rows.Select(row => new LogicalProject(
            domain.Rows, [.. row.Select((expression, i) => new Assignment(values.Output[i], expression)), .. domain.Kept]))];
        return rows.Length == 1 ? rows[0] : new LogicalUnionAll(rows, [.. values.Output, .. domain.Columns]);
    }
}
