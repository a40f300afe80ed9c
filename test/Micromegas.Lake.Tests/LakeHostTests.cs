using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Tests;

public sealed class LakeHostTests
{
    [Fact]
    public async Task A_directory_has_one_host_in_the_process()
    {
        using var scratch = new ScratchFolder();
        string path = scratch["lake"];
        LakeHost[] hosts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => LakeHosts.GetAsync(path, LakeMode.ReadWriteCreate, null, default).AsTask()));
        Assert.All(hosts, h => Assert.Same(hosts[0], h));
        Assert.Same(hosts[0], await LakeHosts.GetAsync(path + "/", LakeMode.ReadWrite, null, default));
        Assert.NotSame(hosts[0], await LakeHosts.GetAsync(path, LakeMode.ReadOnly, null, default));
        Assert.Equal((LakeSharing.Exclusive, false), (hosts[0].Sharing, hosts[0].IsReadOnly));
        await LakeHosts.CloseAsync(path);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await hosts[0].Catalog.ListFailedBlocksAsync(default));
        Assert.NotSame(hosts[0], await LakeHosts.GetAsync(path, LakeMode.ReadWrite, null, default));
        await LakeHosts.CloseAsync(path);
    }

    [Fact]
    public async Task A_lake_that_was_removed_is_not_answered_from_memory()
    {
        using var scratch = new ScratchFolder();
        string path = scratch["lake"];
        LakeHost first = await LakeHosts.GetAsync(path, LakeMode.ReadWriteCreate, null, default);
        await first.Catalog.InsertAsync(new CatalogRows { Processes = [new ProcessRecord { ProcessId = Guid.NewGuid() }] }, true, default);
        Directory.Delete(path, recursive: true);
        await Assert.ThrowsAsync<LakeException>(async () => await LakeHosts.GetAsync(path, LakeMode.ReadWrite, null, default));
        LakeHost second = await LakeHosts.GetAsync(path, LakeMode.ReadWriteCreate, null, default);
        Assert.Empty(await second.Catalog.ReadTableAsync(CatalogSchema.Processes, default));
        await LakeHosts.CloseAsync(path);
    }

    [Fact]
    public async Task What_is_no_lake_is_said_so_and_nothing_is_made()
    {
        using var scratch = new ScratchFolder();
        foreach (LakeMode mode in (LakeMode[])[LakeMode.ReadWrite, LakeMode.ReadOnly])
        {
            var missing = await Assert.ThrowsAsync<LakeException>(async () => await LakeHosts.GetAsync(scratch["none"], mode, null, default));
            Assert.Contains("there is no lake", missing.Message, StringComparison.Ordinal);
            var other = await Assert.ThrowsAsync<LakeException>(async () => await LakeHosts.GetAsync(scratch.Path, mode, null, default));
            Assert.Contains("not a lake", other.Message, StringComparison.Ordinal);
        }
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
        await File.WriteAllTextAsync(scratch["file"], "x");
        await Assert.ThrowsAsync<LakeException>(async () => await LakeHosts.GetAsync(scratch["file"], LakeMode.ReadWriteCreate, null, default));
    }

    [Fact]
    public async Task A_lake_in_memory_is_ours_and_empty()
    {
        await using LakeHost lake = await LakeHost.CreateInMemoryAsync(null, default);
        Assert.Equal(LakeSharing.Exclusive, lake.Sharing);
        Assert.Contains("log_entries", lake.Tables.TableNames);
    }
}
