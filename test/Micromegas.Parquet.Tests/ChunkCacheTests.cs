using Micromegas.Columnar;

namespace Micromegas.Parquet.Tests;

/// <summary>Chunks are fetched once while they fit, count in the budget, and stay while somebody reads them.</summary>
public class ChunkCacheTests
{
    private static readonly Schema Schema = new(new Field("a", DataType.Int64), new Field("b", DataType.Utf8));

    [Fact]
    public async Task A_chunk_is_fetched_once()
    {
        var budget = MemoryBudget.Unlimited();
        using var cache = new ChunkCache(1 << 20, budget);
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns()));
        using (var first = file.OpenRowGroup(0, [0, 1], cache))
        {
            await first.PrefetchAsync(store, default);
            Assert.Equal(first.PrefetchSize, first.FetchedBytes);
        }
        Assert.True(cache.Bytes > 0);
        Assert.Equal(cache.Bytes, budget.Used);
        using (var second = file.OpenRowGroup(0, [1, 0], cache))
        {
            await second.PrefetchAsync(store, default);
            Assert.Equal(0, second.FetchedBytes);
            Assert.Equal(2, second.CacheHits);
            Assert.Equal("text 7", second.Column(0).Read(100).GetValue(7));
        }
        cache.Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task A_removed_chunk_stays_while_it_is_read()
    {
        var budget = MemoryBudget.Unlimited();
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns()));
        var cache = new ChunkCache(1 << 20, budget);
        using (var reader = file.OpenRowGroup(0, [0], cache))
        {
            await reader.PrefetchAsync(store, default);
            cache.Dispose();
            Assert.Equal(0, cache.Bytes);
            Assert.True(budget.Used > 0);
            Assert.Equal(7L, reader.Column(0).Read(100).GetValue(7));
        }
        Assert.Equal(0, budget.Used);
    }

    [Theory]
    [InlineData(0, long.MaxValue)]
    [InlineData(1 << 20, 10)]
    public async Task Without_room_nothing_is_kept(long capacity, long limit)
    {
        var budget = new MemoryBudget(limit);
        using var cache = new ChunkCache(capacity, budget);
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns()));
        using var reader = file.OpenRowGroup(0, [0], cache);
        await reader.PrefetchAsync(store, default);
        Assert.Equal(0, cache.Bytes);
        Assert.Equal(7L, reader.Column(0).Read(100).GetValue(7));
    }

    [Fact]
    public async Task The_oldest_chunk_goes_first()
    {
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(
            Schema, Columns(), new ParquetWriterOptions { RowGroupRows = 50, UsesDictionary = static _ => false }));
        // Room for four of the pool's smallest buffers.
        using var cache = new ChunkCache(4096, MemoryBudget.Unlimited());
        foreach (var group in new[] { 0, 1, 2, 3, 0, 4 })
        {
            using var reader = file.OpenRowGroup(group, [0], cache);
            await reader.PrefetchAsync(store, default);
        }
        using var kept = file.OpenRowGroup(0, [0], cache);
        await kept.PrefetchAsync(store, default);
        Assert.Equal(1, kept.CacheHits);
        using var gone = file.OpenRowGroup(1, [0], cache);
        await gone.PrefetchAsync(store, default);
        Assert.Equal(0, gone.CacheHits);
    }

    private static object?[][] Columns() =>
        [[.. Enumerable.Range(0, 400).Select(static i => (object?)(long)i)], [.. Enumerable.Range(0, 400).Select(static i => (object?)$"text {i}")]];
}
