using System.Runtime.InteropServices;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Views;

/// <summary>A row of <c>log_stats</c>; the minute in nanoseconds since 1970 UTC.</summary>
internal sealed record LogCount(long Minute, string ProcessId, int Level, string Target, long Count);

/// <summary>Counts the rows of <c>log_entries</c> for <c>log_stats</c>.</summary>
internal sealed class LogCounter
{
    private const long Minute = 60_000_000_000;

    private readonly Dictionary<(long Minute, string ProcessId, int Level, string Target), long> _counts = [];
    private readonly Dictionary<(Vector Dictionary, int Code), string> _texts = [];

    /// <summary>Counts by whole minutes: those that begin in the query range count, with all of their lines.</summary>
    public static async ValueTask<IReadOnlyList<LogCount>> CountAsync(ITable logEntries, QueryContext context, CancellationToken ct)
    {
        TimeRange range = context.Range;
        var whole = new TimeRange(
            range.Begin is { } begin ? (MinuteOf(begin) < begin ? SaturatingAdd(MinuteOf(begin), Minute) : begin) : null,
            range.End is { } end ? SaturatingAdd(MinuteOf(end), Minute - 1) : null);
        var counter = new LogCounter();
        await foreach (int _ in TableReader.ReadAsync(logEntries, ["time", "process_id", "level", "target"], context, whole, counter.Count, ct)
            .ConfigureAwait(false))
        {
            // Dictionaries live as long as their morsel.
            counter._texts.Clear();
        }
        return counter._counts.Select(c => new LogCount(c.Key.Minute, c.Key.ProcessId, c.Key.Level, c.Key.Target, c.Value))
            .OrderBy(c => c.Minute).ThenBy(c => c.ProcessId, StringComparer.Ordinal).ThenBy(c => c.Level).ThenBy(c => c.Target, StringComparer.Ordinal)
            .ToArray();
    }

    private static long SaturatingAdd(long time, long more) => time > long.MaxValue - more ? long.MaxValue : time + more;

    private static long MinuteOf(long time)
    {
        long rest = time % Minute;
        long into = rest < 0 ? rest + Minute : rest;
        return time < long.MinValue + into ? long.MinValue : time - into;
    }

    private void Count(Batch batch)
    {
        for (int i = 0; i < batch.SelectedCount; i++)
        {
            int row = batch.Selection is { } selection ? selection.Span[i] : i;
            var key = (
                MinuteOf(Number<long>(batch.Columns[0], row)), Text(batch.Columns[1], row), Number<int>(batch.Columns[2], row), Text(batch.Columns[3], row));
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _)++;
        }
    }

    private static T Number<T>(Vector vector, int row)
        where T : unmanaged
    {
        Vector plain = vector.Resolve(ref row);
        return ((FlatVector<T>)plain)[row];
    }

    private unsafe string Text(Vector vector, int row)
    {
        if (vector is not DictionaryVector dictionary)
        {
            Vector plain = vector.Resolve(ref row);
            return Encoding.UTF8.GetString(((BinaryVector)plain)[row]);
        }
        int code = dictionary.Codes[row];
        if (!_texts.TryGetValue((dictionary.Values, code), out string? text))
        {
            _texts.Add((dictionary.Values, code), text = Encoding.UTF8.GetString(((BinaryVector)dictionary.Values)[code]));
        }
        return text;
    }
}
