using System.Text;
using Micromegas.Columnar;
using Micromegas.DuckDb;
using Micromegas.Storage;
using Micromegas.Testing;

namespace Micromegas.Parquet.Tests;

/// <summary>The bench files, read whole; DuckDB says what is in them.</summary>
public class BenchFileTests
{
    private const string Logs = "bench/parquet/log_entries.parquet";
    private const string Measures = "bench/parquet/measures.parquet";

    [SharedFact(Logs)]
    public async Task Log_entries_add_up()
    {
        var levels = new SortedDictionary<int, long>();
        long messageBytes = 0;
        long slow = 0;
        Int128 times = 0;
        var rows = await ScanAsync(Logs, ["level", "msg", "time"], vectors =>
        {
            for (var row = 0; row < vectors[0].Length; row++)
            {
                var (level, message, time) = ((int)vectors[0].GetValue(row)!, (string)vectors[1].GetValue(row)!, (long)vectors[2].GetValue(row)!);
                levels[level] = levels.GetValueOrDefault(level) + 1;
                messageBytes += Encoding.UTF8.GetByteCount(message);
                slow += message.Contains("slow: 12", StringComparison.Ordinal) ? 1 : 0;
                times += time;
            }
        });
        Assert.Equal(1_000_001, rows);
        using var duckDb = DuckDbDatabase.OpenInMemory();
        var table = $"'{Path.Combine(Repository.Shared, Logs)}'";
        var expected = duckDb.Rows($"SELECT level, count(*) FROM {table} GROUP BY level ORDER BY level");
        Assert.Equal(expected.Select(static row => ((int)row[0]!, (long)row[1]!)), levels.Select(static pair => (pair.Key, pair.Value)));
        var sums = duckDb.Rows($"SELECT sum(strlen(msg))::BIGINT, count(*) FILTER (WHERE msg LIKE '%slow: 12%') FROM {table}")[0];
        Assert.Equal(sums[0], messageBytes);
        Assert.Equal(sums[1], slow);
        // DuckDB reads these times as microseconds; the mean must agree to that.
        Assert.Equal((long)duckDb.Rows($"SELECT avg(epoch_us(time))::BIGINT FROM {table}")[0][0]!, (long)(times / rows / 1000), 1.0);
    }

    [SharedFact(Measures)]
    public async Task Measures_add_up()
    {
        var names = new SortedDictionary<string, (long Count, double Min, double Max, double Sum)>(StringComparer.Ordinal);
        var rows = await ScanAsync(Measures, ["name", "value"], vectors =>
        {
            for (var row = 0; row < vectors[0].Length; row++)
            {
                var (name, value) = ((string)vectors[0].GetValue(row)!, (double)vectors[1].GetValue(row)!);
                var (count, min, max, sum) = names.GetValueOrDefault(name, (0, double.MaxValue, double.MinValue, 0));
                names[name] = (count + 1, Math.Min(min, value), Math.Max(max, value), sum + value);
            }
        });
        Assert.Equal(750_000, rows);
        using var duckDb = DuckDbDatabase.OpenInMemory();
        var expected = duckDb.Rows($"SELECT name, count(*), min(value), max(value), sum(value) FROM '{Path.Combine(Repository.Shared, Measures)}' GROUP BY name ORDER BY name COLLATE \"C\"");
        Assert.Equal(names.Count, expected.Count);
        foreach (var row in expected)
        {
            var (count, min, max, sum) = names[(string)row[0]!];
            Assert.Equal(row[1], count);
            Assert.Equal(row[2], min);
            Assert.Equal(row[3], max);
            Assert.Equal((double)row[4]!, sum, Math.Abs(sum) * 1e-9);
        }
    }

    [SharedFact(Logs)]
    public async Task Repeating_columns_come_as_runs_and_dictionaries()
    {
        var store = new DirectoryObjectStore(Repository.Shared);
        var file = await ParquetFile.OpenAsync(store, Logs, null, default);
        using var reader = file.OpenRowGroup(0, [file.Schema.IndexOf("process_id"), file.Schema.IndexOf("level"), file.Schema.IndexOf("time"), file.Schema.IndexOf("msg")]);
        await reader.PrefetchAsync(store, default);
        var process = Assert.IsType<DictionaryVector>(reader.Column(0).Read(Batch.MaxRows));
        Assert.Equal([new DictionaryRun(Batch.MaxRows, 0)], process.Runs.ToArray());
        Assert.True(reader.Column(0).IsFullyDictionaryEncoded);
        Assert.Same(reader.Column(0).Dictionary, process.Values);
        Assert.Equal(1, process.Values.Length);
        var level = Assert.IsType<DictionaryVector>(reader.Column(1).Read(Batch.MaxRows));
        Assert.Equal(0, level.Runs.Length);
        Assert.Same(level.Values, Assert.IsType<DictionaryVector>(reader.Column(1).Read(Batch.MaxRows)).Values);
        // Upstream puts even times into a dictionary; such numbers come plain, and of the dictionary only what is wanted is decompressed.
        Assert.IsType<FlatVector<long>>(reader.Column(2).Read(Batch.MaxRows));
        Assert.True(reader.Column(2).IsFullyDictionaryEncoded);
        Assert.Null(reader.Column(2).Dictionary);
        // The messages outgrow their dictionary in every row group.
        Assert.False(reader.Column(3).IsFullyDictionaryEncoded);
        Assert.Null(reader.Column(3).Dictionary);
        Assert.IsType<DictionaryVector>(reader.Column(3).Read(Batch.MaxRows));
        reader.Column(3).Skip((int)reader.Column(3).RowsLeft - 10);
        Assert.IsType<Utf8Vector>(reader.Column(3).Read(10));
    }

    private static async Task<long> ScanAsync(string key, string[] columns, Action<Vector[]> visit)
    {
        var store = new DirectoryObjectStore(Repository.Shared);
        var file = await ParquetFile.OpenAsync(store, key, null, default);
        var ordinals = Array.ConvertAll(columns, file.Schema.IndexOf);
        long rows = 0;
        foreach (var group in file.RowGroups)
        {
            using var reader = file.OpenRowGroup(group.Ordinal, ordinals);
            await reader.PrefetchAsync(store, default);
            for (var left = group.RowCount; left > 0;)
            {
                var count = (int)Math.Min(left, Batch.MaxRows);
                visit([.. Enumerable.Range(0, ordinals.Length).Select(column => reader.Column(column).Read(count))]);
                left -= count;
                rows += count;
            }
        }
        return rows;
    }
}
