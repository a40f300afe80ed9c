using System.Data.Common;
using Micromegas.Columnar;
using Micromegas.Data;
using Micromegas.Engine.Execution;
using Micromegas.Golden.Lakes;
using Micromegas.Lake;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Views;
using Micromegas.Testing;

namespace Micromegas.Conformance.Golden;

/// <summary>The recorded lake as one that only we use, its minutes of logs and measures merged by us: their rows lie by process (docs/decisions/0013).</summary>
internal sealed class MergedLake : IGoldenLake
{
    /// <summary>2026-11-22T16:00:00Z.</summary>
    private const long Hour = 1_795_363_200_000_000_000;

    private readonly ScratchCopy copy;
    private readonly MicromegasDataSource source;
    private readonly MicromegasConnection connection;

    private MergedLake(ScratchCopy copy, MicromegasDataSource source, MicromegasConnection connection)
    {
        this.copy = copy;
        this.source = source;
        this.connection = connection;
    }

    public static async Task<MergedLake> OpenAsync()
    {
        var copy = ScratchCopy.Of(Repository.PathOf("test", "golden", "lake"), "global");
        try
        {
            await MergeAsync(copy);
            var settings = new MicromegasConnectionStringBuilder { DataSource = copy.Folder, CommandTimeout = 0 };
            var source = new MicromegasDataSourceBuilder(settings.ConnectionString).UseTimeProvider(new RecordingClock()).Build();
            return new MergedLake(copy, source, await source.OpenConnectionAsync());
        }
        catch
        {
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

    private static async Task MergeAsync(ScratchCopy copy)
    {
        await using var lake = await LakeHost.OpenAsync(copy.Folder, LakeMode.ReadWriteCreate, new LakeOptions { TimeProvider = new RecordingClock() }, default);
        await lake.ImportCatalogAsync(copy.Catalog, LakeSharing.Exclusive, default);
        var materializer = new GlobalMaterializer(lake, new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), default));
        foreach (var definition in new[] { LogEntriesView.Definition, MeasuresView.Definition })
        {
            // However few rows there are.
            var view = new EventView(definition) { ClusteredFrom = 0 };
            var hour = new LakeTimeRange(Hour, Hour + CatalogTime.NanosecondsPerHour);
            Assert.Equal(new Materialized(0, 1), await materializer.MaterializeAsync(view, hour, CatalogTime.NanosecondsPerHour, default));
        }
    }

    /// <summary>The time at which upstream was asked.</summary>
    private sealed class RecordingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 17, 0, 0, TimeSpan.Zero);
    }
}
