using System.Data.Common;
using Micromegas.Data;

namespace Micromegas.Golden.Lakes;

/// <summary>A data source without a lake: enough for statements that bring their own rows.</summary>
internal sealed class EmptyLake : IGoldenLake
{
    private readonly MicromegasDataSource source;
    private readonly MicromegasConnection connection;

    private EmptyLake(MicromegasDataSource source, MicromegasConnection connection)
    {
        this.source = source;
        this.connection = connection;
    }

    public static async Task<EmptyLake> OpenAsync()
    {
        var source = new MicromegasDataSourceBuilder("Command Timeout=0").Build();
        return new(source, await source.OpenConnectionAsync());
    }

    public DbCommand CreateCommand(string sql, string? begin, string? end)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await source.DisposeAsync();
    }
}
