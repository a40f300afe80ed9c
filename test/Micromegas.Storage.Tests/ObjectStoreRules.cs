namespace Micromegas.Storage.Tests;

/// <summary>What every store promises; each store's test class runs all of it.</summary>
public abstract class ObjectStoreRules
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    protected abstract IObjectStore Store { get; }

    protected virtual int ChurnRounds => 200;

    [Fact]
    public async Task A_put_object_is_read_back()
    {
        byte[] content = Bytes(100_000, 1);
        Assert.Equal(PutResult.Stored, await Store.PutAsync("blobs/p/s/b", content, PutMode.CreateOnly, s_none));
        Assert.Equal(content, await Store.ReadAllAsync("blobs/p/s/b", s_none));
        ObjectInfo? info = await Store.HeadAsync("blobs/p/s/b", s_none);
        Assert.Equal(("blobs/p/s/b", 100_000L), (info!.Value.Key, info.Value.Size));
        Assert.InRange(info.Value.LastModified, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [Fact]
    public async Task An_object_larger_than_allowed_is_not_read()
    {
        await Store.PutAsync("o", Bytes(100, 1), PutMode.CreateOnly, s_none);
        Assert.Equal(Bytes(100, 1), await Store.ReadAllAsync("o", s_none, 100));
        var error = await Assert.ThrowsAsync<ObjectStoreException>(async () => await Store.ReadAllAsync("o", s_none, 99));
        Assert.Contains("more than the 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        Assert.Equal(PutResult.Stored, await Store.PutAsync("empty", Array.Empty<byte>(), PutMode.CreateOnly, s_none));
        Assert.Equal(0, (await Store.HeadAsync("empty", s_none))!.Value.Size);
        Assert.Empty(await Store.ReadAllAsync("empty", s_none));
    }

    [Fact]
    public async Task Create_only_leaves_what_is_there()
    {
        await Store.PutAsync("k", Bytes(10, 1), PutMode.CreateOnly, s_none);
        Assert.Equal(PutResult.AlreadyExists, await Store.PutAsync("k", Bytes(20, 2), PutMode.CreateOnly, s_none));
        Assert.Equal(Bytes(10, 1), await Store.ReadAllAsync("k", s_none));
    }

    [Fact]
    public async Task Overwrite_replaces_also_after_a_read()
    {
        await Store.PutAsync("k", Bytes(10, 1), PutMode.Overwrite, s_none);
        Assert.Equal(Bytes(10, 1), await Store.ReadAllAsync("k", s_none));
        Assert.Equal(PutResult.Stored, await Store.PutAsync("k", Bytes(20, 2), PutMode.Overwrite, s_none));
        Assert.Equal(Bytes(20, 2), await Store.ReadAllAsync("k", s_none));
    }

    [Fact]
    public async Task Ranges_in_any_order_overlapping_and_empty_are_filled()
    {
        byte[] content = Bytes(1 << 20, 3);
        await Store.PutAsync("o", content, PutMode.CreateOnly, s_none);
        var random = new Random(7);
        for (int round = 0; round < 20; round++)
        {
            ByteRange[] ranges = Enumerable.Range(0, random.Next(1, 60)).Select(_ =>
            {
                int offset = random.Next(content.Length);
                return new ByteRange(offset, random.Next(Math.Min(content.Length - offset, random.Next(3) == 0 ? 200_000 : 500) + 1));
            }).ToArray();
            Memory<byte>[] into = ranges.Select(r => new Memory<byte>(new byte[r.Length])).ToArray();
            await Store.ReadAsync("o", ranges, into, s_none);
            for (int i = 0; i < ranges.Length; i++)
            {
                Assert.True(content.AsSpan((int)ranges[i].Offset, ranges[i].Length).SequenceEqual(into[i].Span), $"range {ranges[i]}");
            }
        }
    }

    [Fact]
    public async Task Two_thousand_neighbouring_ranges_are_filled()
    {
        byte[] content = Bytes(2_000 * 50, 3);
        await Store.PutAsync("o", content, PutMode.CreateOnly, s_none);
        ByteRange[] ranges = Enumerable.Range(0, 2_000).Select(i => new ByteRange(i * 50L, 40)).ToArray();
        Memory<byte>[] into = ranges.Select(r => new Memory<byte>(new byte[r.Length])).ToArray();
        await Store.ReadAsync("o", ranges, into, s_none);
        Assert.All(Enumerable.Range(0, 2_000), i => Assert.True(content.AsSpan(i * 50, 40).SequenceEqual(into[i].Span)));
    }

    [Theory]
    [InlineData(5, 6)]
    [InlineData(10, 1)]
    [InlineData(11, 1)]
    [InlineData(long.MaxValue - 1, 1)]
    public async Task A_range_beyond_the_end_is_an_error(long offset, int length)
    {
        await Store.PutAsync("o", Bytes(10, 1), PutMode.CreateOnly, s_none);
        var error = await Assert.ThrowsAsync<ObjectStoreException>(
            async () => await Store.ReadAsync("o", [new ByteRange(0, 5), new ByteRange(offset, length)], [new byte[5], new byte[length]], s_none));
        Assert.Equal("o", error.Key);
    }

    [Fact]
    public async Task Buffers_must_fit_their_ranges()
    {
        await Store.PutAsync("o", Bytes(10, 1), PutMode.CreateOnly, s_none);
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadAsync("o", [new ByteRange(0, 5)], [new byte[4]], s_none));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadAsync("o", [new ByteRange(0, 5)], [], s_none));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadAsync("o", [new ByteRange(-1, 5)], [new byte[5]], s_none));
    }

    [Fact]
    public async Task A_missing_object_is_named()
    {
        Assert.Null(await Store.HeadAsync("a/b", s_none));
        var error = await Assert.ThrowsAsync<ObjectNotFoundException>(async () => await Store.ReadAsync("a/b", [new ByteRange(0, 1)], [new byte[1]], s_none));
        Assert.Equal("a/b", error.Key);
        await Assert.ThrowsAsync<ObjectNotFoundException>(async () => await Store.ReadAllAsync("a/b", s_none));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("..")]
    [InlineData("a\\b")]
    [InlineData("c:a")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public async Task Keys_that_leave_the_store_are_refused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.HeadAsync(key, s_none));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.PutAsync(key, Bytes(1, 1), PutMode.Overwrite, s_none));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.BeginPutAsync(key, s_none));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ReadAsync(key, [], [], s_none));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.DeleteAsync([key], s_none));
    }

    [Fact]
    public async Task Listing_takes_a_prefix_of_text_and_sorts()
    {
        string[] keys = ["views/log/global/a", "views/log/global/b", "views/log-x", "views/logs/c", "blobs/p", "views/log/0"];
        foreach (string key in keys)
        {
            await Store.PutAsync(key, Bytes(3, 1), PutMode.CreateOnly, s_none);
        }
        foreach (string prefix in (string[])["", "v", "views/", "views/log", "views/log/", "views/log/global/b", "views/log/global/bb", "nothing/here"])
        {
            var listed = new List<string>();
            await foreach (ObjectInfo info in Store.ListAsync(prefix, s_none))
            {
                Assert.Equal(3, info.Size);
                listed.Add(info.Key);
            }
            Assert.Equal(keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal), listed);
        }
    }

    [Fact]
    public async Task Deleting_ignores_what_is_missing()
    {
        await Store.PutAsync("a/b/c", Bytes(3, 1), PutMode.CreateOnly, s_none);
        await Store.PutAsync("a/d", Bytes(3, 1), PutMode.CreateOnly, s_none);
        await Store.ReadAllAsync("a/b/c", s_none);
        await Store.DeleteAsync(["a/b/c", "no/such", "a/b/c"], s_none);
        Assert.Null(await Store.HeadAsync("a/b/c", s_none));
        await Assert.ThrowsAsync<ObjectNotFoundException>(async () => await Store.ReadAsync("a/b/c", [new ByteRange(0, 1)], [new byte[1]], s_none));
        Assert.NotNull(await Store.HeadAsync("a/d", s_none));
        Assert.Equal(PutResult.Stored, await Store.PutAsync("a/b/c", Bytes(4, 1), PutMode.CreateOnly, s_none));
    }

    [Fact]
    public async Task One_of_many_creators_wins_and_readers_see_whole_objects()
    {
        for (int round = 0; round < 20; round++)
        {
            string key = $"race/{round}/object";
            byte[][] contents = Enumerable.Range(0, 8).Select(i => Bytes(10_000 + i, i)).ToArray();
            using var start = new ManualResetEventSlim();
            Task<PutResult>[] puts = contents.Select(content => Task.Run(async () =>
            {
                start.Wait();
                return await Store.PutAsync(key, content, PutMode.CreateOnly, s_none);
            })).ToArray();
            Task<byte[]?> reader = Task.Run(async () =>
            {
                start.Wait();
                while (true)
                {
                    if (await Store.HeadAsync(key, s_none) is not null)
                    {
                        return (byte[]?)await Store.ReadAllAsync(key, s_none);
                    }
                }
            });
            start.Set();
            PutResult[] results = await Task.WhenAll(puts);
            int winner = Assert.Single(Enumerable.Range(0, 8), i => results[i] == PutResult.Stored);
            Assert.Equal(contents[winner], await Store.ReadAllAsync(key, s_none));
            Assert.Equal(contents[winner], await reader);
        }
    }

    [Fact]
    public async Task Creating_and_deleting_neighbours_do_not_disturb_each_other()
    {
        Task[] workers = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < ChurnRounds; i++)
            {
                string key = $"churn/folder/{worker}";
                Assert.Equal(PutResult.Stored, await Store.PutAsync(key, Bytes(10, i), PutMode.CreateOnly, s_none));
                Assert.Equal(Bytes(10, i), await Store.ReadAllAsync(key, s_none));
                await Store.DeleteAsync([key], s_none);
            }
        })).ToArray();
        await Task.WhenAll(workers);
        Assert.Null(await Store.HeadAsync("churn/folder/0", s_none));
    }

    [Fact]
    public async Task A_streamed_object_appears_when_completed()
    {
        byte[] content = Bytes(3_000_000, 5);
        await using (ObjectUpload upload = await Store.BeginPutAsync("views/file", s_none))
        {
            for (int offset = 0; offset < content.Length; offset += 700_000)
            {
                await upload.WriteAsync(content.AsMemory(offset, Math.Min(700_000, content.Length - offset)), s_none);
            }
            Assert.Equal(content.Length, upload.BytesWritten);
            Assert.Null(await Store.HeadAsync("views/file", s_none));
            ObjectInfo info = await upload.CompleteAsync(s_none);
            Assert.Equal(("views/file", (long)content.Length), (info.Key, info.Size));
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await upload.WriteAsync(content, s_none));
        }
        Assert.Equal(content, await Store.ReadAllAsync("views/file", s_none));
    }

    [Fact]
    public async Task A_disposed_upload_leaves_nothing()
    {
        ObjectUpload upload = await Store.BeginPutAsync("views/file", s_none);
        await upload.WriteAsync(Bytes(100, 1), s_none);
        await upload.DisposeAsync();
        await upload.DisposeAsync();
        Assert.Null(await Store.HeadAsync("views/file", s_none));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await upload.CompleteAsync(s_none));
        await foreach (ObjectInfo info in Store.ListAsync("", s_none))
        {
            Assert.Fail($"{info.Key} was left behind");
        }
    }

    [Fact]
    public async Task A_streamed_object_does_not_replace_another()
    {
        await Store.PutAsync("k", Bytes(10, 1), PutMode.CreateOnly, s_none);
        await using ObjectUpload upload = await Store.BeginPutAsync("k", s_none);
        await upload.WriteAsync(Bytes(20, 2), s_none);
        await Assert.ThrowsAsync<ObjectExistsException>(async () => await upload.CompleteAsync(s_none));
        Assert.Equal(Bytes(10, 1), await Store.ReadAllAsync("k", s_none));
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.PutAsync("k", Bytes(1, 1), PutMode.CreateOnly, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.HeadAsync("k", cancelled));
        Assert.Null(await Store.HeadAsync("k", s_none));
        await Store.PutAsync("k", Bytes(1, 1), PutMode.CreateOnly, s_none);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.DeleteAsync(["k"], cancelled));
        Assert.NotNull(await Store.HeadAsync("k", s_none));
    }

    protected static byte[] Bytes(int count, int seed)
    {
        byte[] content = new byte[count];
        new Random(seed).NextBytes(content);
        return content;
    }
}
