using System.Collections.Concurrent;

namespace Micromegas.Lake.Materialization;

/// <summary>Lets one statement at a time build the partitions of an instance; others wait and find them built.</summary>
internal sealed class BuildLocks
{
    private readonly ConcurrentDictionary<(string View, string Instance), SemaphoreSlim> _locks = new();

    public async ValueTask<IDisposable> EnterAsync(string view, string instance, CancellationToken ct)
    {
        SemaphoreSlim gate = _locks.GetOrAdd((view, instance), _ => new SemaphoreSlim(1));
        await gate.WaitAsync(ct).ConfigureAwait(false);
        return new Holder(gate);
    }

    private sealed class Holder(SemaphoreSlim gate) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                gate.Release();
            }
        }
    }
}
