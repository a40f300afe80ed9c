using System.Data;
using System.Data.Common;
using Micromegas.Data;

namespace Micromegas.Samples.DataTools;

/// <summary>Data tables: filled by an adapter, loaded from a reader, and through the factory that tools know a provider by.</summary>
internal static class WithDataTables
{
    private const string Errors = "SELECT time, msg FROM log_entries WHERE level = 2 ORDER BY time DESC LIMIT 10";

    public static void Run(string connectionString, TextWriter output)
    {
        using var connection = new MicromegasConnection(connectionString);
        using var filled = new DataTable();
        using (var adapter = new MicromegasDataAdapter(Errors, connection))
        {
            adapter.Fill(filled);
        }

        output.WriteLine($"DataAdapter.Fill: {filled.Rows.Count} rows of {string.Join(", ", filled.Columns.Cast<DataColumn>().Select(static column => column.ColumnName))}");

        DbProviderFactories.RegisterFactory("Micromegas.Data", MicromegasFactory.Instance);
        using DbConnection other = DbProviderFactories.GetFactory("Micromegas.Data").CreateConnection()!;
        other.ConnectionString = connectionString;
        other.Open();
        using DbCommand command = other.CreateCommand();
        command.CommandText = Errors;
        using var loaded = new DataTable();
        using (DbDataReader reader = command.ExecuteReader())
        {
            loaded.Load(reader);
        }

        output.WriteLine($"DataTable.Load: {loaded.Rows.Count} rows, the first says {loaded.Rows[0]["msg"]}");
    }
}
