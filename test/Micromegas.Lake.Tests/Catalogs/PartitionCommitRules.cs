using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Transfer;

namespace Micromegas.Lake.Tests.Catalogs;

/// <summary>The catalogue's part of the commit protocol (spec/lakehouse.md §1.2 and §4.6).</summary>
public abstract class PartitionCommitRules : IAsyncLifetime
{
    private const long Microsecond = 1_000;
    private ILakeCatalog _catalog = null!;

    public async Task InitializeAsync() => _catalog = await CreateAsync();

    public async Task DisposeAsync() => await _catalog.DisposeAsync();

    /// <summary>A new, empty catalogue.</summary>
    private protected abstract ValueTask<ILakeCatalog> CreateAsync();

    /// <summary>The catalogue that was created last, once more.</summary>
    private protected abstract ValueTask<ILakeCatalog> OpenAgainAsync();

    [Fact]
    public async Task A_partition_comes_back_as_it_was()
    {
        PartitionRecord full = Partition(0, 10) with { SortOrder = ["a", "b"], MaxSortKeyTime = 5_000, FormatVersion = 1 };
        await Commit(full);
        PartitionRecord empty = Empty(20, 30);
        await Commit(empty);
        Assert.Equivalent(new[] { full, empty }, await All(), strict: true);
        Assert.Equal(7, (await All())[0].SourceCount);
    }

    [Fact]
    public async Task Containment_retires_what_lies_inside_whatever_its_schema()
    {
        await Commit(Partition(0, 10));
        await Commit(Partition(10, 20) with { SchemaHash = [5] });
        await Commit(Empty(20, 30));
        await Commit(Partition(30, 40));
        await Commit(Partition(5, 15) with { InstanceId = "other" });
        await Commit(Partition(0, 30) with { FilePath = "merged" });
        Assert.Equal(["merged", "views/30", "views/5"], (await All()).Select(p => p.FilePath!).Order(StringComparer.Ordinal));
        long now = CatalogTime.Now(TimeProvider.System);
        Assert.Empty(await _catalog.ListExpiredFilesAsync(now + 3_599_000_000_000, 10, default));
        IReadOnlyList<TemporaryFile> expired = await _catalog.ListExpiredFilesAsync(now + 3_601_000_000_000, 10, default);
        Assert.Equal([("views/0", 99), ("views/10", 99)], expired.Select(f => (f.FilePath, f.FileSize)).Order());
        await _catalog.ForgetTemporaryFilesAsync(["views/0"], default);
        Assert.Single(await _catalog.ListExpiredFilesAsync(long.MaxValue, 10, default));
    }

    [Theory]
    [InlineData(5, 15)]
    [InlineData(-5, 5)]
    [InlineData(2, 8)]
    public async Task An_overlap_that_does_not_give_way_is_a_conflict_and_changes_nothing(long begin, long end)
    {
        await Commit(Partition(0, 10));
        var error = await Assert.ThrowsAsync<PartitionConflictException>(() => Commit(Partition(begin, end)));
        Assert.True(error.IsTransient);
        Assert.Equal("40001", error.SqlState);
        Assert.Equal("views/0", Assert.Single(await All()).FilePath);
        Assert.Empty(await _catalog.ListExpiredFilesAsync(long.MaxValue, 10, default));
    }

    [Fact]
    public async Task Touching_ranges_instants_other_schemas_and_other_instances_do_not_conflict()
    {
        await Commit(Partition(0, 10));
        await Commit(Partition(10, 20));
        await Commit(Partition(3, 3));
        await Commit(Partition(5, 15) with { SchemaHash = [9] });
        await Commit(Partition(5, 15) with { ViewSet = "measures" });
        Assert.Equal(5, (await All()).Count);
    }

    [Fact]
    public async Task An_instant_retires_the_same_instant_only()
    {
        await Commit(Partition(0, 10));
        await Commit(Partition(5, 5));
        await Commit(Partition(5, 5) with { FilePath = "second" });
        Assert.Equal(["second", "views/0"], (await All()).Select(p => p.FilePath!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Overlap_mode_spares_what_the_run_has_handled()
    {
        await Commit(Partition(0, 10));
        await Commit(Partition(10, 20));
        await Commit(Partition(30, 40));
        await _catalog.CommitPartitionAsync(Partition(20, 35) with { FilePath = "new" }, RetireMode.Overlap, [Range(10, 20)], default);
        Assert.Equal(["new", "views/0", "views/10"], (await All()).Select(p => p.FilePath!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rows_that_break_upstream_are_never_written()
    {
        PartitionRecord[] bad =
        [
            Partition(0, 10) with { RowCount = -1 },
            Partition(0, 10) with { FilePath = null },
            Partition(0, 10) with { EventRange = null },
            Empty(0, 10) with { FilePath = "x" },
            Empty(0, 10) with { MaxSortKeyTime = 5 },
            Partition(10, 0),
            Partition(0, 10) with { SourceHash = [1] },
        ];
        foreach (PartitionRecord record in bad)
        {
            await Assert.ThrowsAsync<LakeException>(() => Commit(record));
        }
        Assert.Empty(await All());
    }

    [Fact]
    public async Task A_referenced_file_is_known()
    {
        await Commit(Partition(0, 10));
        Assert.True(await _catalog.IsFileReferencedAsync("views/0", default));
        Assert.False(await _catalog.IsFileReferencedAsync("views/1", default));
    }

    [Fact]
    public async Task Partitions_are_listed_by_insert_and_event_range()
    {
        ILakeCatalog golden = _catalog;
        await CatalogFolder.ImportAsync(golden, GoldenLake.CatalogFolder("merged"), null, default);
        IReadOnlyList<PartitionRecord> all = await golden.ListPartitionsAsync(default, default);
        Assert.Equal(1257, all.Count);
        Assert.All(all, p => Assert.Null(p.Violation()));
        PartitionRecord some = all.First(p => p.EventRange is not null && p.ViewSet == "log_entries" && p.InstanceId == "global");
        (PartitionFilter Filter, Func<PartitionRecord, bool> Naive)[] cases =
        [
            (new PartitionFilter { ViewSet = "log_entries" }, p => p.ViewSet == "log_entries"),
            (new PartitionFilter { ViewSet = "log_entries", InstanceId = "global", SchemaHash = [6], EventRange = some.EventRange },
                p => p.ViewSet == "log_entries" && p.InstanceId == "global" && p.EventRange is { } e && e.Touches(some.EventRange!.Value)),
            (new PartitionFilter { InsertRange = some.InsertRange }, p => p.InsertRange.Touches(some.InsertRange)),
        ];
        foreach ((PartitionFilter filter, Func<PartitionRecord, bool> naive) in cases)
        {
            Assert.Equivalent(all.Where(naive).ToArray(), (await golden.ListPartitionsAsync(filter, default)).ToArray(), strict: true);
        }
        Assert.Empty(await golden.ListPartitionsAsync(new PartitionFilter { SchemaHash = [6, 6] }, default));
    }

    [Fact]
    public async Task Of_racing_writers_of_overlapping_ranges_one_wins()
    {
        ILakeCatalog a = _catalog;
        await using ILakeCatalog b = await OpenAgainAsync();
        for (int round = 0; round < 20; round++)
        {
            long begin = round * 100;
            bool[] won = await Task.WhenAll(Try(a, Partition(begin, begin + 20)), Try(b, Partition(begin + 10, begin + 30)));
            Assert.Single(won, true);
        }
        Assert.Equal(20, (await a.ListPartitionsAsync(default, default)).Count);

        static Task<bool> Try(ILakeCatalog catalog, PartitionRecord partition) => Task.Run(async () =>
        {
            try
            {
                await catalog.CommitPartitionAsync(partition, RetireMode.Containment, [], default);
                return true;
            }
            catch (PartitionConflictException)
            {
                return false;
            }
        });
    }

    private static LakeTimeRange Range(long begin, long end) => new(begin * Microsecond, end * Microsecond);

    private static PartitionRecord Partition(long begin, long end) => Empty(begin, end) with
    {
        EventRange = Range(begin - 5, end - 5),
        FilePath = $"views/{begin}",
        FileSize = 99,
        RowCount = 3,
    };

    private static PartitionRecord Empty(long begin, long end) => new()
    {
        ViewSet = "log_entries",
        InstanceId = "global",
        InsertRange = Range(begin, end),
        Updated = 42_000,
        SchemaHash = [6],
        SourceHash = PartitionRecord.EncodeSourceCount(7),
    };

    private async Task Commit(PartitionRecord partition) => await _catalog.CommitPartitionAsync(partition, RetireMode.Containment, [], default);

    private ValueTask<IReadOnlyList<PartitionRecord>> All() => _catalog.ListPartitionsAsync(default, default);
}
