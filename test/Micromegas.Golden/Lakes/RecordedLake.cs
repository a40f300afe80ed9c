using System.Data.Common;
using System.Globalization;
using Micromegas.Data;

namespace Micromegas.Golden.Lakes;

/// <summary>A recorded lake, imported into an embedded one of its own and asked through the provider.</summary>
internal sealed class RecordedLake : IGoldenLake
{
    private readonly ScratchCopy copy;
    private readonly MicromegasConnection connection;

    private RecordedLake(ScratchCopy copy, MicromegasConnection connection)
    {
        this.copy = copy;
        this.connection = connection;
    }

    /// <summary>Copies and opens a lake.</summary>
    /// <param name="lake">The folder with <c>store/</c> and <c>catalog/</c>.</param>
    /// <param name="state">The catalogue state.</param>
    public static async Task<RecordedLake> OpenAsync(string lake, string state)
    {
        var copy = ScratchCopy.Of(lake, state);
        try
        {
            var opened = await MicromegasLake.CreateAsync(copy.Folder);
            await opened.ImportCatalogAsync(copy.Catalog);
            var settings = new MicromegasConnectionStringBuilder { DataSource = copy.Folder, CommandTimeout = 0 };
            var connection = new MicromegasConnection(settings.ConnectionString);
            await connection.OpenAsync();
            return new(copy, connection);
        }
        catch
        {
            await MicromegasLake.CloseAsync(copy.Folder);
            copy.Dispose();
            throw;
        }
    }

    public DbCommand CreateCommand(string sql, string? begin, string? end)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Range = begin is null || end is null ? null : MicromegasRange.Parse($"{begin}/{end}");
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await MicromegasLake.CloseAsync(copy.Folder);
        copy.Dispose();
    }
}
