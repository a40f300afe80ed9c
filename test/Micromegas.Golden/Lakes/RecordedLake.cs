using System.Data.Common;
using System.Globalization;
using Micromegas.Data;

namespace Micromegas.Golden.Lakes;

/// <summary>A recorded lake, imported into one of its own and asked through the provider.</summary>
internal sealed class RecordedLake : IGoldenLake
{
    private readonly ScratchCopy copy;
    private readonly MicromegasDataSource source;
    private readonly MicromegasConnection connection;
    private readonly MicromegasConnectionStringBuilder address;

    private RecordedLake(ScratchCopy copy, MicromegasConnectionStringBuilder address, MicromegasDataSource source, MicromegasConnection connection)
    {
        this.copy = copy;
        this.address = address;
        this.source = source;
        this.connection = connection;
    }

    /// <summary>Copies and opens a lake.</summary>
    /// <param name="lake">The folder with <c>store/</c> and <c>catalog/</c>.</param>
    /// <param name="state">The catalogue state.</param>
    /// <param name="services">Where the catalogue goes; null for a file beside the store.</param>
    /// <param name="inBucket">Whether the objects go to the services too.</param>
    public static async Task<RecordedLake> OpenAsync(string lake, string state, LakeServices? services, bool inBucket)
    {
        var copy = ScratchCopy.Of(lake, state);
        var settings = new MicromegasConnectionStringBuilder { DataSource = copy.Folder };
        try
        {
            if (services is not null)
            {
                settings = await services.PlaceAsync(Path.Combine(copy.Folder, "store"), inBucket);
            }

            settings.CommandTimeout = 0;
            var opened = await MicromegasLake.CreateAsync(settings);
            await opened.ImportCatalogAsync(copy.Catalog);
            var source = new MicromegasDataSourceBuilder(settings.ConnectionString).UseTimeProvider(RecordingClock.Instance).Build();
            var connection = await source.OpenConnectionAsync();
            return new(copy, settings, source, connection);
        }
        catch
        {
            await MicromegasLake.CloseAsync(settings);
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
        await source.DisposeAsync();
        await MicromegasLake.CloseAsync(address);
        copy.Dispose();
    }

    /// <summary>The time at which upstream was asked, some minutes after the lake was recorded: <c>now()</c> is part of the questions.</summary>
    private sealed class RecordingClock : TimeProvider
    {
        public static RecordingClock Instance { get; } = new();

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 17, 0, 0, TimeSpan.Zero);
    }
}
