using Micromegas.Lake.Administration;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Administration;

/// <summary>Flaws that a check finds, and repairs without losing a row.</summary>
public sealed class LakeCheckTests
{
    private const string Lobby = "5fff281d-7235-490f-b933-a5cb2f98c62d";

    [Fact]
    public async Task A_sound_lake_has_no_flaws()
    {
        await using LakeHost lake = await OpenAsync();
        Assert.Empty(await lake.CheckAsync(true));
    }

    [Fact]
    public async Task Missing_and_cut_files_are_retired_and_made_again()
    {
        await using LakeHost lake = await OpenAsync();
        (List<object?[]> logs, _) = await lake.ReadInstanceAsync("log_entries", Lobby);
        (List<object?[]> measures, _) = await lake.ReadInstanceAsync("measures", Lobby);
        PartitionRecord[] partitions = (await lake.Catalog.ListPartitionsAsync(default, default)).OrderBy(p => p.ViewSet, StringComparer.Ordinal).ToArray();
        await lake.Store.DeleteAsync([partitions[0].FilePath!], default);
        await lake.Store.PutAsync(partitions[1].FilePath!, new byte[10], PutMode.Overwrite, default);
        Assert.Equal(
            [(LakeFlaw.MissingFile, false), (LakeFlaw.DamagedFile, false)],
            (await lake.CheckAsync(false)).OrderBy(f => f.Flaw).Select(f => (f.Flaw, f.IsRepaired)));
        Assert.All(await lake.CheckAsync(true), f => Assert.True(f.IsRepaired));
        Assert.Empty(await lake.CheckAsync(true));
        ViewReader.AssertSameRows(logs, (await lake.ReadInstanceAsync("log_entries", Lobby)).Rows);
        ViewReader.AssertSameRows(measures, (await lake.ReadInstanceAsync("measures", Lobby)).Rows);
    }

    [Fact]
    public async Task Files_and_objects_without_rows_are_deleted_when_they_are_old()
    {
        await using LakeHost lake = await OpenAsync();
        await lake.Store.PutAsync("views/log_entries/global/2026-11-22/16-00-00_x.parquet", new byte[3], PutMode.CreateOnly, default);
        await lake.Store.PutAsync($"blobs/{Lobby}/{Guid.NewGuid()}/{Guid.NewGuid()}", new byte[3], PutMode.CreateOnly, default);
        Assert.Empty(await lake.CheckAsync(true));
        IReadOnlyList<LakeFinding> found = await new LakeCheck(lake) { YoungestOrphan = TimeSpan.Zero, YoungestOrphanBlob = TimeSpan.Zero }.RunAsync(true, default);
        Assert.Equal([LakeFlaw.OrphanFile, LakeFlaw.OrphanBlob], found.Select(f => f.Flaw));
        Assert.Empty(await new LakeCheck(lake) { YoungestOrphan = TimeSpan.Zero, YoungestOrphanBlob = TimeSpan.Zero }.RunAsync(true, default));
    }

    [Fact]
    public async Task A_block_without_object_is_told_and_left()
    {
        await using LakeHost lake = await OpenAsync();
        SourceBlock some = (await lake.Catalog.ListBlocksAsync(default, default))[0];
        var lost = some.Block with { BlockId = Guid.NewGuid() };
        await lake.Catalog.InsertAsync(new CatalogRows { Blocks = [lost] }, stampInsertTime: false, default);
        LakeFinding finding = Assert.Single(await lake.CheckAsync(true));
        Assert.Equal((LakeFlaw.MissingBlob, lost.ObjectKey, false), (finding.Flaw, finding.Subject, finding.IsRepaired));
    }

    private static async Task<LakeHost> OpenAsync()
    {
        var store = new MemoryObjectStore();
        var recorded = new DirectoryObjectStore(GoldenLake.Store);
        LakeHost lake = await GoldenHost.OpenAsync("global", LakeSharing.Exclusive, withPartitions: false, store: store);
        foreach (SourceBlock block in await lake.Catalog.ListBlocksAsync(default, default))
        {
            byte[] bytes = await recorded.HeadAsync(block.Block.ObjectKey, default) is null ? [] : await recorded.ReadAllAsync(block.Block.ObjectKey, default);
            await store.PutAsync(block.Block.ObjectKey, bytes, PutMode.CreateOnly, default);
        }
        return lake;
    }
}

file static class Checking
{
    public static ValueTask<IReadOnlyList<LakeFinding>> CheckAsync(this LakeHost lake, bool repair) => new LakeCheck(lake).RunAsync(repair, default);
}
