using System.Diagnostics;
using Micromegas.Lake.Administration;
using Micromegas.Lake.Tests.Catalogs.Postgres;
using Micromegas.Testing;

namespace Micromegas.Lake.Tests.Processes;

/// <summary>Processes that work on one lake at the same time, and processes that die at any moment.</summary>
[Collection("PostgreSQL")]
public sealed class SeveralProcessesTests(PostgresDatabases databases) : IDisposable
{
    private readonly Lazy<ObjectGateway> _gateway = new();

    public void Dispose()
    {
        if (_gateway.IsValueCreated)
        {
            _gateway.Value.Dispose();
        }
    }

    [Fact]
    public Task Two_processes_agree_for_a_while() => TwoProcessesAsync(15);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Two_processes_agree_for_a_minute() => TwoProcessesAsync(60);

    [Fact]
    public Task Twenty_killed_processes_leave_a_sound_lake() => KillAsync(10, 20261122);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Two_hundred_killed_processes_leave_a_sound_lake() => KillAsync(100, 20261123);

    [Fact]
    public async Task Two_processes_agree_for_a_while_in_services() => await TwoProcessesAsync(8, await InServicesAsync());

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Two_processes_agree_for_a_minute_in_services() => await TwoProcessesAsync(60, await InServicesAsync());

    [Fact]
    public async Task Killed_processes_leave_a_sound_lake_in_services() => await KillAsync(4, 20261124, await InServicesAsync());

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Two_hundred_killed_processes_leave_a_sound_lake_in_services() => await KillAsync(100, 20261125, await InServicesAsync());

    private async Task<WorkedLake> InServicesAsync() => new(_gateway.Value.AddressOf(Guid.NewGuid().ToString("N")), await databases.CreateAsync());

    private static async Task TwoProcessesAsync(double seconds, WorkedLake? place = null)
    {
        using WorkedLake lake = place ?? new WorkedLake();
        await lake.CreateAsync();
        Process[] processes = await Task.WhenAll(lake.StartAsync(1, seconds), lake.StartAsync(2, seconds));
        foreach (Process process in processes)
        {
            using (process)
            {
                string output = await process.StandardOutput.ReadToEndAsync();
                string errors = await process.StandardError.ReadToEndAsync();
                await process.WaitForExitAsync();
                Assert.True(process.ExitCode == 0, errors);
                Assert.StartsWith("done ", output, StringComparison.Ordinal);
            }
        }
        await using LakeHost host = await lake.OpenAsync(LakeMode.ReadWrite);
        await WorkedLake.AssertSoundAsync(host);
        Assert.Empty(await new LakeCheck(host).RunAsync(repair: false, default));
    }

    /// <summary>Two processes a round, killed one after the other.</summary>
    private static async Task KillAsync(int rounds, int seed, WorkedLake? place = null)
    {
        var random = new Random(seed);
        using WorkedLake lake = place ?? new WorkedLake();
        await lake.CreateAsync();
        for (int round = 0; round < rounds; round++)
        {
            Process[] processes = await Task.WhenAll(lake.StartAsync((2 * round) + 1, 600), lake.StartAsync((2 * round) + 2, 600));
            foreach (Process process in processes)
            {
                using (process)
                {
                    await Task.Delay(random.Next(300));
                    Assert.False(process.HasExited, process.HasExited ? await process.StandardError.ReadToEndAsync() : "");
                    process.Kill();
                    await process.WaitForExitAsync();
                }
            }
            await using LakeHost host = await lake.OpenAsync(LakeMode.ReadWrite);
            await WorkedLake.AssertSoundAsync(host);
            var check = new LakeCheck(host) { YoungestOrphan = TimeSpan.MinValue, YoungestOrphanBlob = TimeSpan.MinValue };
            IReadOnlyList<LakeFinding> found = await check.RunAsync(repair: true, default);
            Assert.All(found, f => Assert.True(f is { Flaw: LakeFlaw.OrphanFile or LakeFlaw.OrphanBlob, IsRepaired: true }, f.ToString()));
            Assert.Empty(await check.RunAsync(repair: false, default));
            await WorkedLake.AssertSoundAsync(host);
        }
    }
}
