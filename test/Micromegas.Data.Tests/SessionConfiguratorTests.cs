namespace Micromegas.Data.Tests;

/// <summary>What a data source does to each of its connections.</summary>
public sealed class SessionConfiguratorTests
{
    [Fact]
    public async Task EveryConnectionIsConfiguredBeforeItIsUsed()
    {
        var opened = 0;
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var source = new MicromegasDataSourceBuilder(golden.ConnectionString)
            .UseSessionConfigurator((connection, _) =>
            {
                connection.Range = MicromegasRange.Parse("2026-11-22T16:56:00Z/2026-11-22T16:57:00Z");
                return Task.CompletedTask;
            })
            .UseSessionConfigurator(async (connection, cancellationToken) =>
            {
                Interlocked.Increment(ref opened);
                Assert.NotNull(connection.Range);
                await using var set = connection.CreateCommand("SET timezone = 'Europe/Berlin'");
                await set.ExecuteNonQueryAsync(cancellationToken);
            })
            .Build();
        await using (var connection = await source.OpenConnectionAsync())
        {
            await using var command = connection.CreateCommand("SELECT min(time) >= TIMESTAMP '2026-11-22T16:56:00Z' FROM log_entries");
            Assert.Equal(true, await command.ExecuteScalarAsync());
        }
        using (var connection = source.OpenConnection())
        {
            using var command = connection.CreateCommand("SHOW timezone");
            using var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            Assert.Equal("Europe/Berlin", reader.GetString(1));
        }
        Assert.Equal(2, opened);
    }

    [Fact]
    public async Task AFailureClosesTheConnectionAndReachesWhoOpensIt()
    {
        await using var source = new MicromegasDataSourceBuilder()
            .UseSessionConfigurator(static (_, _) => throw new InvalidOperationException("not today"))
            .Build();
        await using var connection = source.CreateConnection();
        Assert.Equal("not today", (await Assert.ThrowsAsync<InvalidOperationException>(() => connection.OpenAsync())).Message);
        Assert.Equal(System.Data.ConnectionState.Closed, connection.State);
    }
}
