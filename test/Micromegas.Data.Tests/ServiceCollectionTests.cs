using System.Data;
using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;

namespace Micromegas.Data.Tests;

public class ServiceCollectionTests
{
    [Fact]
    public async Task DataSourcesAndConnectionsComeFromTheContainer()
    {
        var services = new ServiceCollection();
        services.AddMicromegasDataSource("Threads=1", static builder => builder.ConnectionStringBuilder.CommandTimeout = 5);
        services.AddMicromegasDataSource("Threads=2", serviceKey: "other", connectionLifetime: ServiceLifetime.Scoped);
        await using var provider = services.BuildServiceProvider();

        var source = provider.GetRequiredService<MicromegasDataSource>();
        Assert.Same(source, provider.GetRequiredService<DbDataSource>());
        Assert.Equal(5, new MicromegasConnectionStringBuilder(source.ConnectionString).CommandTimeout);
        await using var connection = provider.GetRequiredService<MicromegasConnection>();
        Assert.Equal(ConnectionState.Closed, connection.State);
        await connection.OpenAsync();
        Assert.Equal(1L, await connection.CreateCommand("SELECT 1").ExecuteScalarAsync());
        Assert.NotSame(connection, provider.GetRequiredService<DbConnection>());

        var other = provider.GetRequiredKeyedService<MicromegasDataSource>("other");
        Assert.NotSame(source, other);
        using var scope = provider.CreateScope();
        Assert.Same(scope.ServiceProvider.GetRequiredKeyedService<MicromegasConnection>("other"), scope.ServiceProvider.GetRequiredKeyedService<DbConnection>("other"));
        Assert.Equal(2, new MicromegasConnectionStringBuilder(other.ConnectionString).Threads);
    }
}
