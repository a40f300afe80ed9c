using System.Globalization;
using Micromegas.Data;

namespace Micromegas.Samples.DataTools;

/// <summary>Many questions at a time over one data source, which is thread-safe; its connections cost next to nothing.</summary>
internal static class WithParallelLoops
{
    private const int Questions = 100;

    public static async Task RunAsync(string connectionString, TextWriter output)
    {
        await using var source = MicromegasDataSource.Create(connectionString);
        long found = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, Questions), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, cancellationToken) =>
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var command = connection.CreateCommand("SELECT count(*) FROM log_entries WHERE msg = @msg");
            command.Parameters.AddWithValue("msg", string.Create(CultureInfo.InvariantCulture, $"Order {number}"));
            Interlocked.Add(ref found, (long)(await command.ExecuteScalarAsync(cancellationToken))!);
        });
        output.WriteLine($"Parallel.ForEachAsync: {Questions} questions found {found} lines");
    }
}
