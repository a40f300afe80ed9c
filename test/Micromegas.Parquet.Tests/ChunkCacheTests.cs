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
    public async Task A_page_index_is_fetched_and_decoded_once()
    {
        var budget = MemoryBudget.Unlimited();
        var cache = new ChunkCache(1 << 20, budget);
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns(), new ParquetWriterOptions { PageRows = 50 }, 50));
        var first = await file.ReadPageIndexesAsync(store, 0, [0, 1], cache, default);
        Assert.Equal(8, first[1]!.Pages.Count);
        Assert.Equal(350L, first[0]!.Pages[7].Statistics.Min!.Value);
        Assert.True(cache.Bytes > first.Sum(static index => index!.Bytes));
        Assert.Equal(cache.Bytes, budget.Used);
        var bytes = cache.Bytes;
        await store.DeleteAsync([file.Key], default);
        var second = await file.ReadPageIndexesAsync(store, 0, [1, 0], cache, default);
        Assert.Same(first[1], second[0]);
        Assert.Same(first[0], second[1]);
        Assert.Equal(bytes, cache.Bytes);
        cache.Dispose();
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task Without_room_for_it_decoded_a_page_index_is_kept_as_bytes()
    {
        // Room for the two smallest buffers and not for the objects.
        using var cache = new ChunkCache(4096, new MemoryBudget(2048 + 100));
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns(), new ParquetWriterOptions { PageRows = 50 }, 50));
        var first = await file.ReadPageIndexesAsync(store, 0, [0], cache, default);
        var bytes = cache.Bytes;
        Assert.True(bytes > 0);
        var second = await file.ReadPageIndexesAsync(store, 0, [0], cache, default);
        Assert.NotSame(first[0], second[0]);
        Assert.Equal(first[0]!.Pages, second[0]!.Pages.Select((page, i) => page with { Statistics = first[0]!.Pages[i].Statistics }));
        Assert.Equal(bytes, cache.Bytes);
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
