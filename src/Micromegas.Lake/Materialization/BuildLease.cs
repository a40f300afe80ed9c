using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>A lease in the catalogue that says who builds. A crashed owner renews it no more, so it ends by itself.</summary>
internal sealed class BuildLease(LakeHost lake, string name, string owner) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task? _renewal;

    /// <summary>How long it lasts without being renewed.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(10);

    // Two renewals may be missed.
    private static TimeSpan Period { get; } = Length / 3;

    private TimeProvider Clock => lake.Options.TimeProvider;

    /// <summary>Takes or renews it; false while it is another's.</summary>
    public ValueTask<bool> TryAcquireAsync(CancellationToken ct)
    {
        long now = CatalogTime.Now(Clock);
        return lake.Catalog.TryAcquireLeaseAsync(name, owner, now, now + (long)Length.TotalNanoseconds, ct);
    }

    /// <summary>When the lease ends, in the catalogue's microseconds by its owner's clock; null when there is none.</summary>
    public async ValueTask<long?> FindExpirationAsync(CancellationToken ct)
    {
        IReadOnlyList<object?[]> leases = await lake.Catalog.ReadTableAsync(CatalogSchema.Leases, ct).ConfigureAwait(false);
        return leases.FirstOrDefault(row => name.Equals(row[0]))?[2] as long?;
    }

    /// <summary>Renews the lease, which must have been taken, until it is disposed.</summary>
    public void StartRenewal() => _renewal = RenewAsync();

    /// <summary>Ends the renewal and gives the lease up, if it was taken.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_renewal is null)
        {
            _stop.Dispose();
            return;
        }
        await _renewal.ConfigureAwait(false);
        _stop.Dispose();
        await lake.Catalog.ReleaseLeaseAsync(name, owner, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(Period, Clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested)
            {
                return;
            }
            try
            {
                if (!await TryAcquireAsync(_stop.Token).ConfigureAwait(false))
                {
                    // Whoever has it now does the same work again; the commit decides whose is kept.
                    Log.LeaseLost(lake.Logger, name);
                    return;
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (LakeException e)
            {
                // The next renewal may come in time.
                Log.LeaseNotRenewed(lake.Logger, name, e);
            }
        }
    }
}
