using System.Data;
using System.Text;

namespace Micromegas.Data.Metadata;

/// <summary>A schema collection that a statement over information_schema (spec/sql.md §6) answers.</summary>
internal sealed record QueriedCollection(string Name, string Sql, (string Name, string Column)[] Restrictions, int IdentifierParts)
{
    internal static QueriedCollection[] All { get; } =
    [
        new("Catalogs", "SELECT DISTINCT table_catalog AS catalog_name FROM information_schema.tables", [("Catalog", "table_catalog")], 1),
        new("Schemata", "SELECT DISTINCT table_catalog AS catalog_name, table_schema AS schema_name FROM information_schema.tables", [("Catalog", "table_catalog"), ("Schema", "table_schema")], 2),
        new(
            "Tables",
            "SELECT table_catalog, table_schema, table_name, table_type FROM information_schema.tables",
            [("Catalog", "table_catalog"), ("Schema", "table_schema"), ("Table", "table_name"), ("TableType", "table_type")],
            3),
        new(
            "Views",
            "SELECT table_catalog, table_schema, table_name FROM information_schema.views",
            [("Catalog", "table_catalog"), ("Schema", "table_schema"), ("Table", "table_name")],
            3),
        new(
            "Columns",
            "SELECT table_catalog, table_schema, table_name, column_name, ordinal_position, is_nullable, data_type FROM information_schema.columns",
            [("Catalog", "table_catalog"), ("Schema", "table_schema"), ("Table", "table_name"), ("Column", "column_name")],
            4),
        new(
            "Functions",
            "SELECT DISTINCT routine_catalog, routine_schema, routine_name, function_type, description, syntax_example FROM information_schema.routines",
            [("Catalog", "routine_catalog"), ("Schema", "routine_schema"), ("Function", "routine_name"), ("FunctionType", "function_type")],
            3),
        new("ViewSets", "SELECT view_set_name, has_view_maker, global_instance_available FROM list_view_sets()", [("ViewSet", "view_set_name")], 1),
        new(
            "Partitions",
            "SELECT view_set_name, view_instance_id, begin_insert_time, end_insert_time, min_event_time, max_event_time, updated, file_path, file_size, num_rows FROM list_partitions()",
            [("ViewSet", "view_set_name"), ("ViewInstance", "view_instance_id")],
            0),
    ];

    internal async ValueTask<DataTable> QueryAsync(MicromegasConnection connection, string?[] restrictions, CancellationToken cancellationToken)
    {
        if (connection.State != ConnectionState.Open)
        {
            throw Throw.NotOpen(connection);
        }

        var command = connection.CreateCommand();
        await using var _ = command.ConfigureAwait(false);
        var sql = new StringBuilder(Sql);
        for (var i = 0; i < restrictions.Length; i++)
        {
            if (restrictions[i] is { } value)
            {
                sql.Append(command.Parameters.Count == 0 ? " WHERE " : " AND ").Append(Restrictions[i].Column).Append(" = @r").Append(i);
                command.Parameters.AddWithValue($"r{i}", value);
            }
        }

        command.CommandText = sql.ToString();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        var table = new DataTable(Name) { Locale = System.Globalization.CultureInfo.InvariantCulture };
        for (var i = 0; i < reader.FieldCount; i++)
        {
            table.Columns.Add(new DataColumn(reader.GetName(i)) { DataType = reader.GetFieldType(i) });
        }

        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var values = new object[reader.FieldCount];
            reader.GetValues(values);
            table.Rows.Add(values);
        }

        return table;
    }
}
