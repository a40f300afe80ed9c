using System.Diagnostics;
using System.Globalization;
using Micromegas.Benchmarks.Measuring;
using Micromegas.Data;
using Micromegas.DuckDb;

namespace Micromegas.Benchmarks.Provider;

/// <summary>
/// What the provider itself costs: opening a connection, a short statement (prepared and not), and a million rows of five columns through typed getters, against
/// DuckDB's vectors walked row by row.
/// </summary>
internal static class ProviderRace
{
    private const int Rounds = 15;
    private const int WarmUps = 3;
    private const int Connections = 1000;
    private const int Statements = 2000;
    private const long Rows = 1_000_000;

    private const string Question = "SELECT \"time\", id, level, value, name FROM t";

    /// <param name="reads">If not zero, our provider alone reads the rows so many times: something for a profiler to look at.</param>
    /// <param name="output">Where the figures go.</param>
    public static async Task<int> RunAsync(int reads, TextWriter output)
    {
        var scratch = Directory.CreateTempSubdirectory("mmd-bench-").FullName;
        try
        {
            if (reads > 0)
            {
                Read(output, Path.Combine(scratch, "rows.parquet"), reads);
                return 0;
            }
            var lake = Path.Combine(scratch, "lake");
            await MicromegasLake.CreateAsync(lake).ConfigureAwait(false);
            Open(output, $"Data Source={lake}");
            await MicromegasLake.CloseAsync(lake).ConfigureAwait(false);
            Read(output, Path.Combine(scratch, "rows.parquet"), 0);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
        return 0;
    }

    private static void Open(TextWriter output, string connectionString)
    {
        var (time, bytes) = Least(Connections, () =>
        {
            using var connection = new MicromegasConnection(connectionString);
            connection.Open();
        });
        Write(output, $"connection opened and closed: {time:F2} µs, {bytes} bytes");

        using var open = new MicromegasConnection(connectionString);
        open.Open();
        foreach (var sql in new[] { "SELECT 1", "SELECT count(*) FROM processes WHERE exe = @exe AND username <> 'x' OR start_time > TIMESTAMP '2020-01-01'" })
        {
            foreach (var prepared in new[] { false, true })
            {
                using var command = open.CreateCommand(sql);
                command.Parameters.AddWithValue("exe", "a");
                if (prepared)
                {
                    command.Prepare();
                }
                var planning = double.MaxValue;
                (time, bytes) = Least(Statements, () =>
                {
                    command.ExecuteScalar();
                    planning = Math.Min(planning, command.Statistics!.PlanningTime.TotalMicroseconds);
                });
                Write(output, $"{(prepared ? "prepared" : "not prepared")}: {time:F1} µs, of them {planning:F1} µs planning, {bytes} bytes: {sql}");
            }
        }
    }

    /// <summary>The least time a call, microseconds, and the bytes that a call allocates.</summary>
    private static (double Microseconds, long Bytes) Least(int calls, Action call)
    {
        var least = TimeSpan.MaxValue;
        var bytes = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < calls; i++)
            {
                call();
            }
            least = TimeSpan.FromTicks(Math.Min(least.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
            bytes = Math.Min(bytes, (GC.GetAllocatedBytesForCurrentThread() - before) / calls);
        }
        return (least.TotalMicroseconds / calls, bytes);
    }

    private static void Read(TextWriter output, string file, int reads)
    {
        using var duckDb = DuckDbDatabase.OpenInMemory(2);
        duckDb.Execute(
            $"COPY (SELECT make_timestamp_ns(1795366440123456789 + i * 1000003) AS \"time\", i AS id, (i % 7)::INTEGER AS level, i * 0.25::DOUBLE AS value, 'name ' || (i % 100) AS name "
            + $"FROM range({Rows}) AS r(i)) TO '{file}' (FORMAT parquet)");
        duckDb.Execute($"CREATE VIEW t AS SELECT * FROM read_parquet('{file}')");
        using var source = new MicromegasDataSourceBuilder("Threads=2").AddParquet("t", file).Build();
        using var connection = source.OpenConnection();
        if (reads > 0)
        {
            var best = Enumerable.Range(0, reads).Select(_ => Time(() => Walk(connection))).MinBy(static run => run.Processor);
            Write(output, $"{Rows:N0} rows of five columns by typed getters: best {best.Clock:F1} ms, processor {best.Processor:F1} ms");
            return;
        }
        var rounds = new List<(Run Ours, Run DuckDb)>();
        for (var round = 0; round < Rounds; round++)
        {
            var yardstick = Time(() => Walk(duckDb));
            var own = Time(() => Walk(connection));
            if (own.Sum != yardstick.Sum)
            {
                throw new InvalidOperationException($"The sums differ: {own.Sum} and {yardstick.Sum}.");
            }
            // The first rounds warm up.
            if (round >= WarmUps)
            {
                rounds.Add((own, yardstick));
            }
        }
        // Processor time: what else runs on the machine stretches the clock more.
        Compare("by processor time", static run => run.Processor);
        Compare("by the clock", static run => run.Clock);

        void Compare(string what, Func<Run, double> of)
        {
            var ratios = rounds.Select(round => of(round.DuckDb) / of(round.Ours)).Order().ToArray();
            var (ours, theirs) = (rounds.Min(round => of(round.Ours)), rounds.Min(round => of(round.DuckDb)));
            Write(output, $"{Rows:N0} rows of five columns by typed getters, {what}: DuckDB's / ours {ratios[ratios.Length / 2]:F2} (best {ours:F1} ms, DuckDB {theirs:F1} ms)");
        }
    }

    private static Run Time(Func<double> walk)
    {
        var start = Stopwatch.GetTimestamp();
        var processor = ProcessorTime.Milliseconds;
        var sum = walk();
        return new(sum, Stopwatch.GetElapsedTime(start).TotalMilliseconds, ProcessorTime.Milliseconds - processor);
    }

    private static double Walk(MicromegasConnection connection)
    {
        using var command = connection.CreateCommand(Question);
        using var reader = command.ExecuteReader();
        var (integers, values) = (0L, 0.0);
        while (reader.Read())
        {
            integers += reader.GetInt64(0) + reader.GetInt64(1) + reader.GetInt32(2) + reader.GetString(4).Length;
            values += reader.GetDouble(3);
        }
        return integers + values;
    }

    private static double Walk(DuckDbDatabase duckDb)
    {
        using var result = duckDb.Query(Question);
        var (integers, values) = (0L, 0.0);
        while (result.NextChunk())
        {
            var rows = result.ChunkSize;
            var names = result.Vector(4);
            var times = result.Vector(0).Values<long>(rows);
            var ids = result.Vector(1).Values<long>(rows);
            var levels = result.Vector(2).Values<int>(rows);
            var doubles = result.Vector(3).Values<double>(rows);
            for (var row = 0; row < rows; row++)
            {
                integers += times[row] + ids[row] + levels[row] + System.Text.Encoding.UTF8.GetString(names.Bytes(row)).Length;
                values += doubles[row];
            }
        }
        return integers + values;
    }

    /// <summary>One reading of all rows: what they add up to, and milliseconds.</summary>
    private readonly record struct Run(double Sum, double Clock, double Processor);

    private static void Write(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
