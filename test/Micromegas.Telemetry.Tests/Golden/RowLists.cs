using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

internal sealed record LogRow(long Time, int Level, string Target, string Message, string Properties, string Document);

internal sealed record MetricRow(long Time, string Target, string Name, string Unit, double Value, string Properties, string Document);

/// <summary>Keeps rows as objects and checks the promise of the keys: same key, same bytes.</summary>
internal sealed class LogRows : IEventSink<LogEvent>
{
    private readonly KeyCheck targets = new();
    private readonly KeyCheck messages = new();
    private readonly KeyCheck properties = new();

    public List<LogRow> Rows { get; } = [];

    public void Add(in LogEvent row)
    {
        targets.Check(row.TargetKey, row.Target);
        messages.Check(row.MessageKey, row.Message);
        properties.Check(row.PropertiesKey, row.Properties);
        Rows.Add(new LogRow(row.Time, row.Level, KeyCheck.Text(row.Target), KeyCheck.Text(row.Message), KeyCheck.Json(row.Properties), Convert.ToHexStringLower(row.Properties)));
    }

    public static (BlockOutcome Outcome, List<LogRow> Rows) Decode(LogBlockDecoder decoder, in BlockSource block)
    {
        LogRows sink = new();
        BlockOutcome outcome = decoder.Decode(block, ref sink);
        Assert.Equal(sink.Rows.Count, outcome.Rows);
        return (outcome, sink.Rows);
    }
}

internal sealed class MetricRows : IEventSink<MetricEvent>
{
    private readonly KeyCheck targets = new();
    private readonly KeyCheck names = new();
    private readonly KeyCheck units = new();
    private readonly KeyCheck properties = new();

    public List<MetricRow> Rows { get; } = [];

    public void Add(in MetricEvent row)
    {
        targets.Check(row.TargetKey, row.Target);
        names.Check(row.NameKey, row.Name);
        units.Check(row.UnitKey, row.Unit);
        properties.Check(row.PropertiesKey, row.Properties);
        Rows.Add(new MetricRow(
            row.Time, KeyCheck.Text(row.Target), KeyCheck.Text(row.Name), KeyCheck.Text(row.Unit), row.Value, KeyCheck.Json(row.Properties),
            Convert.ToHexStringLower(row.Properties)));
    }

    public static (BlockOutcome Outcome, List<MetricRow> Rows) Decode(MetricBlockDecoder decoder, in BlockSource block)
    {
        MetricRows sink = new();
        BlockOutcome outcome = decoder.Decode(block, ref sink);
        Assert.Equal(sink.Rows.Count, outcome.Rows);
        return (outcome, sink.Rows);
    }
}

internal sealed class KeyCheck
{
    private readonly Dictionary<int, byte[]> seen = [];

    public void Check(int key, ReadOnlySpan<byte> bytes)
    {
        Assert.InRange(key, -1, 1 << 24);
        if (key >= 0 && !seen.TryAdd(key, bytes.ToArray()))
        {
            Assert.True(bytes.SequenceEqual(seen[key]), "A key stands for two values.");
        }
    }

    public static string Text(ReadOnlySpan<byte> utf8) => new UTF8Encoding(false, true).GetString(utf8);

    public static string Json(ReadOnlySpan<byte> document)
    {
        using PooledBuffer text = new();
        JsonbText.Format(JsonbValue.Open(document), text);
        return Text(text.WrittenSpan);
    }
}
