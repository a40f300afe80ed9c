using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>GROUP BY, and what stands above it.</summary>
internal sealed partial class SelectBinder
{
    private void BindGroupBy(GroupByClause? groupBy, List<OutputItem> items)
    {
        if (groupBy is null)
        {
            return;
        }
        hasGroupingSets = groupBy.Items.Any(static item => item is GroupingElement { Kind: not GroupingKind.Set });
        if (groupBy.All)
        {
            foreach (var item in items)
            {
                if (!ReadsAggregate(item.Expression))
                {
                    AddKey(item.Expression, item.Name);
                }
            }
        }
        else
        {
            BindKeys(groupBy, items);
        }
        MoveBelowGrouping();
    }

    private void BindKeys(GroupByClause groupBy, List<OutputItem> items)
    {
        var sets = new List<IReadOnlyList<int>> { Array.Empty<int>() };
        foreach (var item in groupBy.Items)
        {
            var alternatives = Expand(item, items);
            sets = [.. sets.SelectMany(set => alternatives.Select(other => (IReadOnlyList<int>)[.. set.Union(other)]))];
        }
        if (hasGroupingSets)
        {
            groupingSets = sets;
            groupingId ??= new PlanColumn("__grouping_id", DataType.Int32, false);
        }
    }

    /// <summary>Subqueries and unnested lists of the select list that keys name by alias or position are computed before the rows are grouped.</summary>
    private void MoveBelowGrouping()
    {
        var wanted = keys.SelectMany(static key => key.Expression.Columns()).ToHashSet();
        foreach (var subquery in pendingSubqueries.FindAll(subquery => subquery.Added.Any(wanted.Contains)))
        {
            plan = subquery.Beside(plan);
            pendingSubqueries.Remove(subquery);
        }
        // The list of one that is wanted may be the item of another, which was bound before it.
        for (var i = unnests.Count - 1; i >= 0; i--)
        {
            if (wanted.Contains(unnests[i].Item))
            {
                wanted.UnionWith(unnests[i].List.Columns());
            }
        }
        AddUnnests(unnests.FindAll(unnest => wanted.Contains(unnest.Item)));
        unnests.RemoveAll(unnest => wanted.Contains(unnest.Item));
    }

    /// <summary>The grouping sets that an item stands for, as ordinals of keys.</summary>
    private List<IReadOnlyList<int>> Expand(GroupByItem item, List<OutputItem> items)
    {
        if (item is GroupByExpression single)
        {
            return [[AddKey(single.Expression, items)]];
        }
        var element = (GroupingElement)item;
        if (element.Kind == GroupingKind.Set)
        {
            return [[.. element.Items.SelectMany(inner => KeysOf(inner, items)).Distinct()]];
        }
        switch (element.Kind)
        {
            case GroupingKind.Rollup:
            {
                var parts = element.Items.Select(inner => KeysOf(inner, items)).ToList();
                return [.. Enumerable.Range(0, parts.Count + 1).Select(left => (IReadOnlyList<int>)[.. parts.Take(parts.Count - left).SelectMany(static p => p).Distinct()])];
            }
            case GroupingKind.Cube:
            {
                var parts = element.Items.Select(inner => KeysOf(inner, items)).ToList();
                if (parts.Count > 12)
                {
                    throw Errors.Unsupported(element, "CUBE of more than 12 elements");
                }
                return [.. Enumerable.Range(0, 1 << parts.Count).Select(mask =>
                    (IReadOnlyList<int>)[.. parts.Where((_, i) => (mask & (1 << (parts.Count - 1 - i))) == 0).SelectMany(static p => p).Distinct()])];
            }
            default:
            {
                var sets = new List<IReadOnlyList<int>>();
                foreach (var inner in element.Items)
                {
                    sets.AddRange(Expand(inner, items));
                }
                return sets;
            }
        }
    }

    private IReadOnlyList<int> KeysOf(GroupByItem item, List<OutputItem> items) => item switch
    {
        GroupByExpression single => [AddKey(single.Expression, items)],
        GroupingElement { Kind: GroupingKind.Set } set => [.. set.Items.SelectMany(inner => KeysOf(inner, items))],
        _ => throw Errors.Unsupported(item, "A nested ROLLUP or CUBE"),
    };

    /// <summary>A key: a position, a column of FROM (which wins over an alias of that name), an alias, or an expression.</summary>
    private int AddKey(Expression syntax, List<OutputItem> items)
    {
        BoundExpression bound;
        string name;
        if (syntax is Int64Literal position)
        {
            if (position.Value < 1 || position.Value > items.Count)
            {
                throw Errors.At(syntax, SqlState.UndefinedColumn, $"Cannot find column with position {position.Value} in SELECT clause. Valid columns: 1 to {items.Count}.", "Numbers in GROUP BY are positions in the select list.");
            }
            var item = items[(int)position.Value - 1];
            (bound, name) = (item.Expression, item.Name);
        }
        else if (syntax is ColumnReference { Parts.Count: 1 } reference && scope.Resolve(reference.Parts, Errors, reference) is null
            && items.Find(item => item.Name == reference.Parts[0].Value) is { } aliased)
        {
            (bound, name) = (aliased.Expression, aliased.Name);
        }
        else
        {
            bound = expressions.Bind(syntax);
            name = OutputNames.Of(syntax, expressions);
        }
        if (ReadsAggregate(bound))
        {
            throw Errors.At(
                syntax, SqlState.GroupingError, "Aggregates are not allowed in GROUP BY.", "Aggregate in a subquery and group its result.");
        }
        return AddKey(bound, name);
    }

    private int AddKey(BoundExpression bound, string name)
    {
        var known = keys.FindIndex(key => key.Expression.SameAs(bound));
        if (known >= 0)
        {
            return known;
        }
        // A plain column keeps its identity, so that subqueries above the grouping may go on naming it.
        var column = bound is BoundColumn { Column: var own } && !hasGroupingSets && scope.Columns.Any(c => c.Column == own) ? own : new PlanColumn(name, bound.Type, bound.Nullable || hasGroupingSets);
        keys.Add(new GroupKey(bound, column));
        return keys.Count - 1;
    }

    /// <summary>Columns that the keys determine may stand above the grouping as well: they become keys that change no group.</summary>
    private void AddDependentKeys(IReadOnlyList<BoundExpression> above)
    {
        if (hasGroupingSets || keys.Count == 0)
        {
            return;
        }
        var asked = new HashSet<PlanColumn>();
        foreach (var expression in above)
        {
            CollectUngrouped(expression, asked);
        }
        foreach (var window in windows)
        {
            foreach (var expression in window.PartitionBy.Concat(window.OrderBy.Select(static key => key.Expression)).Concat(window.Call.Arguments))
            {
                CollectUngrouped(expression, asked);
            }
        }
        foreach (var subquery in pendingSubqueries)
        {
            asked.UnionWith(subquery.Needed());
        }
        asked.ExceptWith(keys.Select(static key => key.Expression).OfType<BoundColumn>().Select(static key => key.Column));
        asked.IntersectWith(scope.Columns.Select(static column => column.Column));
        if (asked.Count == 0)
        {
            return;
        }
        asked.IntersectWith(FunctionalDependencies.Of(plan, [.. keys.Select(static key => key.Expression).OfType<BoundColumn>().Select(static key => key.Column)]));
        foreach (var column in asked)
        {
            AddKey(new BoundColumn(column), column.Name);
        }
    }

    /// <summary>The columns outside of keys.</summary>
    private void CollectUngrouped(BoundExpression expression, HashSet<PlanColumn> found)
    {
        if (keys.Exists(key => key.Expression.SameAs(expression)))
        {
            return;
        }
        if (expression is BoundColumn { Column: var column })
        {
            found.Add(column);
        }
        foreach (var child in expression.Children())
        {
            CollectUngrouped(child, found);
        }
    }

    private bool ReadsAggregate(BoundExpression expression) =>
        expression.Any(node => node is BoundColumn column
            && (aggregates.Exists(call => call.Column == column.Column) || groupings.Exists(call => call.Column == column.Column)));

    /// <summary>The expression over the grouping's output: keys become their columns; any other column of FROM is an error.</summary>
    private BoundExpression AboveGrouping(BoundExpression expression, SyntaxNode node) => expression.Rewrite(part =>
    {
        if (part is BoundColumn { Column: var asked } && groupings.Find(call => call.Column == asked) is { } grouping)
        {
            return Resolve(grouping);
        }
        foreach (var key in keys)
        {
            if (part is not BoundLiteral && part.SameAs(key.Expression))
            {
                return new BoundColumn(key.Column);
            }
        }
        if (part is BoundColumn { Column: var column } && scope.Columns.Any(c => c.Column == column))
        {
            throw (part.Place.IsKnown ? part.Place : Errors.PlaceOf(node)).Locate(new EngineException(
                SqlState.GroupingError,
                $"Column '{column.Name}' must appear in the GROUP BY clause or must be part of an aggregate function.")
            {
                Hint = $"Add it to GROUP BY, or take any of its values: any_value({column.Name}).",
            });
        }
        return null;
    });

    /// <summary><c>grouping(…)</c>: which keys a row leaves out. Answered by a column of its own, since GROUP BY is bound after the select list.</summary>
    public BoundExpression BindGrouping(FunctionCall call, ExpressionBinder binder)
    {
        if (select.GroupBy is null || clause is Clause.Where or Clause.From or Clause.GroupBy or Clause.AggregateArgument)
        {
            throw Errors.At(call, SqlState.GroupingError, "grouping() needs a GROUP BY and stands in a clause that comes after it.", "Use it in the select list, HAVING or ORDER BY.");
        }
        if (call.Arguments.IsEmpty)
        {
            throw Errors.At(call, SqlState.UndefinedFunction, "'grouping' needs an expression of GROUP BY.", BindingError.Candidates([.. keys.Select(static key => $"grouping({key.Column.Name})")]));
        }
        var column = new PlanColumn("grouping", DataType.Int32, false);
        groupings.Add(new GroupingCall(column, [.. call.Arguments.Select(argument => binder.Bind(argument.Value))], call));
        return new BoundColumn(column);
    }

    /// <summary>One bit an argument, the first highest, picked out of the bit mask that the grouping adds.</summary>
    private BoundExpression Resolve(GroupingCall grouping)
    {
        BoundExpression result = new BoundLiteral(Scalar.Of(0L));
        foreach (var argument in grouping.Arguments)
        {
            var index = keys.FindIndex(key => key.Expression.SameAs(argument));
            if (index < 0)
            {
                throw Errors.At(grouping.Syntax, SqlState.GroupingError, "The arguments of grouping() must be expressions of GROUP BY.",
                    BindingError.Candidates([.. keys.Select(static key => $"grouping({key.Column.Name})")]));
            }
            var shifted = expressions.Call(">>", grouping.Syntax, new BoundColumn(groupingId!), new BoundLiteral(Scalar.Of((long)(keys.Count - 1 - index))));
            var bit = expressions.Call("&", grouping.Syntax, shifted, new BoundLiteral(Scalar.Of(1L)));
            result = expressions.Call("|", grouping.Syntax, expressions.Call("<<", grouping.Syntax, result, new BoundLiteral(Scalar.Of(1L))), bit);
        }
        return expressions.Cast(result, DataType.Int32);
    }
}
