using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Maintenance;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Processes;

/// <summary>Does everything that processes do to a lake, in random order, and checks every answer.</summary>
internal sealed class LakeWorker : IAsyncDisposable
{
    /// <summary>A view of this repository's own kind, whose rows tell for each block how many lines it gave.</summary>
    public const string CreateLinesPerBlock =
        "CREATE MATERIALIZED VIEW lines_per_block WITH (sort_order = 'time, block_id') AS "
        + "SELECT date_bin(INTERVAL '1 minute', time) AS time, block_id, count(*) AS lines FROM log_entries GROUP BY 1, 2";

    public static Guid Process { get; } = Guid.Parse("0711ebbd-ca15-4a79-b52b-0e1345291960");

    private readonly LakeHost _lake;
    private readonly LakeMaintainer _maintainer;
    private readonly IReadOnlyList<SourceBlock> _sources;
    private readonly DirectoryObjectStore _recorded = new(GoldenLake.Store);
    private readonly Random _random;

    private LakeWorker(LakeHost lake, IReadOnlyList<SourceBlock> sources, int seed)
    {
        _lake = lake;
        _sources = sources;
        _random = new Random(seed);

        // Measures go after three hours of the lake's clock: there is always something to delete. Lines stay, so that views of lines can be compared with them.
        _maintainer = new LakeMaintainer(lake, new MaintenanceOptions
        {
            Retention = new RetentionPolicy
            {
                MaximumAge = TimeSpan.FromHours(36),
                ByTag = new Dictionary<string, TimeSpan> { ["metrics"] = TimeSpan.FromHours(3), ["log"] = TimeSpan.FromDays(3650) },
            },
        });
    }

    public int Steps { get; private set; }

    public static async Task<LakeWorker> OpenAsync(LakeAddress address, FastClock clock, int seed)
    {
        LakeHost lake = await address.OpenAsync(LakeMode.ReadWrite, FastClock.Options(clock), default);
        return new LakeWorker(lake, await WorkedLake.SourcesAsync(), seed);
    }

    public async Task WorkAsync(TimeSpan duration)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < duration)
        {
            await StepAsync();
            Steps++;
        }
    }

    /// <summary>Of each block all rows or none, and all of every block that was there before the question and after.</summary>
    public static void Compare(string view, IReadOnlyList<SourceBlock> before, IReadOnlyList<SourceBlock> after, List<object?[]> rows)
    {
        Compare(view, before, after, rows.GroupBy(row => (string)row[2]!).ToDictionary(g => Guid.Parse(g.Key), g => g.Count()));
    }

    private static void Compare(string view, IReadOnlyList<SourceBlock> before, IReadOnlyList<SourceBlock> after, Dictionary<Guid, int> found)
    {
        var there = after.Select(b => b.Block.BlockId).ToHashSet();
        foreach (SourceBlock block in before)
        {
            int count = found.GetValueOrDefault(block.Block.BlockId);
            if (count != block.Block.ObjectCount && (count != 0 || there.Contains(block.Block.BlockId)))
            {
                throw new InvalidOperationException(
                    $"{view} has {count} rows of block {block.Block.BlockId} instead of {block.Block.ObjectCount}, inserted {CatalogTime.ToText(block.Block.InsertTime)}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _maintainer.DisposeAsync();
        await _lake.DisposeAsync();
    }

    private async Task StepAsync()
    {
        switch (_random.Next(13))
        {
            case < 4:
                await SendAsync();
                break;
            case < 6:
                await AskAsync("log_entries", "log", _random.Next(2) == 0);
                break;
            case < 8:
                await AskAsync("measures", "metrics", _random.Next(2) == 0);
                break;
            case 8:
                await CompareLinesAsync(_lake);
                break;
            case 9:
                await RefreshAsync();
                break;
            case 10 or 11:
                MaintenanceReport report = await _maintainer.RunAsync(ScheduledTask.Minute, CatalogTime.Now(_lake.Options.TimeProvider), default);
                ThrowIfFailed(report);
                break;
            default:
                ThrowIfFailed(await _maintainer.RunOnceAsync(default));
                break;
        }
    }

    private async Task SendAsync()
    {
        SourceBlock source = _sources[_random.Next(_sources.Count)];
        BlockRecord block = source.Block with { BlockId = Guid.NewGuid() };
        await _lake.Store.PutAsync(block.ObjectKey, await _recorded.ReadAllAsync(source.Block.ObjectKey, default), PutMode.CreateOnly, default);
        await _lake.Catalog.InsertAsync(
            new CatalogRows { Processes = [source.Process], Streams = [source.Stream], Blocks = [block] }, stampInsertTime: true, default);
    }

    private async Task AskAsync(string view, string tag, bool isGlobal)
    {
        var filter = new BlockFilter { Tag = tag };
        IReadOnlyList<SourceBlock> before = await _lake.Catalog.ListBlocksAsync(filter, default);
        (List<object?[]> rows, _) = isGlobal ? await _lake.ReadViewAsync(view) : await _lake.ReadInstanceAsync(view, Process.ToString("D"));
        Compare(view, before, await _lake.Catalog.ListBlocksAsync(filter, default), rows);
    }

    /// <summary>
    /// The views of lines agree with the lines: each block is counted whole or not at all, with what came meanwhile in between.
    /// </summary>
    public static async Task CompareLinesAsync(LakeHost lake)
    {
        var filter = new BlockFilter { Tag = "log" };
        IReadOnlyList<SourceBlock> before = await lake.Catalog.ListBlocksAsync(filter, default);
        List<object?[]> perBlock = (await lake.RunAsync("SELECT block_id, sum(lines) FROM lines_per_block GROUP BY block_id")).Rows;
        IReadOnlyList<SourceBlock> between = await lake.Catalog.ListBlocksAsync(filter, default);
        Compare("lines_per_block", before, between, perBlock.ToDictionary(r => Guid.Parse((string)r[0]!), r => (int)(long)r[1]!));
        long lines = (await lake.RunAsync("SELECT sum(count) FROM log_stats")).Rows[0][0] as long? ?? 0;
        IReadOnlyList<SourceBlock> after = await lake.Catalog.ListBlocksAsync(filter, default);
        if (lines < between.Sum(b => b.Block.ObjectCount) || lines > after.Sum(b => b.Block.ObjectCount))
        {
            throw new InvalidOperationException($"log_stats counts {lines} lines; there were {between.Sum(b => b.Block.ObjectCount)} before and {after.Sum(b => b.Block.ObjectCount)} after");
        }
    }

    /// <summary>Everything that was made of the two views is made anew, while others do the same.</summary>
    private async Task RefreshAsync()
    {
        await _lake.RunAsync("REFRESH MATERIALIZED VIEW lines_per_block");
        await _lake.RunAsync("SELECT * FROM backfill_partitions()");
    }

    private static void ThrowIfFailed(MaintenanceReport report)
    {
        if (report.Failures.Count > 0)
        {
            throw new InvalidOperationException($"maintenance of {report.Failures[0].ViewSet} failed", report.Failures[0].Error);
        }
    }
}
