using System.Collections.Concurrent;
using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Lets one statement at a time build the partitions of an instance; others wait and find them built. Within the process a semaphore does it, between processes a
/// lease in the catalogue, which is renewed for as long as the build runs. Losing the lease costs work twice, never correctness: the commit decides
/// (spec/lakehouse.md §4.10 H5).
/// </summary>
internal sealed class BuildLocks
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<(string View, string Instance), SemaphoreSlim> _locks = new();
    private readonly string _owner = Guid.NewGuid().ToString("D");

    public async ValueTask<IAsyncDisposable> EnterAsync(LakeHost lake, string view, string instance, CancellationToken ct)
    {
        SemaphoreSlim gate = _locks.GetOrAdd((view, instance), _ => new SemaphoreSlim(1));
        await gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var lease = new BuildLease(lake, $"build/{view}/{instance}", _owner);
            await WaitAsync(lake, lease, ct).ConfigureAwait(false);
            return new Holder(gate, lease);
        }
        catch
        {
            gate.Release();
            throw;
        }
    }

    /// <summary>
    /// Takes the lease, or goes on without it when its owner has not renewed it for its whole length: he is dead, however far in the future his clock let it end.
    /// </summary>
    private static async ValueTask WaitAsync(LakeHost lake, BuildLease lease, CancellationToken ct)
    {
        TimeProvider clock = lake.Options.TimeProvider;
        long? expires = null;
        long seen = clock.GetTimestamp();
        while (!await lease.TryAcquireAsync(ct).ConfigureAwait(false))
        {
            if (await lease.FindExpirationAsync(ct).ConfigureAwait(false) is var found && found != expires)
            {
                expires = found;
                seen = clock.GetTimestamp();
            }
            else if (clock.GetElapsedTime(seen) > BuildLease.Length)
            {
                return;
            }
            await Task.Delay(s_pause, clock, ct).ConfigureAwait(false);
        }
        lease.StartRenewal();
    }

    private sealed class Holder(SemaphoreSlim gate, BuildLease lease) : IAsyncDisposable
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
                await lease.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                gate.Release();
            }
        }
    }
}
