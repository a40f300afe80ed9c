using System.Diagnostics;
using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Maintenance;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Benchmarks.Probes;

/// <summary>
/// What merging an hour of sixty minutes costs, and what questions of one process, of five minutes and of everything read of the result: a lake of some hundred
/// processes, each of which sends a block of logs and one of measures every half minute or so.
/// </summary>
internal static class MergeProbe
{
    private const long Minute = 60_000_000_000;

    /// <summary>2026-01-01.</summary>
    private const long Start = 1_767_225_600_000_000_000;

    private const long Hour = 60 * Minute;
    private const int Rounds = 10;

    /// <param name="words">Rows of the hour and processes; two million and 300 if not said.</param>
    /// <param name="output">Takes the tables.</param>
    public static int Run(IReadOnlyList<string> words, TextWriter output)
    {
        var numbers = words.Select(static word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();
        MeasureAsync(numbers.ElementAtOrDefault(0) is > 0 and var rows ? rows : 2_000_000, numbers.ElementAtOrDefault(1) is > 0 and var processes ? processes : 300, output)
            .GetAwaiter().GetResult();
        return 0;
    }

    private static async Task MeasureAsync(int rows, int processes, TextWriter output)
    {
        foreach (var view in new[] { LogEntriesView.Definition, MeasuresView.Definition })
        {
            var minutes = new Figures();
            var concatenated = await MergeAsync(view with { ClusteredBy = null }, rows, processes, minutes).ConfigureAwait(false);
            var clustered = await MergeAsync(view, rows, processes, null).ConfigureAwait(false);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"\n{view.Name}: {rows:N0} rows of {processes} processes; {minutes.Size >> 10:N0} KiB in sixty minutes, {concatenated.Size >> 10:N0} concatenated, {clustered.Size >> 10:N0} clustered; merged {concatenated.MergedRows:N0} and {clustered.MergedRows:N0} rows a processor second, spilled {clustered.Spilled >> 20} MiB\n"));
            output.WriteLine("| question | minutes | | | concatenated | | | clustered | | |");
            output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
            for (var i = 0; i < minutes.Answers.Count; i++)
            {
                output.WriteLine($"| {minutes.Answers[i].Name} | {string.Join(" | ", new[] { minutes, concatenated, clustered }.Select(f => f.Answers[i].ToString()))} |");
            }
        }
    }

    /// <summary>Makes an hour of minutes, merges it and asks; of the minutes too, if somebody wants to know.</summary>
    private static async Task<Figures> MergeAsync(ViewDefinition view, int rows, int processes, Figures? minutes)
    {
        var folder = Path.Combine(Path.GetTempPath(), "mmd-bench-" + Guid.NewGuid().ToString("N"));
        try
        {
            var lake = await LakeHost.OpenAsync(folder, LakeMode.ReadWriteCreate, null, default).ConfigureAwait(false);
            await using (lake.ConfigureAwait(false))
            {
                for (var minute = 0; minute < 60; minute++)
                {
                    await WriteAsync(lake, view, minute, rows / 60, processes).ConfigureAwait(false);
                }
                if (minutes is not null)
                {
                    await AskAllAsync(lake, view, minutes).ConfigureAwait(false);
                }
                var merged = new Figures();
                var context = Context(new MaintenanceOptions().MemoryLimit);
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                await new GlobalMaterializer(lake, context).MaterializeAsync(new EventView(view), new LakeTimeRange(Start, Start + Hour), Hour, default).ConfigureAwait(false);
                merged.MergedRows = rows / (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
                merged.Spilled = context.Statistics.SpilledBytes;
                await AskAllAsync(lake, view, merged).ConfigureAwait(false);
                return merged;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static QueryContext Context(long limit = 1L << 30) => new(new EngineOptions { Threads = 2 }, new MemoryBudget(limit), default);

    private static async Task AskAllAsync(LakeHost lake, ViewDefinition view, Figures figures)
    {
        figures.Size = (await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view.Name }, default).ConfigureAwait(false)).Sum(p => p.FileSize);
        foreach (var (name, sql) in Questions(view))
        {
            // The second warms up too, and tells what is read.
            await AskAsync(lake, sql).ConfigureAwait(false);
            var statistics = await AskAsync(lake, sql).ConfigureAwait(false);
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            for (var round = 0; round < Rounds; round++)
            {
                await AskAsync(lake, sql).ConfigureAwait(false);
            }
            var spent = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds / Rounds;
            figures.Answers.Add(new Answered(name, statistics.RowGroupsRead, statistics.BytesRead, spent));
        }
    }

    private static (string Name, string Sql)[] Questions(ViewDefinition view)
    {
        var process = $"process_id = '{unchecked((uint)(17 * 2654435761)):x8}-0000-4000-8000-{17:x12}'";
        const string Window = "time >= TIMESTAMP '2026-01-01T00:32:00Z' AND time < TIMESTAMP '2026-01-01T00:37:00Z'";
        var isLog = view.Name == LogEntriesView.Definition.Name;
        var (rows, sum, rare, kind) = isLog
            ? ("level, msg", "sum(length(msg))", "level <= 2", "target")
            : ("name, value", "sum(value)", "name = 'name 7'", "name");
        return
        [
            ("a process: sum", $"SELECT count(*), {sum} FROM {view.Name} WHERE {process}"),
            ("a process: rows", $"SELECT time, target, {rows}, properties FROM {view.Name} WHERE {process}"),
            ("a process, five minutes: rows", $"SELECT time, target, {rows}, properties FROM {view.Name} WHERE {process} AND {Window}"),
            ("five minutes: by kind", $"SELECT {kind}, count(*), {sum} FROM {view.Name} WHERE {Window} GROUP BY 1"),
            ("five minutes: by process", $"SELECT process_id, count(*) FROM {view.Name} WHERE {Window} GROUP BY 1"),
            ("five minutes: rows", $"SELECT time, process_id, target, {rows}, properties FROM {view.Name} WHERE {Window}"),
            ("five minutes: rare rows", $"SELECT time, process_id, {rows} FROM {view.Name} WHERE {Window} AND {rare}"),
            ("the newest hundred", $"SELECT time, {rows} FROM {view.Name} ORDER BY time DESC LIMIT 100"),
            ("all: by process", $"SELECT process_id, count(*), {sum} FROM {view.Name} GROUP BY 1"),
            ("all: by kind", $"SELECT {kind}, count(*), {sum} FROM {view.Name} GROUP BY 1"),
            ("all: by minute", $"SELECT date_bin(INTERVAL '1 minute', time), count(*) FROM {view.Name} GROUP BY 1"),
        ];
    }

    private static async Task<QueryStatistics> AskAsync(LakeHost lake, string sql)
    {
        var context = Context();
        var rows = 0L;
        await foreach (var batch in LakeStatement.RunAsync(lake.Views.Functions, lake.Tables, context, sql, TimeRange.All, default).ConfigureAwait(false))
        {
            rows += batch.SelectedCount;
        }
        if (rows == 0)
        {
            throw new InvalidOperationException($"Nothing was found: {sql}");
        }
        return context.Statistics;
    }

    /// <summary>The blocks of a minute, one behind the other as they came in: 250 to 750 rows of a process, of the half minute before.</summary>
    private static async Task WriteAsync(LakeHost lake, ViewDefinition view, int minute, int rows, int processes)
    {
        var begin = Start + (minute * Minute);
        var own = view.Name == LogEntriesView.Definition.Name
            ? "2 + CASE WHEN h % 97 < 3 THEN 0 WHEN h % 97 < 9 THEN 1 ELSE 2 END AS level, 'request ' || h || ' of session ' || (h % 1009) || ' took ' || (h % 977) || ' ms in phase ' || (h % 7) AS msg"
            : "'name ' || (j % 41) AS name, 'unit ' || (j % 3) AS unit, (h % 100003) / 7.0 AS value";
        var blocks = Math.Max(1, rows / 500);


        // What a process sends at once reaches back to what it sent before.
        var step = Minute * processes / blocks / 500;
        var sql = $$"""
            SELECT {{string.Join(", ", view.Schema.Fields.Select(f => f.Type.IsDictionary || f.Name == "level" ? $"arrow_cast({f.Name}, '{(f.Name == "level" ? "Int32" : f.Name.EndsWith("properties", StringComparison.Ordinal) ? "Dictionary(Int32, Binary)" : "Dictionary(Int32, Utf8)")}') AS {f.Name}" : f.Name))}}
            FROM (
              SELECT lpad(to_hex(p * 2654435761 % 4294967296), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(p), 12, '0') AS process_id,
                'stream-0000-4000-8000-' || p AS stream_id,
                'block-0000-4000-8000-' || ({{minute * 100000}} + b) AS block_id,
                arrow_cast({{begin}} + b * {{Minute / blocks}}, 'Timestamp(Nanosecond, Some("+00:00"))') AS insert_time,
                'game' || (p % 3) || '.exe' AS exe, 'user' || (p % 50) AS username, 'machine' || (p % 100) AS computer,
                arrow_cast({{begin}} + b * {{Minute / blocks}} - (500 - j) * {{step}} - h % {{step}}, 'Timestamp(Nanosecond, Some("+00:00"))') AS time,
                'target ' || (j % 23) AS target, {{own}},
                jsonb_parse('{"a": ' || (j % 5) || '}') AS properties, jsonb_parse('{"build": ' || (p % 7) || ', "area": "world"}') AS process_properties
              FROM (
                SELECT (({{(long)minute * blocks}} + b) * 7919) % {{processes}} AS p, j, b, (x * 40503 + x / 65536) % 4294967291 AS h
                FROM (SELECT value / 500 AS b, value % 500 AS j, (value + {{minute}} * 10000000) * 2654435761 % 4294967291 AS x FROM generate_series(0, {{blocks * 500 - 1}}) AS g(value))))
            """;
        var context = Context();
        var writer = new PartitionWriter(lake, view, ViewTable.Global, context);
        await writer.WriteAsync(new PartitionOrder(new LakeTimeRange(begin, begin + Minute), rows), RowsAsync(lake, view, context, sql), default).ConfigureAwait(false);
    }

    private static async IAsyncEnumerable<PartitionRows> RowsAsync(LakeHost lake, ViewDefinition view, QueryContext context, string sql)
    {
        var ordered = new QueryContext(context.Options with { Threads = 1 }, context.Budget, default);
        await foreach (var batch in LakeStatement.RunAsync(lake.Views.Functions, lake.Tables, ordered, sql, TimeRange.All, default).ConfigureAwait(false))
        {
            yield return PartitionRows.Measured(view, batch);
        }
    }

    /// <summary>What a question read and took, in bytes and milliseconds of processor time.</summary>
    private sealed record Answered(string Name, long RowGroups, long Bytes, double Milliseconds)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{RowGroups} groups | {Bytes >> 10:N0} KiB | {Milliseconds:F1} ms");
    }

    private sealed class Figures
    {
        public List<Answered> Answers { get; } = [];

        public long Size { get; set; }

        public double MergedRows { get; set; }

        public long Spilled { get; set; }
    }
}
