using System.Globalization;
using Micromegas.Data;

namespace Micromegas.Benchmarks.Memory;

/// <summary>The Parquet file that the scans read: a time, a text of fifty values, a text that never comes twice.</summary>
internal static class MemoryFile
{
    public static async Task WriteAsync(string path, long rows)
    {
        var source = new MicromegasDataSourceBuilder("Command Timeout=0").Build();
        await using var disposing = source.ConfigureAwait(false);
        using var connection = source.OpenConnection();
        using var command = new MicromegasCommand(null, connection);
#pragma warning disable CA2100 // The statement is this program's own.
        command.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT to_timestamp_nanos(i * 1000) AS time,
                   arrow_cast(concat('target ', h % 50), 'Dictionary(Int32, Utf8)') AS target,
                   concat('request ', h, ' of user ', i % 1000, ' took ', h % 977, ' ms on a quiet machine') AS msg
            FROM (SELECT i, (i * 2654435761) % 4294967291 AS h FROM generate_series(1, {rows}) AS g(i))
            """);
#pragma warning restore CA2100
        await command.ExportAsync(path).ConfigureAwait(false);
    }
}
