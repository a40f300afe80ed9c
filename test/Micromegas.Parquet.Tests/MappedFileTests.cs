using Micromegas.Columnar;

namespace Micromegas.Parquet.Tests;

/// <summary>Chunks that are read where they lie in the file: nothing is fetched, and what is read is the same.</summary>
public class MappedFileTests
{
    [Fact]
    public async Task Recorded_files_read_the_same_and_nothing_is_fetched_or_kept()
    {
        var budget = MemoryBudget.Unlimited();
        using var cache = new ChunkCache(1 << 30, budget);
        foreach (var key in GoldenFiles.Keys)
        {
            var file = await ParquetFile.OpenAsync(GoldenFiles.Store, key, null, default);
            var columns = Enumerable.Range(0, file.Schema.Count).ToArray();
            foreach (var group in file.RowGroups)
            {
                using var fetched = file.OpenRowGroup(group.Ordinal, columns);
                await fetched.PrefetchAsync(GoldenFiles.Store, default);
                using var mapped = file.OpenRowGroup(group.Ordinal, columns, cache, maps: true);
                await mapped.PrefetchAsync(GoldenFiles.Store, default);
                Assert.Equal(0, mapped.FetchedBytes);
                foreach (var column in columns)
                {
                    for (long done = 0; done < group.RowCount;)
                    {
                        var count = (int)Math.Min(Batch.MaxRows, group.RowCount - done);
                        var (expected, actual) = (fetched.Column(column).Read(count), mapped.Column(column).Read(count));
                        for (var row = 0; row < count; row++)
                        {
                            Assert.Equal(expected.GetValue(row), actual.GetValue(row));
                        }
                        done += count;
                    }
                }
            }
        }
        Assert.Equal(0, cache.Bytes);
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task Rows_and_dictionaries_that_are_asked_for_are_mapped_too()
    {
        var key = GoldenFiles.Keys.First(static key => key.Contains("log_entries", StringComparison.Ordinal));
        var file = await ParquetFile.OpenAsync(GoldenFiles.Store, key, null, default);
        var group = file.RowGroups[0];
        var level = file.Schema.IndexOf("level");
        var target = file.Schema.IndexOf("target");
        using var all = file.OpenRowGroup(0, [level]);
        await all.PrefetchAsync(GoldenFiles.Store, default);
        var last = all.Column(0).Read((int)Math.Min(group.RowCount, Batch.MaxRows)).GetValue(0);
        using var reader = file.OpenRowGroup(0, [level, target], null, RowRanges.Of([(0, 1)]), maps: true);
        await reader.PrefetchAsync(GoldenFiles.Store, [], [1], default);
        Assert.NotNull(reader.DictionaryOf(1));
        await reader.PrefetchAsync(GoldenFiles.Store, default);
        Assert.Equal(last, reader.Column(0).Read(1).GetValue(0));
        Assert.Equal(0, reader.FetchedBytes);
    }

    [Fact]
    public async Task A_store_that_cannot_map_is_read()
    {
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(new Schema(new Field("a", DataType.Int64)), [[1L, 2L, 3L]]));
        using var reader = file.OpenRowGroup(0, [0], maps: true);
        await reader.PrefetchAsync(store, default);
        Assert.Equal(reader.PrefetchSize, reader.FetchedBytes);
        Assert.Equal(3L, reader.Column(0).Read(3).GetValue(2));
    }
}
