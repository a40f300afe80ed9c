using System.Collections.Concurrent;
using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Lets one statement at a time build the partitions of an instance; others wait and find them built. Within the process a semaphore does it, between processes a
/// lease in the catalogue. Losing the lease costs work twice, never correctness: the commit decides (spec/lakehouse.md §4.10 H5).
/// </summary>
internal sealed class BuildLocks
{
    // Nobody waits longer for another process, which may be dead.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<(string View, string Instance), SemaphoreSlim> _locks = new();
    private readonly string _owner = Guid.NewGuid().ToString("D");

    public async ValueTask<IAsyncDisposable> EnterAsync(LakeHost lake, string view, string instance, CancellationToken ct)
    {
        SemaphoreSlim gate = _locks.GetOrAdd((view, instance), _ => new SemaphoreSlim(1));
        await gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            string lease = $"build/{view}/{instance}";
            bool held = await TryLeaseAsync(lake, lease, ct).ConfigureAwait(false);
            return new Holder(gate, lake, held ? lease : null, _owner);
        }
        catch
        {
            gate.Release();
            throw;
        }
    }

    private async ValueTask<bool> TryLeaseAsync(LakeHost lake, string lease, CancellationToken ct)
    {
        TimeProvider clock = lake.Options.TimeProvider;
        long started = clock.GetTimestamp();
        while (true)
        {
            long now = CatalogTime.Now(clock);
            if (await lake.Catalog.TryAcquireLeaseAsync(lease, _owner, now, now + (long)s_lease.TotalNanoseconds, ct).ConfigureAwait(false))
            {
                return true;
            }
            if (clock.GetElapsedTime(started) > s_longestWait)
            {
                return false;
            }
            await Task.Delay(s_pause, clock, ct).ConfigureAwait(false);
        }
    }

    private sealed class Holder(SemaphoreSlim gate, LakeHost lake, string? lease, string owner) : IAsyncDisposable
    {
        private int _released;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _released, 1) != 0)
            {
                return;
            }
            try
            {
                if (lease is not null)
                {
                    await lake.Catalog.ReleaseLeaseAsync(lease, owner, CancellationToken.None).ConfigureAwait(false);
                }
            }
            finally
            {
                gate.Release();
            }
        }
    }
}
