using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Binding;

/// <summary>The tables of <c>information_schema</c> (spec/sql.md §6), made from the catalogue for each statement that names them.</summary>
internal static class InformationSchema
{
    private static readonly Schema Tables = Texts("table_catalog", "table_schema", "table_name", "table_type");
    private static readonly Schema Views = new(Text("table_catalog"), Text("table_schema"), Text("table_name"), new Field("definition", DataType.Utf8));

    private static readonly Schema Columns = new(
        Text("table_catalog"), Text("table_schema"), Text("table_name"), Text("column_name"), new Field("ordinal_position", DataType.UInt64, false),
        new Field("column_default", DataType.Utf8), Text("is_nullable"), Text("data_type"), Number("character_maximum_length"), Number("character_octet_length"),
        Number("numeric_precision"), Number("numeric_precision_radix"), Number("numeric_scale"), Number("datetime_precision"),
        new Field("interval_type", DataType.Utf8));

    private static readonly Schema Schemata = new(
        Text("catalog_name"), Text("schema_name"), new Field("schema_owner", DataType.Utf8), new Field("default_character_set_catalog", DataType.Utf8),
        new Field("default_character_set_schema", DataType.Utf8), new Field("default_character_set_name", DataType.Utf8), new Field("sql_path", DataType.Utf8));

    private static readonly Schema Routines = new(
        Text("specific_catalog"), Text("specific_schema"), Text("specific_name"), Text("routine_catalog"), Text("routine_schema"), Text("routine_name"),
        Text("routine_type"), new Field("is_deterministic", DataType.Boolean), new Field("data_type", DataType.Utf8),
        new Field("function_type", DataType.Utf8), new Field("description", DataType.Utf8), new Field("syntax_example", DataType.Utf8));

    private static readonly Schema Settings = new(Text("name"), new Field("value", DataType.Utf8), new Field("description", DataType.Utf8));

    private static readonly Schema Description = Texts("column_name", "data_type", "is_nullable");

    public static IReadOnlySet<string> TableNames { get; } = new HashSet<string> { "tables", "views", "columns", "schemata", "routines", "df_settings" };

    /// <summary>The table of that name with its rows as of now.</summary>
    public static async ValueTask<ITable> MakeAsync(
        string name, ICatalog catalog, FunctionRegistry functions, Statements.SessionSettings? session, CancellationToken cancellationToken)
    {
        var (schema, rows) = name switch
        {
            "tables" => (Tables, (await catalog.ListTablesAsync(cancellationToken).ConfigureAwait(false)).Select(static table => Row(EngineNames.DefaultCatalog, table.Name.Schema, table.Name.Name, table.Kind))),
            "views" => (Views, await ViewRowsAsync(catalog, cancellationToken).ConfigureAwait(false)),
            "columns" => (Columns, await ColumnRowsAsync(catalog, cancellationToken).ConfigureAwait(false)),
            "schemata" => (Schemata, catalog.SchemaNames.Select(static schema => Row(EngineNames.DefaultCatalog, schema, null, null, null, null, null))),
            "df_settings" => (Settings, Statements.SettingStatements.Rows(session)),
            _ => (Routines, RoutineRows(functions)),
        };
        return MemoryTable.FromRows(rows, [.. schema.Fields.Select(static (field, i) => (field, (Func<object?[], object?>)(row => row[i])))]);
    }

    /// <summary>The rows of DESCRIBE.</summary>
    public static LogicalPlan Describe(Schema schema) => new LogicalValues(
        [.. Description.Fields.Select(static field => new PlanColumn(field.Name, field.Type, field.Nullable))],
        [.. schema.Fields.Select(static field => (IReadOnlyList<BoundExpression>)[
            new BoundLiteral(Scalar.Of(field.Name)), new BoundLiteral(Scalar.Of(field.Type.ToString())), new BoundLiteral(Scalar.Of(field.Nullable ? "YES" : "NO"))])]);

    private static async ValueTask<List<object?[]>> ViewRowsAsync(ICatalog catalog, CancellationToken cancellationToken)
    {
        var rows = new List<object?[]>();
        foreach (var (name, kind) in await catalog.ListTablesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (kind == TableEntry.View)
            {
                var view = await catalog.FindTableAsync(name, cancellationToken).ConfigureAwait(false) as SqlView;
                rows.Add(Row(EngineNames.DefaultCatalog, name.Schema, name.Name, view?.Definition));
            }
        }
        return rows;
    }

    private static async ValueTask<List<object?[]>> ColumnRowsAsync(ICatalog catalog, CancellationToken cancellationToken)
    {
        var rows = new List<object?[]>();
        foreach (var (name, _) in await catalog.ListTablesAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await FindAsync(catalog, name, cancellationToken).ConfigureAwait(false) is not { } table)
            {
                continue;
            }
            for (var i = 0; i < table.Schema.Count; i++)
            {
                var field = table.Schema[i];
                var type = field.Type.ValueType;
                ulong? precision = type.IsDecimal ? (ulong)type.Precision : type.IsInteger ? (ulong)type.FlatSize * 8 : type.IsFloat ? type.FlatSize == 4 ? 24UL : 53UL : null;
                rows.Add(Row(
                    EngineNames.DefaultCatalog, name.Schema, name.Name, field.Name, (ulong)i, null, field.Nullable ? "YES" : "NO", field.Type.ToString(),
                    null, type.IsUtf8 ? 2147483647UL : null, precision, type.IsDecimal ? 10UL : type.IsNumeric ? 2UL : null,
                    type.IsDecimal ? (ulong)Math.Max(type.Scale, 0) : null, null, null));
            }
        }
        return rows;
    }

    /// <summary>A broken table has no columns to list; what is wrong with it hears who asks for it.</summary>
    private static async ValueTask<ITable?> FindAsync(ICatalog catalog, TableName name, CancellationToken cancellationToken)
    {
        try
        {
            return await catalog.FindTableAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException)
        {
            return null;
        }
    }

    private static IEnumerable<object?[]> RoutineRows(FunctionRegistry functions) => functions.Routines().Select(static routine => Row(
        EngineNames.DefaultCatalog, EngineNames.DefaultSchema, routine.Name, EngineNames.DefaultCatalog, EngineNames.DefaultSchema, routine.Name, "FUNCTION",
        routine.Deterministic, null, routine.Kind.ToString().ToUpperInvariant(), routine.Summary, routine.Name + routine.Usage));

    private static object?[] Row(params object?[] values) => values;

    private static Schema Texts(params string[] names) => new(names.Select(Text).ToArray());

    private static Field Text(string name) => new(name, DataType.Utf8, false);

    private static Field Number(string name) => new(name, DataType.UInt64);
}
