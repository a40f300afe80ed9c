using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Storage;
using Micromegas.Storage.Tests;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>Making the partitions of one process, against those that upstream made of the same blocks.</summary>
public sealed class JitMaterializationTests
{
    private const string Process = "5fff281d-7235-490f-b933-a5cb2f98c62d";

    // A process whose log blocks came at several instants.
    private const string Several = "4a57b616-d8ca-473c-991c-da93c2366938";

    // The window of the recorded questions (test/golden/facts.json).
    private static readonly TimeRange s_window = new(Nanoseconds("2026-11-22T16:54:00Z"), Nanoseconds("2026-11-22T16:58:00Z"));

    [Theory]
    [InlineData("log_entries", 10)]
    [InlineData("measures", 10)]
    [InlineData("thread_spans", 9)]
    [InlineData("async_events", 3)]
    [InlineData("net_spans", 1)]
    [InlineData("images", 2)]
    [InlineData("otel_spans", 4)]
    public async Task The_records_are_those_that_upstream_wrote(string view, int instances)
    {
        await using ILakeCatalog recorded = await GoldenLake.OpenAsync("jit");
        await using LakeHost theirs = await GoldenHost.OpenAsync("jit");
        await using LakeHost ours = await GoldenHost.OpenAsync("global");
        PartitionRecord[] expected = (await recorded.ListPartitionsAsync(new PartitionFilter { ViewSet = view }, default)).Where(p => p.InstanceId != "global").ToArray();
        Assert.Equal(instances, expected.Select(p => p.InstanceId).Distinct().Count());
        foreach (string instance in expected.Select(p => p.InstanceId).Distinct())
        {
            (List<object?[]> rows, QueryStatistics first) = await ours.ReadInstanceAsync(view, instance, s_window);
            Assert.True(first.PartitionsWritten > 0 && first.BlocksDecoded > 0 && first.LiveRows == 0);
            IReadOnlyList<PartitionRecord> written = await ours.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view, InstanceId = instance }, default);
            Assert.Equivalent(Comparable(expected.Where(p => p.InstanceId == instance)), Comparable(written), strict: true);

            (List<object?[]> again, QueryStatistics second) = await ours.ReadInstanceAsync(view, instance, s_window);
            Assert.Equal((0, 0), (second.BlocksDecoded, second.PartitionsWritten));
            ViewReader.AssertSameRows(rows, again);
            ViewReader.AssertSameRows((await theirs.ReadInstanceAsync(view, instance, s_window)).Rows, rows);
        }
    }

    [Fact]
    public async Task Questions_at_the_same_time_build_once()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        (List<object?[]> Rows, QueryStatistics Statistics)[] answers =
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => lake.ReadInstanceAsync("log_entries", Process))));
        Assert.Equal(1, answers.Sum(a => a.Statistics.PartitionsWritten));
        Assert.All(answers, a => ViewReader.AssertSameRows(answers[0].Rows, a.Rows));
        Assert.Single(await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "log_entries", InstanceId = Process }, default));
    }

    [Fact]
    public async Task A_stale_partition_is_replaced_and_its_file_kept_for_an_hour()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        await lake.ReadInstanceAsync("log_entries", Process);
        IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(new BlockFilter { ProcessId = Guid.Parse(Process), Tag = "log" }, default);
        SourceBlock last = blocks[^1];
        var late = last.Block with { BlockId = Guid.NewGuid(), InsertTime = last.Block.InsertTime + 1_000_000 };
        await lake.Store.PutAsync(late.ObjectKey, await lake.Store.ReadAllAsync(last.Block.ObjectKey, default), PutMode.CreateOnly, default);
        await lake.Catalog.InsertAsync(new CatalogRows { Blocks = [late] }, stampInsertTime: false, default);

        PartitionRecord before = Assert.Single(await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "log_entries", InstanceId = Process }, default));
        (List<object?[]> rows, QueryStatistics statistics) = await lake.ReadInstanceAsync("log_entries", Process);
        Assert.Equal((1, blocks.Count + 1), (statistics.PartitionsWritten, statistics.BlocksDecoded));
        PartitionRecord after = Assert.Single(await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "log_entries", InstanceId = Process }, default));
        Assert.Equal(rows.Count, after.RowCount);
        Assert.True(after.RowCount > before.RowCount);
        long now = CatalogTime.Now(TimeProvider.System);
        Assert.DoesNotContain(before.FilePath, (await lake.Catalog.ListExpiredFilesAsync(now + 3_500_000_000_000, 1_000, default)).Select(f => f.FilePath));
        Assert.Contains(before.FilePath, (await lake.Catalog.ListExpiredFilesAsync(now + 3_700_000_000_000, 1_000, default)).Select(f => f.FilePath));
    }

    [Fact]
    public async Task What_was_found_complete_is_not_looked_at_again_until_something_changes()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        var filter = new PartitionFilter { ViewSet = "log_entries", InstanceId = Several };
        (List<object?[]> rows, _) = await lake.ReadInstanceAsync("log_entries", Several);
        Assert.Equal(0, lake.Verdicts.Used);
        await AskAsync(rows.Count, written: 0, verdicts: 1);
        await AskAsync(rows.Count, written: 0, verdicts: 2);

        // A block that comes late into an hour long over.
        SourceBlock first = (await lake.Catalog.ListBlocksAsync(new BlockFilter { ProcessId = Guid.Parse(Several), Tag = "log" }, default))[0];
        BlockRecord late = first.Block with { BlockId = Guid.NewGuid(), InsertTime = first.Block.InsertTime + 1_000 };
        await lake.Store.PutAsync(late.ObjectKey, await lake.Store.ReadAllAsync(first.Block.ObjectKey, default), PutMode.CreateOnly, default);
        await lake.Catalog.InsertAsync(new CatalogRows { Blocks = [late] }, stampInsertTime: false, default);
        await AskAsync(rows.Count + late.ObjectCount, written: 1, verdicts: 2);
        await AskAsync(rows.Count + late.ObjectCount, written: 0, verdicts: 3);

        // A partition that an administrator retired.
        await lake.Catalog.RetirePartitionsAsync(await lake.Catalog.ListPartitionsAsync(filter, default), default);
        await AskAsync(rows.Count + late.ObjectCount, written: 1, verdicts: 3);
        await AskAsync(rows.Count + late.ObjectCount, written: 0, verdicts: 4);

        async Task AskAsync(int count, int written, int verdicts)
        {
            (List<object?[]> again, QueryStatistics statistics) = await lake.ReadInstanceAsync("log_entries", Several);
            Assert.Equal((count, written, verdicts), (again.Count, statistics.PartitionsWritten, lake.Verdicts.Used));
        }
    }

    [Fact]
    public async Task A_failure_at_any_call_of_the_store_leaves_neither_record_nor_file()
    {
        for (int k = 1; ; k++)
        {
            var written = new OverlayStore(new DirectoryObjectStore(GoldenLake.Store));
            var faulty = new FaultyObjectStore(written);
            await using LakeHost lake = await GoldenHost.OpenAsync("global", store: faulty);
            bool failed = false;
            faulty.Decide = (call, key, n) =>
            {
                if (n != k)
                {
                    return null;
                }
                failed = true;
                return new ObjectStoreException(key, "injected");
            };
            try
            {
                (List<object?[]> rows, _) = await lake.ReadInstanceAsync("measures", Process);
                Assert.NotEmpty(rows);
            }
            catch (ObjectStoreException)
            {
                Assert.True(failed);
            }
            faulty.Decide = null;
            IReadOnlyList<PartitionRecord> records = await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "measures", InstanceId = Process }, default);
            var files = new List<string>();
            await foreach (ObjectInfo info in written.Written.ListAsync("views/", default))
            {
                files.Add(info.Key);
            }
            Assert.Equal(records.Select(r => r.FilePath), files);
            if (!failed)
            {
                Assert.Single(records);
                Assert.True(k > 5);
                return;
            }
            (List<object?[]> retried, QueryStatistics statistics) = await lake.ReadInstanceAsync("measures", Process);
            Assert.NotEmpty(retried);
            Assert.Equal(records.Count == 0 ? 1 : 0, statistics.PartitionsWritten);
        }
    }

    [Fact]
    public async Task A_commit_that_fails_takes_the_file_with_it()
    {
        var written = new OverlayStore(new DirectoryObjectStore(GoldenLake.Store));
        await using LakeHost lake = await GoldenHost.OpenAsync("global", store: written);

        // A partition of the same schema that reaches beyond the new one and counts too little: it can neither be used nor retired.
        IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(new BlockFilter { ProcessId = Guid.Parse(Several), Tag = "log" }, default);
        await lake.Catalog.CommitPartitionAsync(
            new PartitionRecord
            {
                ViewSet = "log_entries",
                InstanceId = Several,
                InsertRange = new LakeTimeRange(blocks[0].Block.InsertTime - 1_000_000, blocks[^1].Block.InsertTime + 1_000_000),
                Updated = 0,
                SchemaHash = [6],
                SourceHash = PartitionRecord.EncodeSourceCount(1),
            },
            RetireMode.Containment,
            [],
            default);
        (List<object?[]> rows, QueryStatistics statistics) = await lake.ReadInstanceAsync("log_entries", Several);
        Assert.Equal((0, true), (statistics.PartitionsWritten, statistics.LiveRows > 0));
        await foreach (ObjectInfo info in written.Written.ListAsync("views/", default))
        {
            Assert.Fail($"{info.Key} was left behind");
        }
        await using LakeHost recorded = await GoldenHost.OpenAsync("jit");
        ViewReader.AssertSameRows((await recorded.ReadInstanceAsync("log_entries", Several)).Rows, rows);
    }

    private static object[] Comparable(IEnumerable<PartitionRecord> partitions) =>
        partitions.OrderBy(p => p.InsertRange.Begin).Select(p => (object)(p with { Updated = 0, FilePath = p.FilePath is null ? null : "file", FileSize = 0 })).ToArray();

    private static long Nanoseconds(string time) =>
        (DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
