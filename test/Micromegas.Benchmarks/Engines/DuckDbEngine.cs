using System.Numerics;
using Micromegas.Benchmarks.Data;
using Micromegas.DuckDb;

namespace Micromegas.Benchmarks.Engines;

/// <summary>DuckDB over the Parquet files, with the settings that serve it best.</summary>
internal sealed class DuckDbEngine : IBenchmarkEngine
{
    private readonly DuckDbDatabase database;

    /// <param name="files">The tables.</param>
    /// <param name="threads">Threads of a statement.</param>
    /// <param name="keepsFooters">Whether footers stay in memory from statement to statement, as ours do.</param>
    public DuckDbEngine(TableFiles files, int threads, bool keepsFooters = true)
    {
        database = DuckDbDatabase.OpenInMemory(threads);
        database.Execute($"SET parquet_metadata_cache = {(keepsFooters ? "true" : "false")}");
        foreach (var (name, paths) in files.Tables)
        {
            database.Execute($"CREATE VIEW {name} AS SELECT * FROM read_parquet([{string.Join(", ", paths.Select(path => $"'{path}'"))}])");
        }
    }

    public static string Version => DuckDbDatabase.LibraryVersion;

    public long Run(string sql)
    {
        using var result = database.Query(sql);
        var rows = 0L;
        while (result.NextChunk())
        {
            rows += result.ChunkSize;
        }

        return rows;
    }

    public IReadOnlyList<object?[]> Rows(string sql)
    {
        using var result = database.Query(sql);
        var types = result.Columns.Select(column => column.Type.Id).ToArray();
        var rows = result.ReadRows();
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Comparable(row[i], types[i]);
            }
        }

        return rows;
    }

    public void Dispose() => database.Dispose();

    private static object? Comparable(object? value, DuckDbTypeId type) => (value, type) switch
    {
        (null, _) => null,
        (long microseconds, DuckDbTypeId.Timestamp or DuckDbTypeId.TimestampWithZone) => (Int128)microseconds * 1000,
        (long nanoseconds, DuckDbTypeId.TimestampNanoseconds) => (Int128)(nanoseconds - (((nanoseconds % 1000) + 1000) % 1000)),
        (sbyte number, _) => (Int128)number,
        (short number, _) => (Int128)number,
        (int number, _) => (Int128)number,
        (long number, _) => (Int128)number,
        (byte number, _) => (Int128)number,
        (ushort number, _) => (Int128)number,
        (uint number, _) => (Int128)number,
        (ulong number, _) => (Int128)number,
        (BigInteger number, _) => (Int128)number,
        (float number, _) => (double)number,
        _ => value,
    };
}
