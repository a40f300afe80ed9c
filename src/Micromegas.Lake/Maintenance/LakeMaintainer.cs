using System.Diagnostics.Metrics;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Maintenance;

/// <summary>
/// Keeps a lake in order: makes and merges the partitions of global views, deletes what has expired. Either by the schedule of spec/lakehouse.md §4.1 between
/// <see cref="Start"/> and <see cref="StopAsync"/>, or once. All times are those of the lake's clock.
/// </summary>
public sealed class LakeMaintainer : IAsyncDisposable
{
    private static readonly Meter s_meter = new("Micromegas.Data");
    private static readonly Counter<long> s_failures = s_meter.CreateCounter<long>(
        "micromegas.maintenance.failures", description: "Views whose maintenance failed.");

    private readonly LakeHost _lake;
    private readonly MaintenanceOptions _options;
    private readonly MemoryBudget _memory;
    private readonly FailedBlockRetry _retry;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private Task[] _runners = [];

    /// <exception cref="LakeException">The lake is open for reading only.</exception>
    public LakeMaintainer(LakeHost lake, MaintenanceOptions options)
    {
        ArgumentNullException.ThrowIfNull(lake);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MemoryLimit);
        if (lake.IsReadOnly)
        {
            throw Throw.ReadOnly();
        }
        _lake = lake;
        _options = options;
        _memory = new MemoryBudget(options.MemoryLimit);
        _retry = new FailedBlockRetry(lake, lake.Sharing == LakeSharing.Exclusive || options.MaintainsSharedViews);
    }

    private TimeProvider Clock => _lake.Options.TimeProvider;

    /// <summary>Begins the schedule; each task goes its own way, so that a long day does not hold up the minutes.</summary>
    public void Start()
    {
        if (_runners.Length > 0)
        {
            throw new InvalidOperationException("maintenance has begun already");
        }
        List<ScheduledTask> tasks = [ScheduledTask.Day, ScheduledTask.Hour, ScheduledTask.Minute];
        if (_options.WritesSeconds ?? _lake.Sharing == LakeSharing.Shared)
        {
            tasks.Add(ScheduledTask.Second);
        }
        _runners = tasks.Select(task => Task.Run(() => FollowAsync(task))).ToArray();
    }

    /// <summary>Begins nothing more and waits for what runs; after the grace period that is cancelled, which leaves nothing half done.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        Task all = Task.WhenAll(_runners);
        try
        {
            await all.WaitAsync(_options.GracePeriod, Clock, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            await _abort.CancelAsync().ConfigureAwait(false);
            await all.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Does everything that is due: each hour and day that is over gets its partitions, however old it is, and what has expired is deleted. Failures of single views
    /// are in the report.
    /// </summary>
    public async Task<MaintenanceReport> RunOnceAsync(CancellationToken ct)
    {
        MaintenanceReport report = await CleanUpAsync(ct).ConfigureAwait(false);
        foreach (long length in DueBuckets.Lengths)
        {
            report = report.Plus(
                await MaterializeAsync(await DueBuckets.ListAsync(_lake, length, ct).ConfigureAwait(false), length, ct).ConfigureAwait(false));
        }
        return report;
    }

    /// <summary>Says what retention would remove now; nothing is changed and no sampler asked.</summary>
    public async Task<RetentionReport> PreviewRetentionAsync(CancellationToken ct) =>
        await new RetentionRun(_lake, _options.Retention ?? new RetentionPolicy(), Context(ct)).PreviewAsync(ct).ConfigureAwait(false);

    /// <summary>Ends the schedule.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
        _stop.Dispose();
        _abort.Dispose();
    }

    /// <summary>What one run of a scheduled task does.</summary>
    internal async Task<MaintenanceReport> RunAsync(ScheduledTask task, long run, CancellationToken ct)
    {
        MaintenanceReport report = task == ScheduledTask.Hour ? await CleanUpAsync(ct).ConfigureAwait(false) : new MaintenanceReport();
        return report.Plus(await MaterializeAsync([task.RangeOf(run)], task.Period, ct).ConfigureAwait(false));
    }

    private async Task FollowAsync(ScheduledTask task)
    {
        while (!_stop.IsCancellationRequested)
        {
            long run = task.NextRun(CatalogTime.Now(Clock));
            await Task.Delay(TimeSpan.FromTicks(Math.Max(0, run - CatalogTime.Now(Clock)) / 100), Clock, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested)
            {
                return;
            }
            if (task.LatestStart is { } latest && CatalogTime.Now(Clock) - run > latest)
            {
                continue;
            }
            try
            {
                await RunAsync(task, run, _abort.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_abort.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The next run tries again; nobody awaits this one.
                Log.MaintenanceFailed(_lake.Logger, e, task.Name);
                s_failures.Add(1, new KeyValuePair<string, object?>("view_set_name", task.Name));
            }
        }
    }

    /// <summary>Deletes what has expired and tries again what could not be read.</summary>
    private async ValueTask<MaintenanceReport> CleanUpAsync(CancellationToken ct)
    {
        RetentionReport retention = await new RetentionRun(_lake, _options.Retention ?? new RetentionPolicy(), Context(ct)).RunAsync(ct).ConfigureAwait(false);
        return new MaintenanceReport
        {
            FilesDeleted = await ExpiredFiles.DeleteAsync(_lake, ct).ConfigureAwait(false),
            BlocksDeleted = retention.Blocks,
            BlocksRecovered = await _retry.RunAsync(Context(ct), ct).ConfigureAwait(false),
        };
    }

    private QueryContext Context(CancellationToken ct) => new(new EngineOptions { TimeProvider = Clock }, _memory, ct);

    /// <summary>Makes ranges of all views in the order of their groups; a view that fails does not keep the others from their turn (spec/lakehouse.md §4.2).</summary>
    private async ValueTask<MaintenanceReport> MaterializeAsync(IReadOnlyList<LakeTimeRange> ranges, long bucketLength, CancellationToken ct)
    {
        var materializer = new GlobalMaterializer(_lake, Context(ct));
        Materialized done = default;
        var failures = new List<MaintenanceFailure>();
        IReadOnlyList<GlobalView> views = await _lake.Views.ListAsync(
            (name, error) =>
            {
                s_failures.Add(1, new KeyValuePair<string, object?>("view_set_name", name), new KeyValuePair<string, object?>("view_instance_id", ViewTable.Global));
                failures.Add(new MaintenanceFailure(name, error));
            },
            ct).ConfigureAwait(false);
        foreach (GlobalView view in views.Where(IsToBeMade))
        {
            try
            {
                await SharedSchema.RequireOwnAsync(_lake, view, ct).ConfigureAwait(false);
                foreach (LakeTimeRange range in ranges)
                {
                    done += await materializer.MaterializeAsync(view, range, bucketLength, ct).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                string name = view.Definition.Name;
                Log.ViewMaintenanceFailed(_lake.Logger, e, name);
                s_failures.Add(
                    1, new KeyValuePair<string, object?>("view_set_name", name), new KeyValuePair<string, object?>("view_instance_id", ViewTable.Global));
                failures.Add(new MaintenanceFailure(name, e));
            }
        }
        return new MaintenanceReport { PartitionsWritten = done.Written, PartitionsMerged = done.Merged, Failures = failures };
    }

    private bool IsToBeMade(GlobalView view) => view.UpdateGroup is not null
        && (view.IsOwn || (_lake.Sharing == LakeSharing.Shared ? _options.MaintainsSharedViews : view.IsReadFromPartitions));
}
