using Microsoft.Extensions.Hosting;

namespace Micromegas.Data.Tests;

public class LakeMaintenanceTests
{
    [Fact]
    public async Task OneRunMakesWhatIsOverAndTheNextFindsItDone()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var lake = await MicromegasLake.OpenAsync(golden.Directory);
        await using var maintenance = lake.CreateMaintenance();
        var first = await maintenance.RunOnceAsync();
        Assert.Equal((3, 0, 0), (first.PartitionsWritten, first.PartitionsMerged, first.Failures.Count));
        var second = await maintenance.RunOnceAsync();
        Assert.Equal((0, 0, 0), (second.PartitionsWritten, second.PartitionsMerged, second.Failures.Count));

        await using var connection = lake.CreateConnection();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand("SELECT count(*) FROM log_entries");
        Assert.Equal(34_222L, await command.ExecuteScalarAsync());
        Assert.Equal(0, command.Statistics!.BlocksDecoded);
    }

    [Fact]
    public async Task AHostStartsAndStopsIt()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var lake = await MicromegasLake.OpenAsync(golden.Directory);
        await using var maintenance = lake.CreateMaintenance(new LakeMaintenanceOptions { GracePeriod = TimeSpan.FromMinutes(1) });
        IHostedService service = maintenance;
        await service.StartAsync(default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => service.StartAsync(default));
        await service.StopAsync(default);
    }

    [Fact]
    public async Task AnImpossibleMemoryLimitIsRefused()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var lake = await MicromegasLake.OpenAsync(golden.Directory);
        Assert.Throws<ArgumentOutOfRangeException>(() => lake.CreateMaintenance(new LakeMaintenanceOptions { MemoryLimit = 0 }));
    }
}
