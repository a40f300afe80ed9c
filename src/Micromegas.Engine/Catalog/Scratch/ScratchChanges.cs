using Micromegas.Columnar;
using Micromegas.Engine.Binding;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Statements;
using Micromegas.Sql.Syntax;
using Assignment = Micromegas.Engine.Plans.Logical.Assignment;

namespace Micromegas.Engine.Catalog.Scratch;

/// <summary>Binds INSERT, UPDATE, DELETE and TRUNCATE to the query that finds the rows affected.</summary>
internal sealed class ScratchChanges(ScratchCatalog catalog, StatementServices services)
{
    /// <summary>The name under which the query finds the table with its row numbers; it hides a table of that name inside the statement.</summary>
    private static readonly TableName Numbered = new("numbered rows");

    public StatementAction? Bind(TruncateStatement truncate)
    {
        var tables = new List<ScratchTable>();
        foreach (var name in truncate.Tables)
        {
            if (Target(name) is not { } table)
            {
                return null;
            }
            tables.Add(table);
        }
        return StatementAction.Of(async token =>
        {
            await catalog.Changes.WaitAsync(token).ConfigureAwait(false);
            try
            {
                tables.ForEach(static table => table.Rows.Clear());
            }
            finally
            {
                catalog.Changes.Release();
            }
        });
    }

    public async ValueTask<StatementAction?> BindAsync(InsertStatement insert, CancellationToken cancellationToken)
    {
        if (Target(insert.Table) is not { } table)
        {
            return null;
        }
        if (insert.OnConflict is not null || insert.Replace || insert.Overwrite)
        {
            throw services.Unsupported(insert, insert.Overwrite ? "INSERT OVERWRITE" : insert.Replace ? "REPLACE INTO" : "ON CONFLICT");
        }
        var targets = Columns(insert, table);
        LogicalPlan source = new LogicalValues([], [[]]);
        if (insert.Source is { } query)
        {
            var (rewritten, defaults) = WithoutDefaults(query);
            source = await services.BindAsync(rewritten, null, cancellationToken).ConfigureAwait(false);
            if (source.Columns.Count != targets.Length)
            {
                throw services.Error(
                    query, SqlState.SyntaxError, $"INSERT has {targets.Length} target columns but {source.Columns.Count} expressions.",
                    $"The columns are {string.Join(", ", targets.Select(target => table.Schema[target].Name))}.");
            }
            source = FillDefaults(source, targets, defaults, table);
        }
        else
        {
            targets = [];
        }
        var columns = new Assignment[table.Schema.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            var given = Array.IndexOf(targets, i);
            var value = given >= 0 ? new BoundColumn(source.Columns[given]) : DefaultOf(table, i);
            columns[i] = new Assignment(new PlanColumn(table.Schema[i].Name, value.Type, value.Nullable), value);
        }
        var rows = Convert(services, new LogicalProject(source, columns), table.Schema, insert);
        var returning = await ReturningAsync(insert.Returning, table, insert.Alias ?? insert.Table.Last, cancellationToken).ConfigureAwait(false);
        return new ScratchChange(catalog, services, table, services.Optimize(rows), ScratchChangeKind.Insert, returning);
    }

    public async ValueTask<StatementAction?> BindAsync(UpdateStatement update, CancellationToken cancellationToken)
    {
        if (update.Table is not NamedTable named)
        {
            throw services.Unsupported(update.Table, "UPDATE of something other than a table");
        }
        if (Target(named.Name) is not { } table)
        {
            return null;
        }
        var alias = named.Alias?.Name ?? named.Name.Last;
        var values = new Expression?[table.Schema.Count];
        foreach (var assignment in update.Assignments)
        {
            var ordinal = Ordinal(table, assignment.Column.Last, assignment.Column);
            if (values[ordinal] is not null)
            {
                throw services.Error(assignment, SqlState.DuplicateColumn, $"The column '{assignment.Column.Last.Value}' is assigned more than once.", "Leave one of the assignments out.");
            }
            values[ordinal] = assignment.Value is DefaultValueExpression
                ? table.Defaults[ordinal]?.Expression ?? new NullLiteral { Span = assignment.Value.Span }
                : assignment.Value;
        }
        SelectItem[] items =
        [
            .. table.Schema.Fields.Select((field, i) => new SelectItem(values[i] ?? Column(alias, field.Name), new Identifier(field.Name, true))),
            new SelectItem(Column(alias, ScratchTable.RowColumn), new Identifier(ScratchTable.RowColumn, true)),
        ];
        var plan = await AffectedAsync(table, named, alias, items, update.From, update.Where, cancellationToken).ConfigureAwait(false);
        if (!update.From.IsEmpty)
        {
            // A row that several rows of FROM match is updated once, by whichever comes first.
            var row = new BoundColumn(plan.Columns[^1]);
            plan = new LogicalDistinctOn(plan, [row], [new SortKey(row, false, false)]);
        }
        var returning = await ReturningAsync(update.Returning, table, alias, cancellationToken).ConfigureAwait(false);
        return new ScratchChange(
            catalog, services, table, services.Optimize(Convert(services, plan, table.Rows.Schema, update)), ScratchChangeKind.Update, returning);
    }

    public async ValueTask<StatementAction?> BindAsync(DeleteStatement delete, CancellationToken cancellationToken)
    {
        if (delete.Table is not NamedTable named)
        {
            throw services.Unsupported(delete.Table, "DELETE from something other than a table");
        }
        if (Target(named.Name) is not { } table)
        {
            return null;
        }
        var alias = named.Alias?.Name ?? named.Name.Last;
        SelectItem[] items = [.. table.Rows.Schema.Fields.Select(field => new SelectItem(Column(alias, field.Name), new Identifier(field.Name, true)))];
        var plan = await AffectedAsync(table, named, alias, items, delete.Using, delete.Where, cancellationToken).ConfigureAwait(false);
        if (!delete.Using.IsEmpty)
        {
            var row = new BoundColumn(plan.Columns[^1]);
            plan = new LogicalDistinctOn(plan, [row], [new SortKey(row, false, false)]);
        }
        var returning = await ReturningAsync(delete.Returning, table, alias, cancellationToken).ConfigureAwait(false);
        return new ScratchChange(catalog, services, table, services.Optimize(plan), ScratchChangeKind.Delete, returning);
    }

    /// <summary>A plan's columns in the types of a schema, as by assignment: a cast that fails is an error of the statement.</summary>
    public static LogicalPlan Convert(StatementServices services, LogicalPlan plan, Schema schema, SyntaxNode node) =>
        new QueryBinder(services.ContextFor(services.Sql)).Convert(plan, [.. schema.Fields.Select(static field => field.Type)], node);

    /// <summary>The table that a statement changes; null when it is none of ours, so that the catalogue behind is asked.</summary>
    private ScratchTable? Target(QualifiedName name)
    {
        if (TableName.Of(name) is { } full && catalog.Find(full) is { } found)
        {
            return found as ScratchTable
                ?? throw services.Error(name, SqlState.WrongObjectType, $"'{full}' is a view; only tables can be changed.", "Change the tables that it reads.");
        }
        return services.Catalog.TableNames.Contains(name.Last.Value)
            ? null
            : throw services.Error(
                name, SqlState.UndefinedTable, $"table '{string.Join('.', name.Parts.Select(static part => part.Value))}' not found",
                BindingError.Nearest(name.Last.Value, catalog.TableNames, "SHOW TABLES lists the tables."));
    }

    private int[] Columns(InsertStatement insert, ScratchTable table)
    {
        if (insert.Columns.IsEmpty)
        {
            return [.. Enumerable.Range(0, table.Schema.Count)];
        }
        int[] ordinals = [.. insert.Columns.Select(column => Ordinal(table, column, column))];
        return ordinals.Distinct().Count() == ordinals.Length
            ? ordinals
            : throw services.Error(insert.Columns[0], SqlState.DuplicateColumn, "A target column stands more than once.", "Name each column once.");
    }

    private int Ordinal(ScratchTable table, Identifier column, SyntaxNode node)
    {
        var ordinal = table.Schema.IndexOf(column.Value);
        return ordinal >= 0
            ? ordinal
            : throw services.Error(
                node, SqlState.UndefinedColumn, $"No column is called '{column.Value}' here.",
                BindingError.Nearest(column.Value, table.Schema.Fields.Select(static field => field.Name)));
    }

    private BoundExpression DefaultOf(ScratchTable table, int ordinal)
    {
        if (table.Defaults[ordinal] is not { } given)
        {
            return new BoundLiteral(new Scalar(table.Schema[ordinal].Type, null));
        }
        var context = services.ContextFor(given.Sql);
        return new ExpressionBinder(context, Scope.Empty(null), new PlainHost(context.Errors, "DEFAULT")).Bind(given.Expression);
    }

    /// <summary>VALUES with NULL for DEFAULT, and the places where DEFAULT stood.</summary>
    private static (Query Query, List<(int Row, int Column)> Defaults) WithoutDefaults(Query query)
    {
        var places = new List<(int, int)>();
        if (query.Body is not ValuesExpression values)
        {
            return (query, places);
        }
        var rows = values.Rows.Select((row, r) => row with
        {
            Values = [.. row.Values.Select((value, c) =>
            {
                if (value is not DefaultValueExpression)
                {
                    return value;
                }
                places.Add((r, c));
                return new NullLiteral { Span = value.Span };
            })],
        });
        return (query with { Body = values with { Rows = [.. rows] } }, places);
    }

    private LogicalPlan FillDefaults(LogicalPlan source, int[] targets, List<(int Row, int Column)> places, ScratchTable table)
    {
        if (places.Count == 0 || source is not LogicalValues values)
        {
            return source;
        }
        var context = services.ContextFor(services.Sql);
        var binder = new ExpressionBinder(context, Scope.Empty(null), new PlainHost(context.Errors, "DEFAULT"));
        BoundExpression[][] rows = [.. values.Rows.Select(static row => row.ToArray())];
        foreach (var (row, column) in places)
        {
            rows[row][column] = DefaultOf(table, targets[column]);
        }
        // A column of nothing but DEFAULTs has no type of its own: every cell takes the target's.
        PlanColumn[] columns = [.. targets.Select(target => new PlanColumn(table.Schema[target].Name, table.Schema[target].Type))];
        return new LogicalValues(columns, [.. rows.Select(row => (IReadOnlyList<BoundExpression>)[.. row.Select((cell, i) => binder.Cast(cell, columns[i].Type))])]);
    }

    /// <summary>The rows of the table for which the condition is true, with other items; the table is found with its row numbers.</summary>
    private ValueTask<LogicalPlan> AffectedAsync(
        ScratchTable table, NamedTable named, Identifier alias, SelectItem[] items, SyntaxList<TableReference> others, Expression? where, CancellationToken cancellationToken)
    {
        var target = new NamedTable(new QualifiedName([new Identifier(Numbered.Name, true)]), new TableAlias(alias, [])) { Span = named.Span };
        var query = new Query(new SelectCore([.. items]) { From = [target, .. others], Where = where }) { Span = named.Span };
        return services.BindAsync(query, new Dictionary<TableName, ITable> { [Numbered] = table.Rows }, cancellationToken);
    }

    private async ValueTask<ScratchReturning?> ReturningAsync(
        SyntaxList<SelectItem> items, ScratchTable table, Identifier alias, CancellationToken cancellationToken)
    {
        if (items.IsEmpty)
        {
            return null;
        }
        var rows = new MemoryTable(table.Rows.Schema);
        var target = new NamedTable(new QualifiedName([new Identifier(Numbered.Name, true)]), new TableAlias(alias, [])) { Span = items[0].Span };
        var query = new Query(new SelectCore(items) { From = [target] }) { Span = items[0].Span };
        var visible = new Dictionary<TableName, ITable> { [Numbered] = new ReturnedRows(rows, table.Schema) };
        return new ScratchReturning(services.Optimize(await services.BindAsync(query, visible, cancellationToken).ConfigureAwait(false)), rows);
    }

    private static ColumnReference Column(Identifier relation, string name) => new([relation, new Identifier(name, true)]) { Span = relation.Span };

    /// <summary>Rows affected, without their numbers.</summary>
    private sealed class ReturnedRows(MemoryTable rows, Schema schema) : ITable
    {
        public Schema Schema => schema;

        public TableStatistics? Statistics => null;

        public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken) => rows.PlanScanAsync(request, cancellationToken);
    }
}
