using System.Diagnostics;
using System.Globalization;
using Micromegas.Data;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;
using Micromegas.Lake.Views;
using Microsoft.Data.Sqlite;

namespace Micromegas.Benchmarks.Probes;

/// <summary>How long a simple question about three hours takes to plan in a lake of very many partitions, when the lake is open and was asked before.</summary>
internal static class PlanningProbe
{
    private const int Rounds = 30;
    private const long Hour = 3_600_000_000_000;
    private const string View = "log_entries";

    /// <summary>The first hour: 2020-01-01.</summary>
    private const long Start = 1_577_836_800_000_000_000;

    public static string Measure()
    {
        var parts = new List<string>();
        foreach (var (partitions, goal) in new[] { (10_000, 2), (100_000, 20) })
        {
            var (planning, all, first) = MeasureAsync(partitions).GetAwaiter().GetResult();
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{partitions:N0} partitions {planning:0.0} ms (goal: under {goal}; explained with what it would read {all:0.0}, the first time {first:0})"));
        }
        return $"Planning a question about three hours takes, in a lake of {string.Join(", of ", parts)}.";
    }

    private static async Task<(double Planning, double All, double First)> MeasureAsync(int partitions)
    {
        var folder = Path.Combine(Path.GetTempPath(), "mmd-bench-" + Guid.NewGuid().ToString("N"));
        try
        {
            var lake = await MicromegasLake.CreateAsync(folder).ConfigureAwait(false);
            Fill(Path.Combine(folder, "catalog.db"), partitions);
            var connection = lake.CreateConnection();
            await using (connection.ConfigureAwait(false))
            {
                await connection.OpenAsync().ConfigureAwait(false);
                var times = new List<(double Planning, double All)>();
                for (var round = 0; round <= Rounds; round++)
                {
                    // Another window each time: no plan is kept.
                    var begin = Start + (((partitions / 2) + round) * Hour);
                    times.Add(await ExplainAsync(connection, begin).ConfigureAwait(false));
                }
                return (Median(times.Skip(1).Select(static time => time.Planning)), Median(times.Skip(1).Select(static time => time.All)), times[0].All);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Median(IEnumerable<double> times) => times.Order().ElementAt(Rounds / 2);

    private static async Task<(double Planning, double All)> ExplainAsync(MicromegasConnection connection, long begin)
    {
        var command = connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
#pragma warning disable CA2100 // The statement is this program's own.
            command.CommandText = string.Create(
                CultureInfo.InvariantCulture,
                $"EXPLAIN SELECT level, count(*) FROM {View} WHERE time >= arrow_cast({begin}, 'Timestamp(Nanosecond, Some(\"+00:00\"))') AND time < arrow_cast({begin + (3 * Hour)}, 'Timestamp(Nanosecond, Some(\"+00:00\"))') GROUP BY level");
#pragma warning restore CA2100
            var watch = Stopwatch.StartNew();
            var text = await command.ExecuteScalarAsync().ConfigureAwait(false) as string;
            var elapsed = watch.Elapsed.TotalMilliseconds;
            return text is { Length: > 0 } ? (command.Statistics!.PlanningTime.TotalMilliseconds, elapsed) : throw new InvalidOperationException("EXPLAIN said nothing.");
        }
    }

    /// <summary>Partitions of an hour each, one behind the other; their files are never read.</summary>
    private static void Fill(string catalog, int partitions)
    {
        var view = ViewCatalog.Find(View)!;
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = catalog, Pooling = false }.ConnectionString);
        connection.Open();
        using var transaction = connection.BeginTransaction();
        for (var i = 0; i < partitions; i++)
        {
            var begin = Start + (i * Hour);
            SqlitePartitions.Insert(connection, new PartitionRecord
            {
                ViewSet = View,
                InstanceId = "global",
                InsertRange = new LakeTimeRange(begin, begin + Hour),
                EventRange = new LakeTimeRange(begin, begin + Hour - 1000),
                Updated = begin + Hour,
                FilePath = string.Create(CultureInfo.InvariantCulture, $"views/{View}/global/{begin}.parquet"),
                FileSize = 1 << 20,
                SchemaHash = view.SchemaHash,
                SourceHash = PartitionRecord.EncodeSourceCount(1000),
                RowCount = 1000,
            });
        }
        transaction.Commit();
    }
}
