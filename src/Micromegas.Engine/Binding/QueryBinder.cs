using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;
using Assignment = Micromegas.Engine.Plans.Logical.Assignment;

namespace Micromegas.Engine.Binding;

/// <summary>Binds queries: WITH, set operations, VALUES, ORDER BY and LIMIT around a SELECT.</summary>
internal sealed partial class QueryBinder(BinderContext context)
{
    private BindingError Errors => context.Errors;

    /// <summary>Binds a query whose subqueries may also name columns of <paramref name="outer"/>.</summary>
    public BoundQuery Bind(Query query, Scope? outer, CommonTables? tables)
    {
        foreach (var clause in query.Unsupported)
        {
            throw Errors.Unsupported(clause, clause.Name);
        }
        var definitions = new List<CommonTables.Entry>();
        var visible = query.With is null ? tables : BindWith(query.With, outer, tables, definitions);
        LogicalPlan plan;
        if (query.Body is SelectCore select)
        {
            plan = new SelectBinder(context, this, visible).Bind(select, query.OrderBy, outer);
        }
        else
        {
            plan = BindBody(query.Body, outer, visible).Plan;
            plan = SortByOutput(plan, query.OrderBy, outer);
        }
        // A definition that nobody names is bound all the same, so that its mistakes are told.
        foreach (var definition in definitions)
        {
            if (!visible!.IsUsed(definition))
            {
                BindCommonTable(definition);
            }
        }
        return new BoundQuery(Limit(plan, query, outer, visible));
    }

    /// <summary>Binds an operand of a set operation or the body of a query.</summary>
    public BoundQuery BindBody(QueryExpression body, Scope? outer, CommonTables? tables) => body switch
    {
        Query query => Bind(query, outer, tables),
        SelectCore select => new BoundQuery(new SelectBinder(context, this, tables).Bind(select, [], outer)),
        SetOperation operation => BindSetOperation(operation, outer, tables),
        ValuesExpression values => BindValues(values, outer, tables),
        TableExpression table => new BoundQuery(
            new SelectBinder(context, this, tables).Bind(
                new SelectCore([new SelectItem(new StarExpression((QualifiedName?)null), null)]) { From = [new NamedTable(table.Name, null) { Span = table.Span }] }, [], outer)),
        _ => throw Errors.Unsupported(body, body.GetType().Name),
    };

    private CommonTables BindWith(WithClause with, Scope? outer, CommonTables? tables, List<CommonTables.Entry> definitions)
    {
        var visible = new CommonTables(tables);
        foreach (var table in with.Tables)
        {
            var recursive = with.Recursive && TableReferences.Names(table.Query).Contains(new TableName(table.Name.Value));
            // Later definitions see earlier ones; a definition sees itself only when it is recursive.
            var before = visible;
            visible = new CommonTables(visible);
            var definition = new CommonTables.Entry(table, before, outer, null, recursive);
            definitions.Add(definition);
            visible.Add(table.Name.Value, definition);
        }
        if (with.Tables.Select(static table => table.Name.Value).Distinct().Count() != with.Tables.Count)
        {
            throw Errors.At(with, SqlState.DuplicateAlias, "WITH query names must be unique.", "Rename one of them.");
        }
        return visible;
    }

    /// <summary>Binds one use of a common table expression.</summary>
    public BoundQuery BindCommonTable(CommonTables.Entry entry)
    {
        if (entry.Working is { } working)
        {
            return new BoundQuery(new LogicalRecursiveReference(working, [.. working.Schema.Fields.Select(static f => new PlanColumn(f.Name, f.Type, f.Nullable))]));
        }
        var bound = entry.IsRecursive ? BindRecursive(entry) : Bind(entry.Syntax.Query, entry.Scope, entry.Visible);
        return Rename(bound, entry.Syntax.Columns, entry.Syntax, entry.Syntax.Name.Value);
    }

    private BoundQuery BindRecursive(CommonTables.Entry entry)
    {
        if (entry.Syntax.Query is not { Body: SetOperation { Operator: SetOperator.Union } union } || !entry.Syntax.Query.OrderBy.IsEmpty)
        {
            throw Errors.Unsupported(entry.Syntax, "A recursive query other than 'anchor UNION [ALL] step'", "Write WITH RECURSIVE r AS (SELECT … UNION ALL SELECT … FROM r).");
        }
        var anchor = Rename(BindBody(union.Left, entry.Scope, entry.Visible), entry.Syntax.Columns, entry.Syntax, entry.Syntax.Name.Value);
        var working = new RecursiveTable(
            entry.Syntax.Name.Value, new Schema(anchor.Columns.Select(static column => new Field(column.Name, column.Type)).ToArray()));
        var inner = new CommonTables(entry.Visible);
        inner.Add(entry.Syntax.Name.Value, entry with { Working = working });
        var step = BindBody(union.Right, entry.Scope, inner);
        if (step.Columns.Count != anchor.Columns.Count)
        {
            throw Errors.At(union, SqlState.InvalidStatement, "Both parts of a recursive query need the same number of columns.", $"The first has {anchor.Columns.Count}, the second {step.Columns.Count}.");
        }
        PlanColumn[] output = [.. anchor.Columns.Select(static column => new PlanColumn(column.Name, column.Type))];
        var recursive = new LogicalRecursive(
            anchor.Plan, Convert(step.Plan, output.Select(static column => column.Type).ToArray(), entry.Syntax), working, !union.All, output);
        // A limit counts the rows of all iterations and ends them.
        return new BoundQuery(Limit(recursive, entry.Syntax.Query, entry.Scope, entry.Visible));
    }

    /// <summary>Gives the columns other names.</summary>
    public BoundQuery Rename(BoundQuery query, SyntaxList<Identifier> names, SyntaxNode node, string? relation)
    {
        if (names.IsEmpty)
        {
            return query;
        }
        if (names.Count > query.Columns.Count)
        {
            throw Errors.At(node, SqlState.InvalidStatement, $"Source table contains {query.Columns.Count} columns but {names.Count} names given as column alias.",
                $"Its columns: {string.Join(", ", query.Columns.Select(static column => column.Name))}.");
        }
        return new BoundQuery(new LogicalProject(
            query.Plan,
            [.. query.Columns.Select((column, i) => new Assignment(
                new PlanColumn(i < names.Count ? names[i].Value : column.Name, column.Type, column.Nullable, relation), new BoundColumn(column)))]));
    }

    private BoundQuery BindSetOperation(SetOperation operation, Scope? outer, CommonTables? tables)
    {
        // Unions grow along the left side: unwind them by a loop.
        var chain = new Stack<SetOperation>();
        QueryExpression at = operation;
        while (at is SetOperation next)
        {
            chain.Push(next);
            at = next.Left;
        }
        var left = BindBody(at, outer, tables);
        while (chain.TryPop(out var node))
        {
            var right = BindBody(node.Right, outer, tables);
            left = node.ByName ? CombineByName(left, right, node) : Combine(left, right, node);
        }
        return left;
    }

    private BoundQuery Combine(BoundQuery left, BoundQuery right, SetOperation node)
    {
        if (left.Columns.Count != right.Columns.Count)
        {
            throw Errors.At(
                node, SqlState.InvalidStatement,
                $"{node.Operator.ToString().ToUpperInvariant()} queries have different number of columns: left has {left.Columns.Count} columns whereas right has {right.Columns.Count} columns.",
                "UNION BY NAME fills columns that are missing on one side with NULL.");
        }
        var types = new DataType[left.Columns.Count];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = Common(left.Columns[i].Type, right.Columns[i].Type, left.Columns[i].Name, node);
        }
        var a = Convert(left.Plan, types, node);
        var b = Convert(right.Plan, types, node);
        if (node.Operator != SetOperator.Union)
        {
            return new BoundQuery(new LogicalSetOperation(a, b, node.Operator == SetOperator.Intersect, node.All));
        }
        PlanColumn[] output = [.. a.Columns.Select((column, i) => new PlanColumn(column.Name, column.Type, column.Nullable || b.Columns[i].Nullable, column.Relation))];
        LogicalPlan plan = a is LogicalUnionAll flat && node.All && flat.Output.Select(static c => c.Type).SequenceEqual(types)
            ? new LogicalUnionAll([.. flat.Branches, b], output)
            : new LogicalUnionAll([a, b], output);
        return new BoundQuery(node.All ? plan : Distinct(plan));
    }

    private BoundQuery CombineByName(BoundQuery left, BoundQuery right, SetOperation node)
    {
        if (node.Operator != SetOperator.Union)
        {
            throw Errors.Unsupported(node, $"{node.Operator} BY NAME", "List the columns in one order on both sides.");
        }
        if (left.Columns.GroupBy(static c => c.Name).Concat(right.Columns.GroupBy(static c => c.Name)).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw Errors.At(node, SqlState.AmbiguousColumn, $"UNION BY NAME: the column '{twice.Key}' stands more than once on one side.", "Give the columns different names.");
        }
        string[] names = [.. left.Columns.Select(static c => c.Name), .. right.Columns.Select(static c => c.Name).Except(left.Columns.Select(static c => c.Name))];
        var aligned = new[] { left, right }.Select(side => new BoundQuery(new LogicalProject(side.Plan, [.. names.Select(name =>
        {
            var own = side.Columns.FirstOrDefault(column => column.Name == name);
            var other = left.Columns.Concat(right.Columns).First(column => column.Name == name);
            return own is null
                ? new Assignment(new PlanColumn(name, other.Type), new BoundLiteral(new Scalar(other.Type, null)))
                : new Assignment(own, new BoundColumn(own));
        })]))).ToArray();
        return Combine(aligned[0], aligned[1], node with { ByName = false });
    }

    /// <summary>A plan without duplicate rows.</summary>
    public static LogicalPlan Distinct(LogicalPlan plan) =>
        new LogicalAggregate(plan, [.. plan.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))], []);

    private DataType Common(DataType left, DataType right, string name, SyntaxNode node) => left == right
        ? left
        : TypeCoercion.Union(left, right)
            ?? throw Errors.At(node, SqlState.DatatypeMismatch, $"Column '{name}' is {left} on one side and {right} on the other, which have no common type.", $"Cast it on one side: CAST({name} AS TEXT).");

    /// <summary>The plan with its columns cast to other types.</summary>
    public LogicalPlan Convert(LogicalPlan plan, DataType[] types, SyntaxNode node)
    {
        if (plan.Columns.Select(static column => column.Type).SequenceEqual(types))
        {
            return plan;
        }
        var binder = new ExpressionBinder(context, Scope.Empty(null), new PlainHost(Errors, "here"));
        return new LogicalProject(plan, [.. plan.Columns.Select((column, i) => column.Type == types[i]
            ? new Assignment(column, new BoundColumn(column))
            : new Assignment(new PlanColumn(column.Name, types[i], column.Nullable, column.Relation), binder.Cast(new BoundColumn(column), types[i], node: node)))]);
    }

    private BoundQuery BindValues(ValuesExpression values, Scope? outer, CommonTables? tables)
    {
        var host = new SubqueryHost(context, this, tables, "VALUES");
        var binder = host.Over(Scope.Empty(outer));
        var width = values.Rows[0].Values.Count;
        var rows = new List<BoundExpression[]>(values.Rows.Count);
        foreach (var row in values.Rows)
        {
            if (row.Values.Count != width)
            {
                throw Errors.At(row, SqlState.InvalidStatement, $"Inconsistent data length across values list: got {row.Values.Count} values but expected {width}.", "All rows of VALUES need the same number of values; NULL stands for none.");
            }
            rows.Add([.. row.Values.Select(binder.Bind)]);
        }
        var columns = new PlanColumn[width];
        for (var i = 0; i < width; i++)
        {
            var converted = binder.CommonType([.. rows.Select(row => row[i])], values, TypeCoercion.Items);
            for (var r = 0; r < rows.Count; r++)
            {
                rows[r][i] = converted[r];
            }
            columns[i] = new PlanColumn($"column{i + 1}", converted[0].Type);
        }
        if (host.Found.Count == 0)
        {
            return new BoundQuery(new LogicalValues(columns, rows));
        }
        var beside = host.Beside(new LogicalValues([], [[]]));
        LogicalPlan[] each = [.. rows.Select(row => new LogicalProject(
            beside, [.. row.Select((value, i) => new Assignment(new PlanColumn(columns[i].Name, value.Type), value))]))];
        return new BoundQuery(each.Length == 1 ? each[0] : new LogicalUnionAll(each, columns));
    }

    /// <summary>ORDER BY of a set operation or VALUES: positions and names of the output, or expressions of them.</summary>
    private LogicalPlan SortByOutput(LogicalPlan plan, SyntaxList<OrderByItem> orderBy, Scope? outer)
    {
        if (orderBy.IsEmpty)
        {
            return plan;
        }
        var scope = new Scope(outer, [.. plan.Columns.Select(static column => new ScopeColumn(column.Relation, column.Name, column))]);
        var binder = new ExpressionBinder(context, scope, new PlainHost(Errors, "ORDER BY"));
        return new LogicalSort(plan, [.. orderBy.SelectMany(item => Keys(item).Select(key => SortKeys.Make(item, key)))]);

        IEnumerable<BoundExpression> Keys(OrderByItem item) => item.Expression switch
        {
            AllColumnsExpression => plan.Columns.Select(static column => new BoundColumn(column)),
            // Of several columns of that name the first is meant, as in a select list.
            ColumnReference { Parts.Count: 1 } name when plan.Columns.FirstOrDefault(column => column.Name == name.Parts[0].Value) is { } named => [new BoundColumn(named)],
            _ => [SortKeys.Position(item, plan.Columns, Errors) is { } column ? new BoundColumn(column) : binder.Bind(item.Expression)],
        };
    }
}

/// <summary>Sort keys from ORDER BY items.</summary>
internal static class SortKeys
{
    /// <summary>A key with its direction; NULL is larger than every value unless said otherwise (spec/sql.md §0.1).</summary>
    public static SortKey Make(OrderByItem item, BoundExpression expression)
    {
        var descending = item.Direction == SortDirection.Descending;
        return new SortKey(expression, descending, item.Nulls == NullOrder.Default ? descending : item.Nulls == NullOrder.First);
    }

    /// <summary>The output column that <c>ORDER BY 2</c> means; null when the item is no number.</summary>
    public static PlanColumn? Position(OrderByItem item, IReadOnlyList<PlanColumn> output, BindingError errors)
    {
        if (item.Expression is not Int64Literal position)
        {
            return null;
        }
        return position.Value >= 1 && position.Value <= output.Count
            ? output[(int)position.Value - 1]
            : throw errors.At(item, SqlState.UndefinedColumn, $"ORDER BY position {position.Value} is not among the {output.Count} columns of the result.",
                "Numbers in ORDER BY are positions in the result.");
    }
}
