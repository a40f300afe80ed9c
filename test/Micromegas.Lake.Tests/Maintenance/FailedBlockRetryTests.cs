using System.Globalization;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Maintenance;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Tests.Writing;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Maintenance;

/// <summary>Blocks that could not be read when their partitions were made.</summary>
public sealed class FailedBlockRetryTests
{
    private const string View = "log_entries";
    private const string Process = "5fff281d-7235-490f-b933-a5cb2f98c62d";

    [Theory]
    [InlineData(LakeSharing.Exclusive, false)]
    [InlineData(LakeSharing.Exclusive, true)]
    [InlineData(LakeSharing.Shared, false)]
    public async Task A_block_whose_object_comes_late_gets_its_rows_everywhere(LakeSharing sharing, bool damaged)
    {
        await using LakeHost whole = await OpenAsync(LakeSharing.Exclusive);
        (List<object?[]> expected, _) = await whole.ReadViewAsync(View);
        (List<object?[]> expectedInstance, _) = await whole.ReadInstanceAsync(View, Process);

        await using LakeHost lake = await OpenAsync(sharing);
        SourceBlock block = (await lake.Catalog.ListBlocksAsync(new BlockFilter { ProcessId = Guid.Parse(Process), Tag = "log" }, default))[0];
        BlockRecord late = block.Block with { BlockId = Guid.NewGuid() };
        await lake.Catalog.InsertAsync(new CatalogRows { Blocks = [late] }, stampInsertTime: false, default);
        if (damaged)
        {
            await lake.Store.PutAsync(late.ObjectKey, new byte[] { 1, 2, 3 }, PutMode.CreateOnly, default);
        }
        await using (var first = new LakeMaintainer(lake, new MaintenanceOptions { MaintainsSharedViews = true }))
        {
            Assert.Empty((await first.RunOnceAsync(default)).Failures);
            Assert.Equal(0, (await first.RunOnceAsync(default)).BlocksRecovered);
        }
        Assert.Equal(expected.Count, (await lake.ReadViewAsync(View)).Rows.Count);
        Assert.Equal(expectedInstance.Count, (await lake.ReadInstanceAsync(View, Process)).Rows.Count);
        Assert.Equal((late.BlockId, View), Assert.Single(await FailuresAsync(lake)));

        await lake.Store.PutAsync(late.ObjectKey, await lake.Store.ReadAllAsync(block.Block.ObjectKey, default), PutMode.Overwrite, default);
        await using var maintainer = new LakeMaintainer(lake, new MaintenanceOptions { MaintainsSharedViews = true });
        Assert.Equal(1, (await maintainer.RunOnceAsync(default)).BlocksRecovered);
        Assert.Empty(await FailuresAsync(lake));
        Assert.Equal(expected.Count + late.ObjectCount, (await lake.ReadViewAsync(View)).Rows.Count);
        Assert.Equal(expectedInstance.Count + late.ObjectCount, (await lake.ReadInstanceAsync(View, Process)).Rows.Count);
        Assert.Equal(0, (await maintainer.RunOnceAsync(default)).BlocksRecovered);
    }

    [Fact]
    public async Task Partitions_of_another_maintainer_keep_the_record()
    {
        await using LakeHost lake = await OpenAsync(LakeSharing.Shared);
        SourceBlock block = (await lake.Catalog.ListBlocksAsync(new BlockFilter { ProcessId = Guid.Parse(Process), Tag = "log" }, default))[0];
        await using (var owner = new LakeMaintainer(lake, new MaintenanceOptions { MaintainsSharedViews = true }))
        {
            await owner.RunOnceAsync(default);
        }
        await lake.Catalog.RecordFailedBlocksAsync([new FailedBlock(block.Block.BlockId, View, "for the test", 0)], default);
        await using var guest = new LakeMaintainer(lake, new MaintenanceOptions());
        Assert.Equal(0, (await guest.RunOnceAsync(default)).BlocksRecovered);
        Assert.Equal((block.Block.BlockId, View), Assert.Single(await FailuresAsync(lake)));
    }

    [Fact]
    public async Task What_is_gone_is_forgotten()
    {
        await using LakeHost lake = await OpenAsync(LakeSharing.Exclusive);
        await lake.Catalog.RecordFailedBlocksAsync([new FailedBlock(Guid.NewGuid(), View, "for the test", 0)], default);
        await using var maintainer = new LakeMaintainer(lake, new MaintenanceOptions());
        Assert.Equal(0, (await maintainer.RunOnceAsync(default)).BlocksRecovered);
        Assert.Empty(await FailuresAsync(lake));
    }

    /// <summary>The failures of our own making: the recorded lake has a process of broken blocks.</summary>
    private static async Task<(Guid, string)[]> FailuresAsync(LakeHost lake)
    {
        HashSet<Guid> odd = [.. (await lake.Catalog.ListBlocksAsync(new BlockFilter { ProcessId = Guid.Parse("119a72d1-74c9-4f6a-8c01-1cdd9474031b") }, default))
            .Select(b => b.Block.BlockId)];
        return [.. (await lake.Catalog.ListFailedBlocksAsync(default)).Where(f => !odd.Contains(f.BlockId)).Select(f => (f.BlockId, f.ViewSet))];
    }

    private static Task<LakeHost> OpenAsync(LakeSharing sharing) => GoldenHost.OpenAsync(
        "global", sharing, withPartitions: false,
        new LakeOptions { TimeProvider = new ManualClock(DateTimeOffset.Parse("2026-11-24T12:00:00Z", CultureInfo.InvariantCulture)) });
}
