using System.Globalization;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Tests.Writing;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>Two hosts, as two processes have them, on one lake, with clocks of the test's own.</summary>
public sealed class BuildLeaseTests : IDisposable
{
    private const string View = "log_entries";
    private const string Process = "4f9fb480-50c9-470a-926e-b23a3acfa936";
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly ScratchFolder _folder = new();
    private readonly ManualClock _clock = Noon();
    private readonly ManualClock _otherClock = Noon();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_lease_is_renewed_while_a_build_runs_and_others_wait_for_its_end()
    {
        await using LakeHost builder = await OpenAsync(LakeMode.ReadWriteCreate, _clock);
        await using LakeHost other = await OpenAsync(LakeMode.ReadWrite, _otherClock);
        IAsyncDisposable building = await builder.Builds.EnterAsync(builder, View, Process, default);
        Task<IAsyncDisposable> waiting = other.Builds.EnterAsync(other, View, Process, default).AsTask();
        for (int i = 0; i < 20; i++)
        {
            await AdvanceUntilRenewedAsync(builder);
            _otherClock.Advance(BuildLease.Length / 3);
            Assert.False(waiting.IsCompleted);
        }
        await building.DisposeAsync();
        await (await AdvanceUntilAsync(waiting, _otherClock)).DisposeAsync();
        Assert.Empty(await builder.Catalog.ReadTableAsync(CatalogSchema.Leases, default));
    }

    [Fact]
    public async Task The_lease_of_a_builder_that_crashed_ends()
    {
        await using LakeHost lake = await OpenAsync(LakeMode.ReadWriteCreate, _clock);
        long now = CatalogTime.Now(_clock);
        Assert.True(await new BuildLease(lake, $"build/{View}/{Process}", "crashed").TryAcquireAsync(default));
        await using IAsyncDisposable building = await AdvanceUntilAsync(lake.Builds.EnterAsync(lake, View, Process, default).AsTask(), _clock);
        Assert.True(CatalogTime.Now(_clock) - now >= (long)BuildLease.Length.TotalNanoseconds);
        Assert.NotEqual("crashed", Assert.Single(await lake.Catalog.ReadTableAsync(CatalogSchema.Leases, default))[1]);
    }

    [Fact]
    public async Task A_lease_that_nobody_renews_stops_nobody_however_long_it_says_it_is()
    {
        await using LakeHost lake = await OpenAsync(LakeMode.ReadWriteCreate, _clock);
        await lake.ImportCatalogAsync(GoldenLake.CatalogFolder("ingest"), LakeSharing.Shared, default);
        CopyBlobs();
        long now = CatalogTime.Now(_clock);
        Assert.True(await lake.Catalog.TryAcquireLeaseAsync($"build/{View}/{Process}", "another clock", now, now + 3_600_000_000_000, default));
        (_, QueryStatistics statistics) = await AdvanceUntilAsync(lake.ReadInstanceAsync(View, Process), _clock);
        Assert.Equal(1, statistics.PartitionsWritten);
        Assert.Equal("another clock", Assert.Single(await lake.Catalog.ReadTableAsync(CatalogSchema.Leases, default))[1]);
    }

    /// <summary>Lets time pass until the next renewal is in the catalogue; a lease that nobody renews would end on the way.</summary>
    private async Task AdvanceUntilRenewedAsync(LakeHost lake)
    {
        object expires = await ExpirationAsync(lake);
        while (_clock.Armed == 0)
        {
            await Task.Yield();
        }
        _clock.Advance(BuildLease.Length / 3);
        while (expires.Equals(await ExpirationAsync(lake)))
        {
            await Task.Yield();
        }
        Assert.True((long)await ExpirationAsync(lake) > CatalogTime.ToMicroseconds(CatalogTime.Now(_clock)));
    }

    private static async Task<object> ExpirationAsync(LakeHost lake) => Assert.Single(await lake.Catalog.ReadTableAsync(CatalogSchema.Leases, default))[2]!;

    private static async Task<T> AdvanceUntilAsync<T>(Task<T> task, ManualClock clock)
    {
        while (!task.IsCompleted)
        {
            if (clock.Armed > 0)
            {
                clock.Advance(s_second);
            }
            await Task.Yield();
        }
        return await task;
    }

    private ValueTask<LakeHost> OpenAsync(LakeMode mode, ManualClock clock) =>
        LakeHost.OpenAsync(_folder.Path, mode, new LakeOptions { TimeProvider = clock }, default);

    private static ManualClock Noon() => new(DateTimeOffset.Parse("2026-11-24T12:00:00Z", CultureInfo.InvariantCulture));

    private void CopyBlobs()
    {
        foreach (string file in Directory.EnumerateFiles(GoldenLake.IngestStore, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(_folder.Path, "store", Path.GetRelativePath(GoldenLake.IngestStore, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
