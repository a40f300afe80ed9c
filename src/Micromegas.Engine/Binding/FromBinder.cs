using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;
using JoinKind = Micromegas.Engine.Plans.Logical.JoinKind;
using SyntaxJoinKind = Micromegas.Sql.Syntax.JoinKind;
using Assignment = Micromegas.Engine.Plans.Logical.Assignment;

namespace Micromegas.Engine.Binding;

/// <summary>Binds the tables behind FROM to a plan and the columns that it offers.</summary>
internal sealed partial class FromBinder(BinderContext context, QueryBinder queries, CommonTables? tables)
{
    /// <summary>A table reference: its plan, and its columns in the order of <c>*</c>.</summary>
    private readonly record struct Source(LogicalPlan Plan, IReadOnlyList<ScopeColumn> Columns);

    private BindingError Errors => context.Errors;

    public (LogicalPlan Plan, IReadOnlyList<ScopeColumn> Columns) Bind(SyntaxList<TableReference> from, Scope? outer)
    {
        if (from.IsEmpty)
        {
            return (new LogicalValues([], [[]]), []);
        }
        var left = BindTable(from[0], outer, outer);
        for (var i = 1; i < from.Count; i++)
        {
            left = Cross(left, from[i], outer);
        }
        if (from.SelectMany(Relations).GroupBy(static relation => relation).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw Errors.At(from[^1], SqlState.DuplicateAlias, $"The table name '{twice.Key.Name}' stands more than once in FROM; give one an alias.", $"FROM {twice.Key.Name} AS a, {twice.Key.Name} AS b.");
        }
        return (left.Plan, left.Columns);
    }

    /// <summary>The names by which columns of a FROM item can be qualified.</summary>
    private static IEnumerable<TableName> Relations(TableReference table) => table switch
    {
        NamedTable { Alias: null } named => TableName.Of(named.Name) is { } name ? [name] : [],
        NamedTable named => [new TableName(named.Alias.Name.Value)],
        DerivedTable { Alias: { } alias } => [new TableName(alias.Name.Value)],
        TableFunctionCall { Alias: { } alias } => [new TableName(alias.Name.Value)],
        UnnestTable { Alias: { } alias } => [new TableName(alias.Name.Value)],
        ParenthesizedTable { Alias: { } alias } => [new TableName(alias.Name.Value)],
        ParenthesizedTable inner => Relations(inner.Inner),
        JoinedTable { Kind: SyntaxJoinKind.LeftSemi or SyntaxJoinKind.LeftAnti } join => Relations(join.Left),
        JoinedTable { Kind: SyntaxJoinKind.RightSemi or SyntaxJoinKind.RightAnti } join => Relations(join.Right),
        JoinedTable join => Relations(join.Left).Concat(Relations(join.Right)),
        _ => [],
    };

    private Source Cross(Source left, TableReference right, Scope? outer)
    {
        var scope = new Scope(outer, left.Columns);
        if (ReadsRows(right))
        {
            return BindRows(right, left, scope, false);
        }
        var bound = BindTable(right, outer, scope);
        return new Source(Join(left.Plan, bound.Plan, JoinKind.Inner, null), [.. left.Columns, .. bound.Columns]);
    }

    /// <summary>A join, or an apply where the right side reads columns of the left one.</summary>
    private static LogicalPlan Join(LogicalPlan left, LogicalPlan right, JoinKind kind, BoundExpression? condition)
    {
        var free = FreeColumns.Of(right);
        return left.Columns.Any(free.Contains)
            ? new LogicalApply(left, right, kind, condition)
            : new LogicalJoin(left, right, kind, [], condition);
    }

    /// <param name="table">The table.</param>
    /// <param name="outer">The query around this one.</param>
    /// <param name="lateral">The tables on its left, and the query around: what LATERAL, unnest and table functions may name, inside parentheses too.</param>
    private Source BindTable(TableReference table, Scope? outer, Scope? lateral)
    {
        switch (table)
        {
            case NamedTable named:
                return BindNamed(named);
            case DerivedTable derived:
            {
                var query = queries.Bind(derived.Query, derived.Lateral ? lateral : outer, tables);
                return Aliased(query, derived.Alias, derived);
            }
            case ParenthesizedTable inner:
            {
                var source = BindTable(inner.Inner, outer, lateral);
                return inner.Alias is null
                    ? source
                    : Aliased(new BoundQuery(new LogicalProject(
                        source.Plan, [.. source.Columns.Where(static c => !c.Merged).Select(static c => new Assignment(c.Column, new BoundColumn(c.Column)))])), inner.Alias, inner);
            }
            case JoinedTable join:
                return BindJoin(join, outer, lateral);
            case TableFunctionCall call:
                return BindTableFunction(call, lateral);
            case UnnestTable unnest:
                return BindUnnest(unnest, new Source(new LogicalValues([], [[]]), []), lateral ?? Scope.Empty(null), false);
            case UnsupportedTable unsupported:
                throw Errors.Unsupported(unsupported, unsupported.Clause.Name);
            default:
                throw Errors.Unsupported(table, table.GetType().Name);
        }
    }

    private Source BindNamed(NamedTable named)
    {
        var parts = named.Name.Parts;
        var name = named.Name.Last.Value;
        if (parts.Count == 1 && tables?.Find(name) is { } common)
        {
            return Aliased(queries.BindCommonTable(common), named.Alias ?? new TableAlias(named.Name.Last, []), named);
        }
        if (TableName.Of(named.Name) is not { } full || !context.Tables.TryGetValue(full, out var table))
        {
            throw Errors.At(
                named, SqlState.UndefinedTable, $"table '{string.Join('.', parts.Select(static part => part.Value))}' not found",
                BindingError.Nearest(name, context.Catalog.TableNames, "SHOW TABLES lists the tables."));
        }
        if (table is SqlView view)
        {
            return InSchema(BindView(view, named), full);
        }
        return InSchema(Scan(table, name, named.Alias, named), full);
    }

    private static Source InSchema(Source source, TableName full) =>
        full.IsInDefaultSchema ? source : source with { Columns = [.. source.Columns.Select(column => column with { Schema = full.Schema })] };

    /// <summary>A view's query, bound by its own text, under the view's name and columns.</summary>
    private Source BindView(SqlView view, NamedTable named)
    {
        var inside = context.Views[view];
        var bound = new QueryBinder(inside.For(inside.Sql, Errors.PlaceOf(named))).Bind(view.Query, null, null);
        if (bound.Columns.Count != view.Schema.Count)
        {
            throw Errors.At(named, SqlState.UndefinedColumn, $"The view '{named.Name.Last.Value}' has {view.Schema.Count} columns, but its query now gives {bound.Columns.Count}.",
                "The tables below it have changed: make the view again.");
        }
        var renamed = new LogicalProject(bound.Plan, [.. bound.Columns.Select((column, i) => new Assignment(
            new PlanColumn(view.Schema[i].Name, column.Type, column.Nullable), new BoundColumn(column)))]);
        return Aliased(new BoundQuery(renamed), named.Alias ?? new TableAlias(named.Name.Last, []), named);
    }

    private Source Scan(ITable table, string name, TableAlias? alias, SyntaxNode node)
    {
        var columns = Columns(table.Schema, name, alias, node);
        var scan = new LogicalScan(table, name, columns, [.. Enumerable.Range(0, columns.Length)], []);
        return new Source(scan, [.. columns.Select(static column => new ScopeColumn(column.Relation, column.Name, column))]);
    }

    /// <summary>A call whose arguments are columns of the tables on its left.</summary>
    private Source BindLateral(TableFunctionCall call, Functions.TableFunction function, Schema schema, Scope scope)
    {
        var binder = new ExpressionBinder(context, scope, new PlainHost(Errors, "the arguments of a table function"));
        BoundExpression[] arguments = [.. call.Arguments.Select(argument => binder.Bind(argument.Value))];
        var columns = Columns(schema, function.Name, call.Alias ?? FunctionAlias(function.Name), call);
        var plan = new LogicalTableFunction(
            new LogicalValues([], [[]]), function, arguments, columns, [.. Enumerable.Range(0, columns.Length)], []);
        return new Source(plan, [.. columns.Select(static column => new ScopeColumn(column.Relation, column.Name, column))]);
    }

    private static TableAlias FunctionAlias(string name) => new(new Identifier($"{name}()", false), []);

    private PlanColumn[] Columns(Schema schema, string name, TableAlias? alias, SyntaxNode node)
    {
        var relation = alias?.Name.Value ?? name;
        if (alias is not null && alias.Columns.Count > schema.Count)
        {
            throw Errors.At(node, SqlState.InvalidStatement, $"Source table contains {schema.Count} columns but {alias.Columns.Count} names given as column alias.",
                $"Its columns: {string.Join(", ", schema.Fields.Select(static field => field.Name))}.");
        }
        var columns = new PlanColumn[schema.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var given = alias is not null && i < alias.Columns.Count ? alias.Columns[i].Value : schema[i].Name;
            columns[i] = new PlanColumn(given, schema[i].Type, schema[i].Nullable, relation);
        }
        return columns;
    }

    private Source Aliased(BoundQuery query, TableAlias? alias, SyntaxNode node)
    {
        var renamed = alias is null ? query : queries.Rename(query, alias.Columns, node, alias.Name.Value);
        return new Source(renamed.Plan, [.. renamed.Columns.Select(column => new ScopeColumn(alias?.Name.Value ?? column.Relation, column.Name, column))]);
    }

    private Source BindTableFunction(TableFunctionCall call, Scope? outer)
    {
        if (call.WithOrdinality)
        {
            throw Errors.Unsupported(call, "WITH ORDINALITY of a table function", "row_number() OVER () numbers the rows.");
        }
        var name = call.Name.Last.Value;
        if (context.TableFunctions.TryGetValue(call, out var result))
        {
            if (result.Error is { } error)
            {
                throw Errors.Locate(error, call);
            }
            if (result.Lateral is { } lateral)
            {
                return BindLateral(call, lateral.Function, lateral.Schema, outer ?? Scope.Empty(null));
            }
            return Scan(result.Table!, name, call.Alias ?? FunctionAlias(name), call);
        }
        if (IsSetReturning(call))
        {
            return BindSetReturning(call, new Source(new LogicalValues([], [[]]), []), outer ?? Scope.Empty(null), false);
        }
        throw Errors.At(
            call, SqlState.UndefinedFunction, $"table function '{name}' not found", BindingError.Nearest(name, context.Catalog.TableFunctionNames.Concat(SetReturning)));
    }

    private Source BindJoin(JoinedTable join, Scope? outer, Scope? lateral)
    {
        if (join.Kind is SyntaxJoinKind.AsOf or SyntaxJoinKind.CrossApply or SyntaxJoinKind.OuterApply)
        {
            throw Errors.Unsupported(join, $"{join.Kind} JOIN", "Use JOIN LATERAL (…) ON true.");
        }
        var left = BindTable(join.Left, outer, lateral);
        var beside = new Scope(lateral, left.Columns);
        if (ReadsRows(join.Right) && (join.Kind == SyntaxJoinKind.Cross
            || (join.Kind is SyntaxJoinKind.Inner or SyntaxJoinKind.Left && join.Condition is null or JoinOn { Condition: BooleanLiteral { Value: true } })))
        {
            return BindRows(join.Right, left, beside, join.Kind == SyntaxJoinKind.Left);
        }
        var right = BindTable(join.Right, outer, join.Kind is SyntaxJoinKind.Cross or SyntaxJoinKind.Inner or SyntaxJoinKind.Left ? beside : lateral);
        return Combine(join, left, right, outer);
    }

    private Source Combine(JoinedTable join, Source left, Source right, Scope? outer)
    {
        if (join.Kind is SyntaxJoinKind.RightSemi or SyntaxJoinKind.RightAnti)
        {
            var swapped = join with { Kind = join.Kind == SyntaxJoinKind.RightSemi ? SyntaxJoinKind.LeftSemi : SyntaxJoinKind.LeftAnti };
            return Combine(swapped, right, left, outer);
        }
        var kind = join.Kind switch
        {
            SyntaxJoinKind.Inner or SyntaxJoinKind.Cross => JoinKind.Inner,
            SyntaxJoinKind.Left => JoinKind.Left,
            SyntaxJoinKind.Right => JoinKind.Right,
            SyntaxJoinKind.Full => JoinKind.Full,
            SyntaxJoinKind.LeftSemi => JoinKind.LeftSemi,
            _ => JoinKind.LeftAnti,
        };
        left = kind is JoinKind.Right or JoinKind.Full ? AsNullable(left) : left;
        right = kind is JoinKind.Left or JoinKind.Full ? AsNullable(right) : right;
        IReadOnlyList<ScopeColumn> both = [.. left.Columns, .. right.Columns];
        var host = new SubqueryHost(context, queries, tables, "the condition of a join");
        var binder = host.Over(new Scope(outer, both));
        var shared = join.Condition switch
        {
            JoinUsing list => list.Columns.Select(static column => column.Value).ToList(),
            JoinNatural => [.. left.Columns.Where(static c => !c.Merged).Select(static c => c.Name).Where(name => right.Columns.Any(c => c.Name == name && !c.Merged)).Distinct()],
            _ => null,
        };
        if (shared is not null)
        {
            return JoinUsing(join, kind, left, right, shared, binder);
        }
        var condition = join.Condition is JoinOn on ? binder.BindCondition(on.Condition, "ON") : null;
        if (condition is BoundLiteral { Value.Value: true })
        {
            condition = null;
        }
        if (condition is null && join.Condition is null && join.Kind is not (SyntaxJoinKind.Cross or SyntaxJoinKind.Inner))
        {
            throw Errors.At(join, SqlState.InvalidStatement, $"{join.Kind.ToString().ToUpperInvariant()} JOIN needs a condition.", "Add ON … or USING (…).");
        }
        var plan = host.Found.Count > 0 ? JoinWithSubqueries(left.Plan, right.Plan, kind, condition!, host.Found) : Join(left.Plan, right.Plan, kind, condition);
        return new Source(plan, kind is JoinKind.LeftSemi or JoinKind.LeftAnti ? left.Columns : both);
    }

    /// <summary>The side of an outer join that may be missing: its columns may be NULL above, whatever they are below.</summary>
    private static Source AsNullable(Source source)
    {
        if (source.Plan.Columns.All(static column => column.Nullable))
        {
            return source;
        }
        var outer = source.Plan.Columns.ToDictionary(
            static column => column, static column => column.Nullable ? column : new PlanColumn(column.Name, column.Type, true, column.Relation));
        return new Source(
            new LogicalProject(source.Plan, [.. source.Plan.Columns.Select(column => new Assignment(outer[column], new BoundColumn(column)))]),
            [.. source.Columns.Select(column => column with { Column = outer.GetValueOrDefault(column.Column, column.Column) })]);
    }

    /// <summary>A join on equal names, whose common columns appear once: from the side that is always there, or whichever is not NULL.</summary>
    private Source JoinUsing(JoinedTable join, JoinKind kind, Source left, Source right, List<string> shared, ExpressionBinder binder)
    {
        var conditions = new List<BoundExpression>();
        var columns = new List<ScopeColumn>();
        var merged = new List<Assignment>();
        var pairs = new Dictionary<string, (ScopeColumn Left, ScopeColumn Right)>();
        foreach (var name in shared)
        {
            var pair = (Find(left, name, join), Find(right, name, join));
            pairs[name] = pair;
            conditions.Add(binder.Compare(ComparisonOperator.Equal, new BoundColumn(pair.Item1.Column), new BoundColumn(pair.Item2.Column), join));
        }
        foreach (var column in left.Columns)
        {
            if (column.Merged || !pairs.TryGetValue(column.Name, out var pair))
            {
                columns.Add(column);
            }
            else if (kind is JoinKind.Right)
            {
                columns.Add(new ScopeColumn(null, column.Name, pair.Right.Column));
                columns.Add(column with { Merged = true });
            }
            else if (kind is JoinKind.Full)
            {
                var either = binder.CommonType([new BoundColumn(column.Column), new BoundColumn(pair.Right.Column)], join);
                var value = new PlanColumn(column.Name, either[0].Type);
                merged.Add(new Assignment(value, new BoundCase([new BoundWhen(new BoundIsNull(either[0], true), either[0])], either[1], either[0].Type)));
                columns.Add(new ScopeColumn(null, column.Name, value));
                columns.Add(column with { Merged = true });
            }
            else
            {
                columns.Add(column);
            }
        }
        if (kind is not (JoinKind.LeftSemi or JoinKind.LeftAnti))
        {
            columns.AddRange(right.Columns.Select(column => pairs.ContainsKey(column.Name) ? column with { Merged = true } : column));
        }
        var plan = Join(left.Plan, right.Plan, kind, BoundExpressions.And(conditions));
        if (merged.Count > 0)
        {
            plan = new LogicalProject(plan, [.. plan.Columns.Select(static column => new Assignment(column, new BoundColumn(column))), .. merged]);
        }
        return new Source(plan, columns);
    }

    private ScopeColumn Find(Source source, string name, SyntaxNode node)
    {
        var found = source.Columns.Where(column => column.Name == name && !column.Merged).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw Errors.At(node, SqlState.UndefinedColumn, $"The join's column '{name}' is missing on one side.",
                BindingError.Nearest(name, source.Columns.Where(static column => !column.Merged).Select(static column => column.Name))),
            _ => throw Errors.At(node, SqlState.AmbiguousColumn, $"The join's column '{name}' is ambiguous.", "Join by ON with qualified names."),
        };
    }
}
