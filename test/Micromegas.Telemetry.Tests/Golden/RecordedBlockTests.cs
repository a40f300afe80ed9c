using System.Text.Json;
using System.Text.RegularExpressions;

namespace Micromegas.Telemetry.Tests;

/// <summary>Every log and metric block of the recorded lakes against upstream's answers about the views.</summary>
public sealed partial class RecordedBlockTests : IDisposable
{
    // 2026-11-22T16:54Z and 16:58Z, the window that the statements of the main lake use.
    private const long Begin = 1795366440_000000000;
    private const long End = 1795366680_000000000;

    private readonly LogBlockDecoder logs = new();
    private readonly MetricBlockDecoder metrics = new();

    public void Dispose()
    {
        logs.Dispose();
        metrics.Dispose();
    }

    [Fact]
    public void Log_rows_of_the_lake_are_as_many_as_upstream_wrote()
    {
        List<LogRow> rows = [.. RecordedLake.Main.BlocksOf("log").SelectMany(block => Logs(RecordedLake.Main, block))];
        Assert.Equal(34222, rows.Count);
        Assert.Equal(1795366518123000000, rows.Min(row => row.Time));
        Assert.Equal(1795366616743143659, rows.Max(row => row.Time));
    }

    [Fact]
    public void Metric_rows_of_every_process_are_as_many_as_upstream_wrote()
    {
        JsonElement answer = RecordedLake.Answers("lake.jsonl.gz").First(a =>
            a.GetProperty("sql").GetString() == "SELECT process_id, count(*) AS c FROM measures GROUP BY process_id ORDER BY process_id");
        Dictionary<string, int> expected = answer.GetProperty("rows").EnumerateArray().ToDictionary(r => r[0].GetString()!, r => r[1].GetInt32());
        Dictionary<string, int> actual = RecordedLake.Main.BlocksOf("metrics")
            .GroupBy(block => block.ProcessId, block => Metrics(RecordedLake.Main, block).Count)
            .Where(group => group.Sum() > 0)
            .ToDictionary(group => group.Key, group => group.Sum());
        Assert.Equal(expected.OrderBy(p => p.Key, StringComparer.Ordinal), actual.OrderBy(p => p.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Rows_of_view_instances_are_upstreams_row_for_row()
    {
        int instances = 0;
        foreach (JsonElement answer in RecordedLake.Answers("lake.jsonl.gz"))
        {
            Match match = WholeInstance().Match(answer.GetProperty("sql").GetString()!);
            if (!match.Success || !answer.TryGetProperty("rows", out JsonElement rows))
            {
                continue;
            }

            Dictionary<string, int> columns = answer.GetProperty("columns").EnumerateArray()
                .Select((column, i) => (Name: column[0].GetString()!, i)).ToDictionary(pair => pair.Name, pair => pair.i);
            List<string> expected = [.. rows.EnumerateArray().Select(row => Recorded(row, columns, match.Groups["view"].Value))];
            List<string> actual = match.Groups["view"].Value == "log_entries"
                ? [.. LogsOf(RecordedLake.Main, match.Groups["process"].Value, Begin, End).Select(row => Print(row, hex: true))]
                : [.. MetricsOf(RecordedLake.Main, match.Groups["process"].Value, Begin, End).Select(row => Print(row, hex: true))];
            if (answer.GetProperty("compare").GetString() == "set")
            {
                expected.Sort(StringComparer.Ordinal);
                actual.Sort(StringComparer.Ordinal);
            }

            Assert.Equal(string.Join("\n", expected), string.Join("\n", actual.Take(40)));
            instances++;
        }

        Assert.InRange(instances, 12, int.MaxValue);
    }

    [Fact]
    public void Rows_of_the_ingested_lake_are_upstreams_row_for_row()
    {
        int rowsCompared = 0;
        foreach (JsonElement answer in RecordedLake.Answers(Path.Combine("ingest", "answers.jsonl.gz")))
        {
            Match match = IngestedInstance().Match(answer.GetProperty("sql").GetString()!);
            if (!match.Success || !answer.TryGetProperty("rows", out JsonElement rows))
            {
                continue;
            }

            string process = match.Groups["process"].Value;
            List<string> expected = [.. rows.EnumerateArray().Select(row => row.GetRawText())];
            List<string> actual = match.Groups["view"].Value == "log_entries"
                ? [.. LogsOf(RecordedLake.Ingested, process, long.MinValue, long.MaxValue).Select(row => Print(row, hex: false))]
                : [.. MetricsOf(RecordedLake.Ingested, process, long.MinValue, long.MaxValue).Take(250).Select(row => Print(row, hex: false))];
            Assert.Equal(expected.Select(Normalize).Order(StringComparer.Ordinal), actual.Select(Normalize).Order(StringComparer.Ordinal));
            rowsCompared += expected.Count;
        }

        Assert.InRange(rowsCompared, 500, int.MaxValue);
    }

    private IEnumerable<LogRow> LogsOf(RecordedLake lake, string process, long begin, long end) => lake.BlocksOf("log", process)
        .SelectMany(block => Logs(lake, block).Select(row => (block.BlockId, row)))
        .Where(pair => pair.row.Time >= begin && pair.row.Time <= end)
        .OrderBy(pair => pair.row.Time).ThenBy(pair => pair.row.Message, Utf8Order.Instance).ThenBy(pair => pair.BlockId, StringComparer.Ordinal)
        .Select(pair => pair.row);

    private IEnumerable<MetricRow> MetricsOf(RecordedLake lake, string process, long begin, long end) => lake.BlocksOf("metrics", process)
        .SelectMany(block => Metrics(lake, block).Select(row => (block.BlockId, row)))
        .Where(pair => pair.row.Time >= begin && pair.row.Time <= end)
        .OrderBy(pair => pair.row.Time).ThenBy(pair => pair.row.Name, Utf8Order.Instance).ThenBy(pair => pair.row.Value)
        .ThenBy(pair => pair.row.Properties, Utf8Order.Instance).ThenBy(pair => pair.BlockId, StringComparer.Ordinal)
        .Select(pair => pair.row);

    private List<LogRow> Logs(RecordedLake lake, RecordedBlock block)
    {
        byte[] payload = lake.Payload(block);
        (BlockOutcome outcome, List<LogRow> rows) = LogRows.Decode(
            logs, new BlockSource(lake.Processes[block.ProcessId], lake.Streams[block.StreamId].Description, block.Row, payload));
        return outcome.IsDropped ? [] : rows;
    }

    private List<MetricRow> Metrics(RecordedLake lake, RecordedBlock block)
    {
        byte[] payload = lake.Payload(block);
        (BlockOutcome outcome, List<MetricRow> rows) = MetricRows.Decode(
            metrics, new BlockSource(lake.Processes[block.ProcessId], lake.Streams[block.StreamId].Description, block.Row, payload));
        return outcome.IsDropped ? [] : rows;
    }

    private static string Recorded(JsonElement row, Dictionary<string, int> columns, string view)
    {
        string[] names = view == "log_entries" ? ["time", "target", "level", "msg", "properties"] : ["time", "target", "name", "unit", "value", "properties"];
        return string.Join("|", names.Select(name => Value(row[columns[name]])));
    }

    // Documents are recorded as hexadecimal JSONB, so that they compare byte for byte.
    private static string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        _ when value.TryGetInt64(out long integer) => integer.ToString(null, null),
        _ => value.GetDouble().ToString("R", null),
    };

    private static string Print(LogRow row, bool hex) => hex
        ? string.Join("|", row.Time, row.Target, row.Level, row.Message, row.Document)
        : JsonSerializer.Serialize(new object[] { row.Time, row.Target, row.Level, row.Message, row.Properties });

    private static string Print(MetricRow row, bool hex) => hex
        ? string.Join("|", row.Time, row.Target, row.Name, row.Unit, row.Value.ToString("R", null), row.Document)
        : JsonSerializer.Serialize(new object[] { row.Time, row.Target, row.Name, row.Unit, Number(row.Value), row.Properties });

    private static object Number(double value) =>
        double.IsFinite(value) ? value : double.IsNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";

    // One spelling for numbers and strings of either writer.
    private static string Normalize(string row) => string.Join("|", JsonDocument.Parse(row).RootElement.EnumerateArray().Select((value, i) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : i == 0 ? value.GetInt64().ToString(null, null) : value.GetDouble().ToString("R", null)));

    [GeneratedRegex(@"^SELECT \* FROM view_instance\('(?<view>log_entries|measures)', '(?<process>[0-9a-f-]+)'\) ORDER BY .* LIMIT 40$", RegexOptions.ExplicitCapture)]
    private static partial Regex WholeInstance();

    [GeneratedRegex(@"^SELECT time, target, .*jsonb_format_json\(properties\) AS p FROM view_instance\('(?<view>log_entries|measures)', '(?<process>[0-9a-f-]+)'\) ORDER BY", RegexOptions.ExplicitCapture)]
    private static partial Regex IngestedInstance();

    private sealed class Utf8Order : IComparer<string>
    {
        public static Utf8Order Instance { get; } = new();

        public int Compare(string? x, string? y) =>
            System.Text.Encoding.UTF8.GetBytes(x ?? "").AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y ?? ""));
    }
}
