using System.Globalization;
using Micromegas.DuckDb;

namespace Micromegas.Benchmarks.Data;

/// <summary>
/// The recipe's tables (<c>recipe.sql</c>) as files: what DuckDB writes, the same sorted by time, and the same in our own layout. Made once a size and kept
/// in a folder of the machine's user, since making them takes minutes.
/// </summary>
internal sealed class RecipeFiles(long measures, long logs)
{
    private const int FilesPerTable = 20;

    /// <summary>The folder of our own layout: another name whenever the layout changes, so that the files are written again.</summary>
    private const string OwnFolder = "own-2";
    private const string FolderVariable = "MICROMEGAS_BENCH_DATA";
    private static readonly string[] EventTables = ["measures", "log_entries"];

    private readonly string folder = Path.Combine(Root, string.Create(CultureInfo.InvariantCulture, $"recipe-{measures}-{logs}"));

    private static string Root => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } chosen
        ? chosen
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "micromegas-data", "bench");

    /// <summary>As DuckDB writes them, LZ4, blocks in the order of their arrival.</summary>
    public TableFiles DuckDbWritten => Files("duckdb", "recipe, DuckDB's files");

    /// <summary>As DuckDB writes them, sorted by time: the processes' rows alternate and there are no runs.</summary>
    public TableFiles TimeSorted => Files("sorted", "recipe sorted by time");

    /// <summary>The rows of <see cref="DuckDbWritten"/> as our writer lays them out.</summary>
    public TableFiles OwnLayout => Files(OwnFolder, "recipe, our files");

    /// <summary>Makes what is not there yet.</summary>
    public void Make(Action<string> tell)
    {
        Directory.CreateDirectory(folder);
        if (!IsMade("duckdb") || !IsMade("sorted"))
        {
            tell($"making {measures:N0} metrics and {logs:N0} log entries in {folder}; this takes some minutes, once");
            MakeDuckDbFiles();
        }
        if (!IsMade(OwnFolder))
        {
            tell("writing the same rows in our layout");
            MakeOwnFiles();
        }
    }

    private string Marker(string variant) => Path.Combine(folder, variant, "complete");

    private bool IsMade(string variant) => File.Exists(Marker(variant));

    private TableFiles Files(string variant, string name)
    {
        var tables = EventTables.ToDictionary(
            table => table,
            table => Directory.GetFiles(Path.Combine(folder, variant, table), "*.parquet").Order(StringComparer.Ordinal).ToArray());
        tables["processes"] = [Path.Combine(folder, "duckdb", "processes.parquet")];
        return new TableFiles(name, tables);
    }

    private void MakeDuckDbFiles()
    {
        var database = Path.Combine(folder, "making.duckdb");
        File.Delete(database);
        using (var duckDb = DuckDbDatabase.OpenInMemory(Environment.ProcessorCount))
        {
            duckDb.Execute($"ATTACH '{database}' AS recipe");
            duckDb.Execute("USE recipe");
            foreach (var statement in Statements())
            {
                duckDb.Execute(statement);
            }
            foreach (var variant in new[] { "duckdb", "sorted" })
            {
                MakeVariant(duckDb, variant);
            }
        }
        File.Delete(database);
    }

    private void MakeVariant(DuckDbDatabase duckDb, string variant)
    {
        foreach (var table in EventTables)
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, variant, table)).FullName;
            var source = table;
            if (variant == "sorted")
            {
                source = table + "_by_time";
                duckDb.Execute($"CREATE TABLE {source} AS SELECT * FROM {table} ORDER BY time");
            }
            var rows = table == "measures" ? measures : logs;
            var rowsPerFile = (rows + FilesPerTable - 1) / FilesPerTable;
            for (var file = 0; file < FilesPerTable; file++)
            {
                duckDb.Execute(string.Create(
                    CultureInfo.InvariantCulture,
                    $"COPY (SELECT * FROM {source} WHERE rowid >= {file * rowsPerFile} AND rowid < {(file + 1) * rowsPerFile}) TO '{target}/{file:00}.parquet' (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 131072)"));
            }
        }
        if (variant == "duckdb")
        {
            duckDb.Execute($"COPY processes TO '{folder}/duckdb/processes.parquet' (FORMAT parquet, COMPRESSION lz4_raw)");
        }
        File.WriteAllText(Marker(variant), "");
    }

    private void MakeOwnFiles()
    {
        foreach (var (table, files) in DuckDbWritten.Tables)
        {
            if (!EventTables.Contains(table))
            {
                continue;
            }
            var target = Directory.CreateDirectory(Path.Combine(folder, OwnFolder, table)).FullName;
            foreach (var file in files)
            {
                OwnWriting.CopyAsync(file, Path.Combine(target, Path.GetFileName(file))).GetAwaiter().GetResult();
            }
        }
        File.WriteAllText(Marker(OwnFolder), "");
    }

    private IEnumerable<string> Statements()
    {
        using var stream = typeof(RecipeFiles).Assembly.GetManifestResourceStream("recipe.sql")
            ?? throw new InvalidOperationException("The program lacks recipe.sql.");
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd()
            .Replace("@measures", measures.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("@logs", logs.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return text.Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
