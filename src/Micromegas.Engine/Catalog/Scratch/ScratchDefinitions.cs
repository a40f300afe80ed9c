using Micromegas.Columnar;
using Micromegas.Engine.Statements;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Catalog.Scratch;

/// <summary>Binds CREATE and DROP.</summary>
internal sealed class ScratchDefinitions(ScratchCatalog catalog, StatementServices services)
{
    public async ValueTask<StatementAction> BindAsync(CreateTableStatement create, CancellationToken cancellationToken)
    {
        var name = NewName(create.Name);
        CheckAbsent(create, create.Name, name, create.OrReplace, create.IfNotExists);
        if (create.Query is null)
        {
            if (create.Columns.IsEmpty)
            {
                throw services.Error(create, SqlState.InvalidStatement, "A table needs at least one column.", "CREATE TABLE t (name TYPE, …).");
            }
            var empty = new ScratchTable(Columns(create), [.. create.Columns.Select(Default)], catalog.Budget)
            {
                Keys = Keys(create, name),
                Identities = [.. create.Columns.Select(static (column, i) => (column, i)).Where(static pair => IsIdentity(pair.column)).Select(static pair => new ScratchIdentity(pair.i))],
            };
            return StatementAction.Of(() => Add(create, name, empty));
        }
        var plan = await services.BindAsync(create.Query, null, cancellationToken).ConfigureAwait(false);
        if (create.Columns.Count > 0 && create.Columns.Count != plan.Columns.Count)
        {
            throw services.Error(create, SqlState.InvalidStatement, $"The query has {plan.Columns.Count} columns, the table {create.Columns.Count}.", "Name all columns of the query, or none.");
        }
        Field[] fields = [.. plan.Columns.Select((column, i) => new Field(
            create.Columns.Count > 0 ? create.Columns[i].Name.Value : column.Name,
            create.Columns.Count > 0 && create.Columns[i].Type is { } type ? services.ResolveType(type) : NotNull(column.Type),
            create.Columns.Count == 0 || !IsRequired(create, create.Columns[i])))];
        CheckNames(create, fields);
        CheckConstraints(create, fields);
        var table = new ScratchTable(new Schema(fields), new ScratchDefault?[fields.Length], catalog.Budget) { Keys = Keys(create, name) };
        var rows = ScratchChanges.Convert(services, plan, table.Schema, create);
        return new ScratchChange(catalog, services, table, services.Optimize(rows), ScratchChangeKind.Insert, null)
        {
            Before = () => CanAdd(create, name),
            After = () => Add(create, name, table),
        };
    }

    public async ValueTask<StatementAction> BindAsync(CreateViewStatement create, CancellationToken cancellationToken)
    {
        var name = NewName(create.Name);
        CheckAbsent(create, create.Name, name, create.OrReplace, create.IfNotExists);
        var schema = await services.DescribeAsync(create.Query, cancellationToken).ConfigureAwait(false);
        if (create.Columns.Count > schema.Count)
        {
            throw services.Error(create, SqlState.InvalidStatement, $"The query has {schema.Count} columns, the view names {create.Columns.Count}.", "Name all columns of the query, or none.");
        }
        Field[] fields = [.. schema.Fields.Select((field, i) => i < create.Columns.Count ? field with { Name = create.Columns[i].Value } : field)];
        CheckNames(create, fields);
        var view = new SqlView(services.Sql, create.Query, new Schema(fields));
        return StatementAction.Of(() =>
        {
            if (!catalog.Add(name, view, create.OrReplace) && !create.IfNotExists)
            {
                throw services.Error(create.Name, SqlState.DuplicateTable, $"The view '{name}' exists already.", "CREATE OR REPLACE VIEW replaces it.");
            }
        });
    }

    public StatementAction Bind(CreateSchemaStatement create)
    {
        var name = create.Name.Last.Value;
        return StatementAction.Of(() =>
        {
            if (catalog.HasSchema(name) && !create.IfNotExists)
            {
                throw services.Error(create.Name, SqlState.DuplicateSchema, $"The schema '{name}' exists already.", "CREATE SCHEMA IF NOT EXISTS passes over it.");
            }
            catalog.AddSchema(name);
        });
    }

    /// <summary>Indexes are accepted, so that scripts run; tables in memory are scanned.</summary>
    public StatementAction? Bind(CreateIndexStatement create)
    {
        if (TableName.Of(create.Table) is not { } name || catalog.Find(name) is not ScratchTable table)
        {
            return null;
        }
        foreach (var key in create.Keys)
        {
            if (key.Expression is ColumnReference column && table.Schema.IndexOf(column.Parts[^1].Value) < 0)
            {
                throw services.Error(
                    key, SqlState.UndefinedColumn, $"No column of '{name}' is called '{column.Parts[^1].Value}'.",
                    Binding.BindingError.Nearest(column.Parts[^1].Value, table.Schema.Fields.Select(static field => field.Name)));
            }
        }
        return StatementAction.Of(static () => { });
    }

    public StatementAction? Bind(DropStatement drop) => drop.Kind switch
    {
        DropKind.Table or DropKind.View => BindDropTable(drop),
        DropKind.Schema => BindDropSchema(drop),
        DropKind.Index when drop.IfExists => StatementAction.Of(static () => { }),
        _ => null,
    };

    private StatementAction? BindDropTable(DropStatement drop)
    {
        var names = new List<TableName>();
        foreach (var syntax in drop.Names)
        {
            if (TableName.Of(syntax) is { } name && catalog.Find(name) is { } table)
            {
                if (table is SqlView != (drop.Kind == DropKind.View))
                {
                    throw services.Error(
                        syntax, SqlState.WrongObjectType, $"'{name}' is a {(table is SqlView ? "view" : "table")}.", $"Use DROP {(table is SqlView ? "VIEW" : "TABLE")}.");
                }
                names.Add(name);
            }
            else if (services.Catalog.TableNames.Contains(syntax.Last.Value))
            {
                // A table of the lake: the catalogue behind may know what to do.
                return null;
            }
            else if (!drop.IfExists)
            {
                throw services.Error(
                    syntax, SqlState.UndefinedTable, $"table '{string.Join('.', syntax.Parts.Select(static part => part.Value))}' not found",
                    Binding.BindingError.Nearest(syntax.Last.Value, catalog.TableNames));
            }
        }
        return StatementAction.Of(() => names.ForEach(name => catalog.Remove(name)));
    }

    private StatementAction BindDropSchema(DropStatement drop)
    {
        string[] names = [.. drop.Names.Select(static name => name.Last.Value)];
        return StatementAction.Of(() =>
        {
            foreach (var name in names)
            {
                if (!catalog.HasSchema(name))
                {
                    if (drop.IfExists)
                    {
                        continue;
                    }
                    throw services.Error(
                        drop, SqlState.UndefinedSchema, $"The schema '{name}' does not exist.", Binding.BindingError.Nearest(name, catalog.SchemaNames));
                }
                if (name == Binding.EngineNames.DefaultSchema || (drop.Cascade != true && !catalog.IsEmpty(name)))
                {
                    throw services.Error(drop, SqlState.DependentObjects, $"The schema '{name}' is not empty.", "CASCADE drops its tables too.");
                }
                catalog.RemoveSchema(name);
            }
        });
    }

    private TableName NewName(QualifiedName syntax)
    {
        if (TableName.Of(syntax) is not { } name || name.Schema == Binding.EngineNames.InformationSchema || !catalog.HasSchema(name.Schema))
        {
            throw services.Error(
                syntax, SqlState.UndefinedSchema, $"The schema of '{string.Join('.', syntax.Parts.Select(static part => part.Value))}' does not exist.",
                Binding.BindingError.Nearest(syntax.Parts[0].Value, catalog.SchemaNames));
        }
        return name;
    }

    private void CheckAbsent(SyntaxNode node, QualifiedName syntax, TableName name, bool replace, bool ifNotExists)
    {
        if (replace && ifNotExists)
        {
            throw services.Error(node, SqlState.SyntaxError, "OR REPLACE and IF NOT EXISTS exclude each other.", "Leave one of them out.");
        }
        if (!replace && !ifNotExists && catalog.Find(name) is not null)
        {
            throw services.Error(syntax, SqlState.DuplicateTable, $"The table '{name}' exists already.", "IF NOT EXISTS passes over it, OR REPLACE replaces it.");
        }
    }

    private bool CanAdd(CreateTableStatement create, TableName name)
    {
        if (create.OrReplace || catalog.Find(name) is null)
        {
            return true;
        }
        return create.IfNotExists ? false : throw services.Error(create.Name, SqlState.DuplicateTable, $"The table '{name}' exists already.", "IF NOT EXISTS passes over it, OR REPLACE replaces it.");
    }

    private void Add(CreateTableStatement create, TableName name, ScratchTable table)
    {
        if (CanAdd(create, name))
        {
            catalog.Add(name, table, true);
        }
    }

    private Schema Columns(CreateTableStatement create)
    {
        Field[] fields = [.. create.Columns.Select(column =>
        {
            if (column.Generated is not null)
            {
                throw services.Unsupported(column, "A generated column");
            }
            var type = column.Type is null
                ? throw services.Error(column, SqlState.SyntaxError, $"The column '{column.Name.Value}' needs a type.", "Such as BIGINT, TEXT or TIMESTAMP.")
                : Serial(column.Type) ?? services.ResolveType(column.Type);
            if (IsIdentity(column) && type.Kind is not (TypeKind.Int16 or TypeKind.Int32 or TypeKind.Int64))
            {
                throw services.Error(column, SqlState.DatatypeMismatch, $"An identity column is SMALLINT, INT or BIGINT, not {type}.", "GENERATED BY DEFAULT AS IDENTITY numbers rows.");
            }
            return new Field(column.Name.Value, type, !IsRequired(create, column));
        })];
        CheckNames(create, fields);
        CheckConstraints(create, fields);
        return new Schema(fields);
    }

    /// <summary>Whether a column may not be NULL: it says so, numbers the rows, or belongs to the primary key.</summary>
    private static bool IsRequired(CreateTableStatement create, ColumnDefinition column) =>
        column.NotNull == true || IsIdentity(column) || column.Constraints.Any(static c => c.Kind == ConstraintKind.PrimaryKey)
        || create.Constraints.Any(c => c.Kind == ConstraintKind.PrimaryKey && c.Columns.Any(key => key.Value == column.Name.Value));

    private void CheckConstraints(CreateTableStatement create, Field[] fields)
    {
        foreach (var constraint in create.Constraints)
        {
            foreach (var column in constraint.Columns)
            {
                if (!Array.Exists(fields, field => field.Name == column.Value))
                {
                    throw services.Error(
                        column, SqlState.UndefinedColumn, $"The constraint names '{column.Value}', which is no column of the table.",
                        Binding.BindingError.Nearest(column.Value, fields.Select(static field => field.Name)));
                }
            }
        }
    }

    /// <summary>The type of a column that PostgreSQL's SERIAL names make an identity.</summary>
    private static DataType? Serial(SqlTypeName type) => (type as SimpleTypeName)?.Name.ToUpperInvariant() switch
    {
        "SMALLSERIAL" or "SERIAL2" => DataType.Int16,
        "SERIAL" or "SERIAL4" => DataType.Int32,
        "BIGSERIAL" or "SERIAL8" => DataType.Int64,
        _ => null,
    };

    private static bool IsIdentity(ColumnDefinition column) => column.Identity || (column.Type is { } type && Serial(type) is not null);

    /// <summary>The constraints that forbid equal rows, by PostgreSQL's names where they have none.</summary>
    private static List<ScratchKey> Keys(CreateTableStatement create, TableName table)
    {
        var keys = new List<ScratchKey>();
        foreach (var column in create.Columns)
        {
            column.Constraints.ToList().ForEach(constraint => Add(constraint, [column.Name.Value]));
        }
        create.Constraints.ToList().ForEach(constraint => Add(constraint, [.. constraint.Columns.Select(static column => column.Value)]));
        return keys;

        void Add(TableConstraint constraint, string[] columns)
        {
            if (constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique)
            {
                keys.Add(new ScratchKey(
                    constraint.Name?.Value ?? (constraint.Kind == ConstraintKind.PrimaryKey ? $"{table.Name}_pkey" : $"{table.Name}_{string.Join('_', columns)}_key"), columns));
            }
        }
    }

    private ScratchDefault? Default(ColumnDefinition column) => column.Default is null ? null : new ScratchDefault(column.Default, services.Sql);

    private void CheckNames(SyntaxNode node, Field[] fields)
    {
        if (fields.GroupBy(static field => field.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
        {
            throw services.Error(node, SqlState.DuplicateColumn, $"The column name '{twice.Key}' stands more than once.", "Give each column a name of its own, with AS in a query.");
        }
    }

    /// <summary>A column of nothing but NULLs becomes text, as in PostgreSQL.</summary>
    private static DataType NotNull(DataType type) => type.Kind == TypeKind.Null ? DataType.Utf8 : type;
}
