using System.Data.Common;

namespace Micromegas.Benchmarks.Engines;

/// <summary>Our engine, asked as programs ask it: through ADO.NET.</summary>
/// <param name="connection">An open connection; disposed of with the engine.</param>
internal sealed class MicromegasEngine(DbConnection connection) : IBenchmarkEngine
{
    public long Run(string sql)
    {
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

    public void Dispose() => connection.Dispose();

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
