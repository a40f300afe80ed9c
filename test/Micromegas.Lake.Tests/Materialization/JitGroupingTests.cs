using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tests.Materialization;

public sealed class JitGroupingTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public async Task The_recorded_instances_are_cut_as_upstream_cut_them()
    {
        await using ILakeCatalog before = await GoldenLake.OpenAsync("global");
        await using ILakeCatalog after = await GoldenLake.OpenAsync("jit");
        IReadOnlyList<PartitionRecord> recorded = await after.ListPartitionsAsync(default, default);
        var instances = recorded.Where(p => p.InstanceId != "global").GroupBy(p => (p.ViewSet, p.InstanceId)).ToArray();
        Assert.Equal(7, instances.Select(i => i.Key.ViewSet).Distinct().Count());
        foreach (var instance in instances)
        {
            ViewDefinition view = ViewCatalog.All.Single(v => v.Name == instance.Key.ViewSet);
            List<JitPartition> ours = JitGrouping.Group(
                await ListAsync(before, Identity(view, instance.Key.InstanceId), null), view.Order);
            Assert.Equal(
                instance.Select(p => (p.InsertRange, p.SourceCount!.Value)).Order(Comparer<(LakeTimeRange, long)>.Create((a, b) => a.Item1.Begin.CompareTo(b.Item1.Begin))),
                ours.Select(p => (p.InsertRange, p.SourceCount)));

            // What upstream wrote is fresh to us, and the lake without it is not.
            PartitionRecord[] there = [.. instance];
            if (view.Order == BlockOrder.Event)
            {
                Assert.All(ours, p => Assert.True(JitFreshness.IsUpToDateEventOrdered(p, there, view.SchemaHash)));
                Assert.All(ours, p => Assert.False(JitFreshness.IsUpToDateEventOrdered(p, [], view.SchemaHash)));
            }
            else
            {
                Assert.Empty(JitFreshness.StaleInsertOrdered(ours, there, view.SchemaHash));
                Assert.Equal(ours.Count, JitFreshness.StaleInsertOrdered(ours, [], view.SchemaHash).Count);
            }
        }
    }

    [Fact]
    public async Task A_question_that_no_block_touches_needs_nothing()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("global");
        Assert.Null(await JitListing.FindHoursAsync(catalog, new BlockFilter { Tag = "log" }, new LakeTimeRange(0, Second), default));
    }

    [Fact]
    public async Task Many_blocks_are_listed_hours_at_a_time()
    {
        await using SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        var process = new ProcessRecord { ProcessId = Guid.NewGuid() };
        var stream = new StreamRecord { StreamId = Guid.NewGuid(), ProcessId = process.ProcessId, Tags = ["log"] };
        long[] inserts = [.. Enumerable.Range(0, 200).Select(i => (i * 20 * 60 * Second) + (i % 7)), .. Enumerable.Range(0, 40).Select(i => (30 * 3600 * Second) + i)];
        await catalog.InsertAsync(
            new CatalogRows
            {
                Processes = [process],
                Streams = [stream],
                Blocks = [.. inserts.Select(insert => new BlockRecord
                {
                    BlockId = Guid.NewGuid(), StreamId = stream.StreamId, ProcessId = process.ProcessId, InsertTime = insert, BeginTime = insert, EndTime = insert, ObjectCount = 1,
                })],
            },
            false,
            default);
        var identity = new BlockFilter { ProcessId = process.ProcessId, Tag = "log" };
        Guid[] all = [.. (await catalog.ListBlocksAsync(identity, default)).Select(b => b.Block.BlockId)];
        foreach (long most in (long[])[1, 3, 10, 43, 239, 240, 1000])
        {
            List<IReadOnlyList<SourceBlock>> windows = await ListAsync(catalog, identity, null, most);
            Assert.Equal(all, windows.SelectMany(w => w).Select(b => b.Block.BlockId));

            // Three blocks an hour, in one hour forty more.
            Assert.All(windows, w => Assert.InRange(w.Count, 1, Math.Max(most, 43)));
            Assert.Equal(most < all.Length, windows.Count > 1);

            // Hours stay whole, so the partitions are the same.
            Assert.Equal(
                JitGrouping.Group([.. windows.SelectMany(w => w)], BlockOrder.Insert).Select(p => p.InsertRange),
                windows.SelectMany(w => JitGrouping.Group(w, BlockOrder.Insert)).Select(p => p.InsertRange));
        }
    }

    /// <summary>The example of spec/lakehouse.md §5.6.</summary>
    [Fact]
    public async Task The_touched_hours_are_taken_whole()
    {
        await using SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        var process = new ProcessRecord { ProcessId = Guid.NewGuid() };
        var stream = new StreamRecord { StreamId = Guid.NewGuid(), ProcessId = process.ProcessId, Tags = ["image"] };
        BlockRecord[] blocks =
        [
            Block(At(10, 19, 58), At(10, 15, 0), At(10, 19, 57)),
            Block(At(10, 31, 2), At(10, 19, 57), At(10, 31, 0)),
            Block(At(11, 0, 3), At(10, 31, 0), At(11, 0, 0)),
        ];
        await catalog.InsertAsync(new CatalogRows { Processes = [process], Streams = [stream], Blocks = blocks }, false, default);
        IReadOnlyList<SourceBlock> listed = await ListAsync(
            catalog, new BlockFilter { ProcessId = process.ProcessId, Tag = "image" }, new LakeTimeRange(At(10, 20, 0), At(10, 40, 0)));
        Assert.Equal(
            [(new LakeTimeRange(At(10, 19, 58), At(10, 31, 2)), 10), (new LakeTimeRange(At(11, 0, 3), At(11, 0, 3)), 5)],
            JitGrouping.Group(listed, BlockOrder.Insert).Select(p => (p.InsertRange, p.SourceCount)));

        BlockRecord Block(long insert, long begin, long end) => new()
        {
            BlockId = Guid.NewGuid(),
            StreamId = stream.StreamId,
            ProcessId = process.ProcessId,
            InsertTime = insert,
            BeginTime = begin,
            EndTime = end,
            ObjectCount = 5,
        };

        static long At(int hour, int minute, int second) => (((hour * 60) + minute) * 60 + second) * Second;
    }

    [Theory]
    // insert time : objects, … ; maximum ; expected insert ranges and counts
    [InlineData("1:5 2:5 3:5", 10, "1-2:10 3-3:5")]
    [InlineData("1:50 2:5", 10, "1-1:50 2-2:5")]
    [InlineData("1:0 2:0", 10, "")]
    [InlineData("1:0 2:3", 10, "1-2:3")]
    [InlineData("1:5 3599:1 3600:1", 10, "1-3599:6 3600-3600:1")]
    [InlineData("1:10 2:0 3:1", 10, "1-2:10 3-3:1")]
    public void Insert_ordered_blocks_are_cut_at_the_maximum_and_at_hours(string blocks, long maximum, string expected) =>
        Assert.Equal(expected, Describe(JitGrouping.Group(Parse(blocks), BlockOrder.Insert, maximum)));

    [Theory]
    // insert time / begin ticks : objects
    [InlineData("1/1:5 2/2:5 3/3:5", 10, "1-2:10 3-3:5")]
    // ticks against insert order: no safe place, hence no cut
    [InlineData("1/3:5 2/2:5 3/1:5", 10, "1-3:15")]
    // safe before the second block only: look back
    [InlineData("1/1:5 2/3:5 3/2:5 4/4:5", 10, "1-1:5 2-3:10 4-4:5")]
    // equal insert times may be cut apart
    [InlineData("1/1:5 1/2:5 1/3:5", 10, "1-1:10 1-1:5")]
    public void Event_ordered_blocks_are_cut_where_insert_ranges_do_not_cross(string blocks, long maximum, string expected) =>
        Assert.Equal(expected, Describe(JitGrouping.Group(Parse(blocks), BlockOrder.Event, maximum)));

    [Fact]
    public void Every_cut_of_random_blocks_is_safe_and_needed()
    {
        var random = new Random(11);
        for (int round = 0; round < 500; round++)
        {
            SourceBlock[] blocks = Enumerable.Range(0, random.Next(1, 30)).Select(i => Block(i + random.Next(3), i + random.Next(6), random.Next(6)))
                .OrderBy(b => b.Block.InsertTime).ThenBy(b => b.Block.BlockId).ToArray();
            List<JitPartition> partitions = JitGrouping.Group(blocks, BlockOrder.Event, 8);
            Assert.Equal(blocks.Sum(b => b.Block.ObjectCount), partitions.Sum(p => p.SourceCount));
            for (int i = 1; i < partitions.Count; i++)
            {
                Assert.True(partitions[i - 1].InsertRange.End <= partitions[i].InsertRange.Begin);
            }
        }
    }

    private static string Describe(IEnumerable<JitPartition> partitions) =>
        string.Join(' ', partitions.Select(p => $"{p.InsertRange.Begin / Second}-{p.InsertRange.End / Second}:{p.SourceCount}"));

    private static SourceBlock[] Parse(string text) => text.Split(' ').Select(part =>
    {
        string[] parts = part.Split('/', ':');
        return parts.Length == 3 ? Block(int.Parse(parts[0]), int.Parse(parts[1]), int.Parse(parts[2])) : Block(int.Parse(parts[0]), 0, int.Parse(parts[1]));
    }).ToArray();

    private static SourceBlock Block(int second, long ticks, int objects) => new(
        new BlockRecord
        {
            BlockId = Guid.NewGuid(),
            StreamId = Guid.Empty,
            ProcessId = Guid.Empty,
            InsertTime = second * Second,
            BeginTicks = ticks,
            EndTicks = ticks,
            ObjectCount = objects,
        },
        new StreamRecord { StreamId = Guid.Empty, ProcessId = Guid.Empty },
        new ProcessRecord { ProcessId = Guid.Empty });

    private static async Task<IReadOnlyList<SourceBlock>> ListAsync(ILakeCatalog catalog, BlockFilter identity, LakeTimeRange? events) =>
        (await ListAsync(catalog, identity, events, most: 5)).SelectMany(w => w).ToArray();

    private static async Task<List<IReadOnlyList<SourceBlock>>> ListAsync(ILakeCatalog catalog, BlockFilter identity, LakeTimeRange? events, long most)
    {
        LakeTimeRange hours = (await JitListing.FindHoursAsync(catalog, identity, events, default))!.Value;
        long count = (await catalog.SumBlocksAsync(identity with { InsertRange = hours }, default)).Blocks;
        var windows = new List<IReadOnlyList<SourceBlock>>();
        await foreach ((LakeTimeRange window, IReadOnlyList<SourceBlock> blocks) in JitListing.ListAsync(catalog, identity, hours, count, most, default))
        {
            Assert.All(blocks, b => Assert.True(b.Block.InsertTime >= window.Begin && b.Block.InsertTime < window.End));
            windows.Add(blocks);
        }
        return windows;
    }

    private static BlockFilter Identity(ViewDefinition view, string instance) => view.Instances == ViewInstanceKind.Stream
        ? new BlockFilter { StreamId = Guid.Parse(instance) }
        : new BlockFilter { ProcessId = Guid.Parse(instance), Tag = view.Tag };
}
