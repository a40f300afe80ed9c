using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;
using Assignment = Micromegas.Engine.Plans.Logical.Assignment;

namespace Micromegas.Engine.Binding;

/// <summary>
/// Binds one SELECT in the order in which its clauses mean something (spec/sql.md §5.2): FROM, WHERE, GROUP BY, aggregates, HAVING, windows, QUALIFY,
/// select list, DISTINCT, ORDER BY. Expressions are bound over the FROM columns; those above the grouping are then rewritten to read its output.
/// </summary>
internal sealed partial class SelectBinder : IExpressionHost
{
    private readonly BinderContext context;
    private readonly QueryBinder queries;
    private readonly CommonTables? tables;
    private readonly List<GroupKey> keys = [];
    private readonly List<AggregateCall> aggregates = [];
    private readonly List<GroupingCall> groupings = [];
    private readonly List<PendingWindow> windows = [];
    private readonly List<(BoundExpression List, PlanColumn Item)> unnests = [];
    private readonly List<Subquery> pendingSubqueries = [];
    private readonly SubqueryBinder subqueries;
    private readonly Dictionary<string, BoundExpression> aliases = new(StringComparer.Ordinal);
    private List<IReadOnlyList<int>>? groupingSets;
    private PlanColumn? groupingId;
    private LogicalPlan plan = null!;
    private Scope scope = null!;
    private ExpressionBinder expressions = null!;
    private SelectCore select = null!;
    private Clause clause;
    private bool isGrouped;
    private bool hasGroupingSets;

    public SelectBinder(BinderContext context, QueryBinder queries, CommonTables? tables)
    {
        this.context = context;
        this.queries = queries;
        this.tables = tables;
        subqueries = new SubqueryBinder(context, queries, tables, Add);
    }

    /// <summary>A grouping key: the expression over FROM and the column that carries it above the grouping.</summary>
    private sealed record GroupKey(BoundExpression Expression, PlanColumn Column);

    /// <summary>A call of <c>grouping</c> with the column that stands for it until the keys are known.</summary>
    private sealed record GroupingCall(PlanColumn Column, IReadOnlyList<BoundExpression> Arguments, FunctionCall Syntax);

    /// <summary>An item of the select list after expansion of stars.</summary>
    private sealed record OutputItem(BoundExpression Expression, string Name, string? Relation, SyntaxNode Node)
    {
        public BoundExpression Expression { get; set; } = Expression;

        public PlanColumn? Column { get; set; }
    }

    private enum Clause
    {
        From,
        Where,
        GroupBy,
        Select,
        Having,
        Qualify,
        OrderBy,
        AggregateArgument,
    }

    private BindingError Errors => context.Errors;

    /// <summary>The plan of a SELECT with the ORDER BY that follows it.</summary>
    public LogicalPlan Bind(SelectCore core, SyntaxList<OrderByItem> orderBy, Scope? outer)
    {
        select = core;
        foreach (var unsupported in core.Unsupported)
        {
            throw Errors.Unsupported(unsupported, unsupported.Name);
        }
        var from = new FromBinder(context, queries, tables);
        (plan, var columns) = from.Bind(core.From, outer);
        scope = new Scope(outer, columns) { Owner = this };
        expressions = new ExpressionBinder(context, scope, this);

        if (core.Where is not null)
        {
            clause = Clause.Where;
            var condition = expressions.BindCondition(core.Where, "WHERE");
            plan = new LogicalFilter(plan, condition);
        }

        clause = Clause.Select;
        var items = BindItems(core);
        clause = Clause.GroupBy;
        BindGroupBy(core.GroupBy, items);
        isGrouped = core.GroupBy is not null || aggregates.Count > 0;

        clause = Clause.Having;
        var having = core.Having is null ? null : expressions.BindCondition(core.Having, "HAVING");
        clause = Clause.Qualify;
        var qualify = core.Qualify is null ? null : expressions.BindCondition(core.Qualify, "QUALIFY");
        if (core.Qualify is not null && windows.Count == 0)
        {
            throw Errors.At(core.Qualify, SqlState.WindowingError, "QUALIFY needs a window function in the select list or in QUALIFY.", "Conditions on rows go to WHERE, on groups to HAVING.");
        }
        clause = Clause.OrderBy;
        var distinctOn = core.Distinct is { On.IsEmpty: false } on ? on.On.Select(expression => BindOutputOrInput(expression, items)).ToList() : null;
        var sortKeys = BindOrderBy(orderBy, items);
        isGrouped |= aggregates.Count > 0 || having is not null;

        if (isGrouped)
        {
            AddDependentKeys([
                .. items.Select(static item => item.Expression), .. sortKeys.Select(static key => key.Expression), .. distinctOn ?? [],
                .. new[] { having, qualify }.OfType<BoundExpression>()]);
            if (groupings.Count > 0)
            {
                groupingId ??= new PlanColumn("__grouping_id", DataType.Int32, false);
                groupingSets ??= [[.. Enumerable.Range(0, keys.Count)]];
            }
            plan = new LogicalAggregate(
                plan, [.. keys.Select(static key => new Assignment(key.Column, key.Expression))], aggregates, groupingSets, groupingId);
            foreach (var item in items)
            {
                item.Expression = AboveGrouping(item.Expression, item.Node);
            }
            having = having is null ? null : AboveGrouping(having, core.Having!);
            qualify = qualify is null ? null : AboveGrouping(qualify, core.Qualify!);
            sortKeys = [.. sortKeys.Select((key, i) => key with { Expression = AboveGrouping(key.Expression, orderBy[Math.Min(i, orderBy.Count - 1)]) })];
            distinctOn = distinctOn?.ConvertAll(expression => AboveGrouping(expression, core.Distinct!));
        }
        AddPendingSubqueries();
        if (having is not null)
        {
            plan = new LogicalFilter(plan, having);
        }
        AddWindows();
        if (qualify is not null)
        {
            plan = new LogicalFilter(plan, qualify);
        }
        AddUnnests(unnests);
        return Project(items, sortKeys, distinctOn, orderBy);
    }

    private List<OutputItem> BindItems(SelectCore core)
    {
        var items = new List<OutputItem>();
        foreach (var item in core.Items)
        {
            if (item.Expression is StarExpression star)
            {
                ExpandStar(star, items);
                continue;
            }
            if (item.Expression is FunctionCall { Name.Last.Value: "unnest", Arguments: [var argument] } && ExpandStruct(argument.Value, item, items))
            {
                continue;
            }
            var bound = expressions.Bind(item.Expression);
            var relation = item.Alias is null && bound is BoundColumn column ? scope.Columns.FirstOrDefault(c => c.Column == column.Column)?.Relation : null;
            var name = item.Alias?.Value ?? OutputNames.Of(item.Expression, expressions);
            items.Add(new OutputItem(bound, name, relation, item));
            if (item.Alias is not null)
            {
                aliases.TryAdd(item.Alias.Value, bound);
            }
        }
        if (items.Count == 0)
        {
            throw Errors.At(core, SqlState.InvalidStatement, "The select list is empty.", "SELECT * takes all columns.");
        }
        return items;
    }

    /// <summary><c>unnest</c> of a struct gives a column for each field; false for anything else.</summary>
    private bool ExpandStruct(Expression argument, SelectItem item, List<OutputItem> items)
    {
        var (unnested, waiting, windowed) = (unnests.Count, pendingSubqueries.Count, windows.Count);
        var fields = expressions.Bind(argument);
        if (fields.Type.ValueType.Kind != TypeKind.Struct)
        {
            // It is bound again as what it is.
            unnests.RemoveRange(unnested, unnests.Count - unnested);
            pendingSubqueries.RemoveRange(waiting, pendingSubqueries.Count - waiting);
            windows.RemoveRange(windowed, windows.Count - windowed);
            return false;
        }
        var prefix = item.Alias?.Value ?? OutputNames.Inside(argument, expressions);
        foreach (var field in fields.Type.ValueType.Fields)
        {
            items.Add(new OutputItem(
                expressions.Call("get_field", item, fields, new BoundLiteral(Scalar.Of(field.Name))), $"{prefix}.{field.Name}", null, item));
        }
        return true;
    }

    private void ExpandStar(StarExpression star, List<OutputItem> items)
    {
        if (!star.Rename.IsEmpty)
        {
            throw Errors.Unsupported(star, "* RENAME");
        }
        if (select.From.IsEmpty)
        {
            throw Errors.At(star, SqlState.InvalidStatement, "SELECT * needs a FROM.", "Add FROM and a table; SHOW TABLES lists them.");
        }
        var relation = star.Qualifier?.Last.Value;
        var found = false;
        var excluded = star.Exclude.Select(static name => name.Value).ToHashSet();
        if (excluded.Count < star.Exclude.Count)
        {
            throw Errors.At(star, SqlState.DuplicateColumn, "EXCLUDE names a column twice.", "Once is enough.");
        }
        foreach (var column in scope.Columns)
        {
            if (relation is null ? column.Merged : column.Relation != relation)
            {
                continue;
            }
            found = true;
            if (excluded.Remove(column.Name) || (star.ILike is { } pattern && !LikePattern.Matches(pattern, column.Name)))
            {
                continue;
            }
            var replacement = star.Replace.FirstOrDefault(item => item.Alias?.Value == column.Name);
            items.Add(new OutputItem(
                replacement is null ? new BoundColumn(column.Column) : expressions.Bind(replacement.Expression), column.Name, column.Relation, star));
        }
        if (!found && relation is not null)
        {
            throw Errors.At(star, SqlState.UndefinedTable, $"Invalid qualifier {relation}: FROM has no such table.",
                BindingError.Nearest(relation, scope.Columns.Select(static column => column.Relation).OfType<string>()));
        }
        if (excluded.Count > 0 && star.Exclude.Any(name => !scope.Columns.Any(column => column.Name == name.Value)))
        {
            throw Errors.At(star, SqlState.UndefinedColumn, $"EXCLUDE names no column of the table: {string.Join(", ", excluded)}.",
                BindingError.Nearest(excluded.First(), scope.Columns.Select(static column => column.Name)));
        }
    }

    private List<SortKey> BindOrderBy(SyntaxList<OrderByItem> orderBy, List<OutputItem> items)
    {
        var result = new List<SortKey>();
        foreach (var item in orderBy)
        {
            if (item.Expression is AllColumnsExpression)
            {
                result.AddRange(items.Select(output => SortKeys.Make(item, output.Expression)));
                continue;
            }
            result.Add(SortKeys.Make(item, BindOutputOrInput(item.Expression, items)));
        }
        return result;
    }

    /// <summary>A key of ORDER BY or DISTINCT ON: a position, an alias (which wins over a column of that name), or an expression.</summary>
    private BoundExpression BindOutputOrInput(Expression expression, List<OutputItem> items)
    {
        switch (expression)
        {
            case Int64Literal position:
                return position.Value >= 1 && position.Value <= items.Count
                    ? items[(int)position.Value - 1].Expression
                    : throw Errors.At(
                        expression, SqlState.UndefinedColumn, $"Position {position.Value} is not among the {items.Count} columns of the select list.",
                        "Numbers here are positions in the select list.");
            case ColumnReference { Parts.Count: 1 } name when items.Find(item => item.Name == name.Parts[0].Value) is { } output:
                return output.Expression;
            default:
                return expressions.Bind(expression);
        }
    }

    private LogicalPlan Project(List<OutputItem> items, List<SortKey> sortKeys, List<BoundExpression>? distinctOn, SyntaxList<OrderByItem> orderBy)
    {
        var assignments = new List<Assignment>();
        var input = plan.Columns.ToHashSet();
        foreach (var item in items)
        {
            // A column of the query around this one gets an identity of its own: both stand side by side once the subquery is a join.
            item.Column = item.Expression is BoundColumn { Column: var own } && own.Name == item.Name && (item.Relation is null || own.Relation == item.Relation) && input.Contains(own) && !assignments.Any(a => a.Column == own)
                ? own
                : new PlanColumn(item.Name, item.Expression.Type, item.Expression.Nullable, item.Relation);
            assignments.Add(new Assignment(item.Column, item.Expression));
        }
        PlanColumn[] output = [.. assignments.Select(static assignment => assignment.Column)];
        var isDistinct = select.Distinct is { On.IsEmpty: true };
        BoundExpression Visible(BoundExpression key, SyntaxNode node)
        {
            foreach (var assignment in assignments)
            {
                if (assignment.Expression.SameAs(key))
                {
                    return new BoundColumn(assignment.Column);
                }
            }
            if (key is BoundLiteral)
            {
                return key;
            }
            if (isDistinct)
            {
                throw Errors.At(node, SqlState.InvalidStatement, "For SELECT DISTINCT, ORDER BY expressions must appear in select list.",
                    "Select it too, or group by the columns instead of DISTINCT.");
            }
            var hidden = new PlanColumn("__sort", key.Type, key.Nullable);
            assignments.Add(new Assignment(hidden, key));
            return new BoundColumn(hidden);
        }
        SortKey[] visibleKeys = [.. sortKeys.Select((key, i) => key with { Expression = Visible(key.Expression, orderBy[Math.Min(i, orderBy.Count - 1)]) })];
        BoundExpression[]? visibleOn = distinctOn is null ? null : [.. distinctOn.Select(key => Visible(key, select.Distinct!))];

        LogicalPlan result = new LogicalProject(plan, assignments);
        if (isDistinct)
        {
            result = QueryBinder.Distinct(result);
        }
        if (visibleOn is not null)
        {
            for (var i = 0; i < Math.Min(visibleOn.Length, visibleKeys.Length); i++)
            {
                if (!visibleOn.Any(on => on.SameAs(visibleKeys[i].Expression)))
                {
                    throw Errors.At(select.Distinct!, SqlState.InvalidStatement, "SELECT DISTINCT ON expressions must match initial ORDER BY expressions.",
                        "Start ORDER BY with the expressions of DISTINCT ON.");
                }
            }
            result = new LogicalDistinctOn(result, visibleOn, visibleKeys);
        }
        if (visibleKeys.Length > 0)
        {
            result = new LogicalSort(result, visibleKeys);
        }
        return assignments.Count == output.Length
            ? result
            : new LogicalProject(result, [.. output.Select(static column => new Assignment(column, new BoundColumn(column)))]);
    }
}
