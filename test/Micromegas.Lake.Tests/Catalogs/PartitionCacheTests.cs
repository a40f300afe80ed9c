using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;

namespace Micromegas.Lake.Tests.Catalogs;

/// <summary>Kept partitions are those of the catalogue, whoever changed it since.</summary>
public sealed class PartitionCacheTests
{
    private static readonly string[] s_views = ["log_entries", "measures"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Listings_are_what_the_catalogue_holds(int seed)
    {
        using var folder = new ScratchFolder();
        string path = Path.Combine(folder.Path, "catalog.db");
        var random = new Random(seed);
        await using SqliteCatalog ours = await SqliteCatalog.OpenAsync(path, LakeMode.ReadWriteCreate, TimeProvider.System, default);
        await using SqliteCatalog other = await SqliteCatalog.OpenAsync(path, LakeMode.ReadWrite, TimeProvider.System, default);
        for (int round = 0; round < 150; round++)
        {
            SqliteCatalog writer = random.Next(2) == 0 ? ours : other;
            if (random.Next(3) > 0)
            {
                long begin = random.Next(40) * 10;
                await writer.CommitPartitionAsync(Partition(random, begin, begin + (10 * random.Next(1, 3)), round), RetireMode.Overlap, [], default);
            }
            else if (await writer.ListPartitionsAsync(default, default) is { Count: > 0 } all)
            {
                await writer.RetirePartitionsAsync([all[random.Next(all.Count)]], default);
            }

            // Without view or instance the catalogue itself is asked.
            IReadOnlyList<PartitionRecord> everything = await other.ListPartitionsAsync(default, default);
            foreach (string view in s_views)
            {
                var filter = new PartitionFilter
                {
                    ViewSet = view,
                    InstanceId = "global",
                    SchemaHash = random.Next(2) == 0 ? [6] : null,
                    InsertRange = random.Next(2) == 0 ? Range(random) : null,
                    EventRange = random.Next(2) == 0 ? Range(random) : null,
                };
                PartitionRecord[] expected = [.. everything.Where(p => p.ViewSet == view && Matches(p, filter))];
                Assert.Equivalent(expected, await ours.ListPartitionsAsync(filter, default), strict: true);
            }
        }
    }

    [Fact]
    public async Task A_read_only_catalogue_sees_what_others_commit()
    {
        using var folder = new ScratchFolder();
        string path = Path.Combine(folder.Path, "catalog.db");
        var random = new Random(3);
        await using SqliteCatalog writer = await SqliteCatalog.OpenAsync(path, LakeMode.ReadWriteCreate, TimeProvider.System, default);
        await using SqliteCatalog reader = await SqliteCatalog.OpenAsync(path, LakeMode.ReadOnly, TimeProvider.System, default);
        var filter = new PartitionFilter { ViewSet = "log_entries", InstanceId = "global" };
        Assert.Empty(await reader.ListPartitionsAsync(filter, default));
        for (int i = 1; i <= 3; i++)
        {
            await writer.CommitPartitionAsync(Partition(random, i * 10, (i * 10) + 10, i) with { ViewSet = "log_entries" }, RetireMode.Containment, [], default);
            Assert.Equal(i, (await reader.ListPartitionsAsync(filter, default)).Count);
        }
    }

    private static bool Matches(PartitionRecord partition, PartitionFilter filter) =>
        (filter.SchemaHash is not { } hash || partition.SchemaHash.SequenceEqual(hash))
        && (filter.InsertRange is not { } insert || partition.InsertRange.Touches(insert))
        && (filter.EventRange is not { } events || partition.EventRange?.Touches(events) == true);

    private static LakeTimeRange Range(Random random)
    {
        long begin = random.Next(400) * 1000;
        return new LakeTimeRange(begin, begin + (random.Next(100) * 1000));
    }

    private static PartitionRecord Partition(Random random, long begin, long end, int number)
    {
        bool isEmpty = random.Next(5) == 0;
        return new PartitionRecord
        {
            ViewSet = s_views[random.Next(2)],
            InstanceId = "global",
            InsertRange = new LakeTimeRange(begin * 1000, end * 1000),
            EventRange = isEmpty ? null : new LakeTimeRange((begin - 5) * 1000, (end - 5) * 1000),
            Updated = number * 1000,
            FilePath = isEmpty ? null : $"views/{number}",
            FileSize = isEmpty ? 0 : 99,
            SchemaHash = random.Next(4) == 0 ? [5] : [6],
            SourceHash = PartitionRecord.EncodeSourceCount(number),
            RowCount = isEmpty ? 0 : 10,
        };
    }
}
