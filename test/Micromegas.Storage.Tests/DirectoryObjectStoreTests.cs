namespace Micromegas.Storage.Tests;

public sealed class DirectoryObjectStoreTests : ObjectStoreRules, IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "mmd-store-" + Guid.NewGuid().ToString("N"));
    private readonly DirectoryObjectStore _store;

    // Two open files at most, so that every test also exercises the closing of handles.
    public DirectoryObjectStoreTests() => _store = new DirectoryObjectStore(_root, new DirectoryObjectStoreOptions { OpenFiles = 2, FlushToDisk = true });

    protected override IObjectStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    [Fact]
    public async Task Files_lie_where_their_keys_say()
    {
        await Store.PutAsync("blobs/p/s/b", Bytes(10, 1), PutMode.CreateOnly, default);
        Assert.Equal(Bytes(10, 1), await File.ReadAllBytesAsync(Path.Combine(_root, "blobs", "p", "s", "b")));
        Assert.Empty(Directory.GetFiles(Path.Combine(_root, ".unfinished")));
    }

    [Fact]
    public async Task A_mapped_range_shows_the_bytes_also_when_the_object_is_gone()
    {
        byte[] bytes = Bytes(100_000, 7);
        await Store.PutAsync("k", bytes, PutMode.CreateOnly, default);
        using MappedRange first = _store.TryMap("k", 0, 10)!;
        using MappedRange range = _store.TryMap("k", 4567, 80_000)!;
        Assert.Equal(bytes[..10], Read(first));
        Assert.Equal(bytes[4567..84_567], Read(range));
        // Two files are open at most, so this one is closed for others to be opened.
        for (int i = 0; i < 5; i++)
        {
            await Store.PutAsync($"other {i}", bytes, PutMode.CreateOnly, default);
            using MappedRange other = _store.TryMap($"other {i}", 1, 2)!;
            Assert.Equal(bytes[1..3], Read(other));
        }
        await Store.DeleteAsync(["k"], default);
        Assert.Equal(bytes[4567..84_567], Read(range));
        Assert.Throws<ObjectNotFoundException>(() => _store.TryMap("k", 0, 10));
        range.Dispose();
        range.Dispose();
        Assert.Equal(bytes[..10], Read(first));
    }

    [Theory]
    [InlineData(0, 936, true)]
    [InlineData(0, 937, false)]
    [InlineData(900, 36, true)]
    [InlineData(900, 37, false)]
    [InlineData(2000, 1, false)]
    [InlineData(1, long.MaxValue, false)]
    [InlineData(long.MaxValue, 1, false)]
    public async Task Ranges_are_mapped_where_what_may_be_read_behind_them_is_there_too(long offset, long length, bool isMapped)
    {
        await Store.PutAsync("k", Bytes(1000, 7), PutMode.CreateOnly, default);
        using MappedRange? range = _store.TryMap("k", offset, length);
        Assert.Equal(isMapped, range is not null);
    }

    [Fact]
    public async Task Nothing_is_mapped_of_an_empty_object()
    {
        await Store.PutAsync("k", default, PutMode.CreateOnly, default);
        Assert.Null(_store.TryMap("k", 0, 0));
        await Store.DeleteAsync(["k"], default);
        Assert.Throws<ArgumentException>(() => _store.TryMap("../k", 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.TryMap("k", -1, 0));
    }

    [Fact]
    public async Task Empty_folders_go_with_their_last_object()
    {
        await Store.PutAsync("a/b/c/d", Bytes(1, 1), PutMode.CreateOnly, default);
        await Store.PutAsync("a/e", Bytes(1, 1), PutMode.CreateOnly, default);
        await Store.DeleteAsync(["a/b/c/d"], default);
        Assert.False(Directory.Exists(Path.Combine(_root, "a", "b")));
        Assert.True(Directory.Exists(Path.Combine(_root, "a")));
    }

    [Fact]
    public async Task Unfinished_files_are_no_objects()
    {
        await using ObjectUpload upload = await Store.BeginPutAsync("k", default);
        await upload.WriteAsync(Bytes(10, 1), default);
        await foreach (ObjectInfo info in Store.ListAsync("", default))
        {
            Assert.Fail(info.Key);
        }
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.HeadAsync(".unfinished/x", default));
    }

    [Fact]
    public async Task What_a_killed_process_left_goes_after_a_day()
    {
        string folder = Path.Combine(_root, ".unfinished");
        Directory.CreateDirectory(folder);
        string old = Path.Combine(folder, "old");
        string young = Path.Combine(folder, "young");
        await File.WriteAllTextAsync(old, "x");
        await File.WriteAllTextAsync(young, "x");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));
        await Store.PutAsync("k", Bytes(1, 1), PutMode.CreateOnly, default);
        Assert.Equal((false, true), (File.Exists(old), File.Exists(young)));
    }

    [Fact]
    public async Task A_folder_in_the_way_is_a_typed_error()
    {
        await Store.PutAsync("a/b", Bytes(1, 1), PutMode.CreateOnly, default);
        var error = await Assert.ThrowsAsync<ObjectStoreException>(async () => await Store.PutAsync("a/b/c", Bytes(1, 1), PutMode.CreateOnly, default));
        Assert.Equal("a/b/c", error.Key);
        await Assert.ThrowsAsync<ObjectStoreException>(async () => await Store.ReadAsync("a", [new ByteRange(0, 1)], [new byte[1]], default));
    }

    [Fact]
    public async Task Reading_goes_on_while_handles_are_evicted()
    {
        for (int i = 0; i < 8; i++)
        {
            await Store.PutAsync($"f/{i}", Bytes(50_000, i), PutMode.CreateOnly, default);
        }
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async n => Assert.Equal(Bytes(50_000, n % 8), await Store.ReadAllAsync($"f/{n % 8}", default))));
    }

    [Fact]
    public async Task The_recorded_lake_lists_and_reads()
    {
        using var golden = new DirectoryObjectStore(Path.Combine(RepositoryRoot(), "test", "golden", "lake", "store"));
        int blobs = 0;
        await foreach (ObjectInfo info in golden.ListAsync("blobs/", default))
        {
            Assert.Equal(info.Size, (await golden.ReadAllAsync(info.Key, default)).Length);
            blobs++;
        }
        Assert.InRange(blobs, 100, 160);
    }

    private static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Micromegas.Data.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }

    private static unsafe byte[] Read(MappedRange range) => new ReadOnlySpan<byte>(range.Pointer, (int)range.Length).ToArray();
}
