using System.Data.Common;
using System.Globalization;
using Micromegas.Data;

namespace Micromegas.Golden.Lakes;

/// <summary>A recorded lake, imported into an embedded one of its own and asked through the provider.</summary>
internal sealed class RecordedLake : IGoldenLake
{
    private readonly ScratchCopy copy;
    private readonly MicromegasDataSource source;
    private readonly MicromegasConnection connection;

    private RecordedLake(ScratchCopy copy, MicromegasDataSource source, MicromegasConnection connection)
    {
        this.copy = copy;
        this.source = source;
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
            var source = new MicromegasDataSourceBuilder(settings.ConnectionString).UseTimeProvider(RecordingClock.Instance).Build();
            var connection = await source.OpenConnectionAsync();
            return new(copy, source, connection);
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
        await source.DisposeAsync();
        await MicromegasLake.CloseAsync(copy.Folder);
        copy.Dispose();
    }

    /// <summary>The time at which upstream was asked, some minutes after the lake was recorded: <c>now()</c> is part of the questions.</summary>
    private sealed class RecordingClock : TimeProvider
    {
        public static RecordingClock Instance { get; } = new();

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 17, 0, 0, TimeSpan.Zero);
    }
}
