using System.Data.Common;
using Micromegas.Benchmarks.Data;
using Micromegas.Data;

namespace Micromegas.Benchmarks.Engines;

/// <summary>Our engine, asked as programs ask it: through ADO.NET.</summary>
internal sealed class MicromegasEngine : IBenchmarkEngine
{
    private readonly TableFiles files;
    private readonly string settings;
    private readonly bool keepsFooters;
    private MicromegasDataSource source;
    private DbConnection connection;

    /// <param name="files">The tables.</param>
    /// <param name="threads">Threads of a statement.</param>
    /// <param name="keepsFooters">Whether files stay open from statement to statement.</param>
    /// <param name="memoryLimit">What all statements together may hold, such as <c>256MB</c>.</param>
    public MicromegasEngine(TableFiles files, int threads, bool keepsFooters = true, string? memoryLimit = null)
    {
        this.files = files;
        this.keepsFooters = keepsFooters;
        settings = $"Threads={threads};Command Timeout=0" + (memoryLimit is null ? "" : $";Memory Limit={memoryLimit};Command Memory Limit={memoryLimit}");
        (source, connection) = Open();
    }

    public long Run(string sql)
    {
        if (!keepsFooters)
        {
            Dispose();
            (source, connection) = Open();
        }
        using var command = Command(sql);
        using var reader = command.ExecuteReader();
        var rows = 0L;
        while (reader.Read())
        {
            rows++;
        }

        return rows;
    }

    public IReadOnlyList<object?[]> Rows(string sql)
    {
        using var command = Command(sql);
        using var reader = command.ExecuteReader();
        var timestamps = Enumerable.Range(0, reader.FieldCount)
            .Select(i => reader.GetDataTypeName(i).StartsWith("Timestamp(", StringComparison.Ordinal))
            .ToArray();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[timestamps.Length];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null
                    : timestamps[i] ? (Int128)Microsecond(reader.GetFieldValue<long>(i))
                    : Comparable(reader.GetValue(i));
            }

            rows.Add(row);
        }

        return rows;
    }

    // DuckDB reads the files' nanoseconds as microseconds, cut off.
    private static long Microsecond(long nanoseconds) => nanoseconds - (((nanoseconds % 1000) + 1000) % 1000);

    public void Dispose()
    {
        connection.Dispose();
        source.Dispose();
    }

    private (MicromegasDataSource Source, DbConnection Connection) Open()
    {
        var builder = new MicromegasDataSourceBuilder(settings);
        foreach (var (name, paths) in files.Tables)
        {
            builder.AddParquet(name, paths);
        }
        var opened = builder.Build();
        return (opened, opened.OpenConnection());
    }

#pragma warning disable CA2100 // The statements are this program's own.
    private DbCommand Command(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
#pragma warning restore CA2100

    private static object? Comparable(object value) => value switch
    {
        sbyte number => (Int128)number,
        short number => (Int128)number,
        int number => (Int128)number,
        long number => (Int128)number,
        byte number => (Int128)number,
        ushort number => (Int128)number,
        uint number => (Int128)number,
        ulong number => (Int128)number,
        float number => (double)number,
        _ => value,
    };
}
