using Micromegas.Data.Execution;
using Micromegas.Lake.Maintenance;
using Microsoft.Extensions.Hosting;

namespace Micromegas.Data;

/// <summary>
/// Keeps a lake in order: makes and merges the partitions of the global views, deletes what has expired. No query needs it, since what has no partition is read
/// from the blocks; it makes old data faster to ask and keeps the number of files small. As a hosted service it follows a schedule (every minute, hour and day);
/// without a host call <see cref="RunOnceAsync"/>. Thread-safe.
/// </summary>
public sealed class LakeMaintenance : IHostedService, IAsyncDisposable
{
    private readonly LakeMaintainer maintainer;

    internal LakeMaintenance(LakeMaintainer maintainer) => this.maintainer = maintainer;

    /// <summary>Begins the schedule.</summary>
    /// <param name="cancellationToken">Not used: beginning takes no time.</param>
    /// <exception cref="InvalidOperationException">It has begun already.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        maintainer.Start();
        return Task.CompletedTask;
    }

    /// <summary>Ends the schedule and waits for what is running. What has to be cancelled leaves nothing half done.</summary>
    /// <param name="cancellationToken">Cancels what is running instead of waiting for it.</param>
    public Task StopAsync(CancellationToken cancellationToken) => maintainer.StopAsync(cancellationToken);

    /// <summary>Does at once everything that is due: hours and days that are over get their partitions, however old they are, and what has expired is deleted.</summary>
    /// <param name="cancellationToken">Ends the run; what was done until then stays.</param>
    /// <exception cref="MicromegasException">Catalogue or store failed. What concerns single views is in the report instead.</exception>
    public async Task<LakeMaintenanceReport> RunOnceAsync(CancellationToken cancellationToken = default) =>
        LakeMaintenanceReport.From(await TranslateAsync(maintainer.RunOnceAsync(cancellationToken)).ConfigureAwait(false));

    /// <summary>Says what retention would remove now. Nothing is changed, and the sampler is not asked.</summary>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="MicromegasException">The catalogue failed.</exception>
    public async Task<LakeRetentionPreview> PreviewRetentionAsync(CancellationToken cancellationToken = default) =>
        new(await TranslateAsync(maintainer.PreviewRetentionAsync(cancellationToken)).ConfigureAwait(false));

    /// <summary>Ends the schedule, if it runs.</summary>
    public ValueTask DisposeAsync() => maintainer.DisposeAsync();

    private static async Task<T> TranslateAsync<T>(Task<T> work)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (Exception e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }
}
