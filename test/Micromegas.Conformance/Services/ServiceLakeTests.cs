using Micromegas.Data;
using Micromegas.Golden.Lakes;
using Micromegas.Testing;

namespace Micromegas.Conformance.Services;

/// <summary>A lake's whole life in PostgreSQL and S3, through the provider.</summary>
public sealed class ServiceLakeTests(LakeServices services) : IClassFixture<LakeServices>, IDisposable
{
    // Far below the time-outs of requests, far above what a busy machine takes.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(25);

    private readonly string folder = Directory.CreateTempSubdirectory("micromegas-services-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_lake_moves_from_a_directory_into_services_and_lives_on()
    {
        var directory = Path.Combine(folder, "lake");
        var backup = Path.Combine(folder, "backup");
        await WriteAsync(await MicromegasLake.CreateAsync(directory), "before");
        var place = await services.PlaceAsync(Path.Combine(directory, "store"), inBucket: true);
        var (bucket, database) = (place.DataSource, place.Catalog);

        await MoveAsync(place, directory, backup);
        Assert.Equal(["before 0", "before 1"], await AskAsync(bucket, database));

        var lake = await MicromegasLake.OpenAsync(place);
        Assert.False(lake.IsShared);
        await WriteAsync(lake, "after");
        Assert.Equal(["after 0", "after 1", "before 0", "before 1"], await AskAsync(bucket, database));
        await using (var maintenance = lake.CreateMaintenance())
        {
            Assert.Empty((await maintenance.RunOnceAsync()).Failures);
        }
        Assert.Empty(await lake.Administration.CheckAsync());
        Assert.Equal(["after 0", "after 1", "before 0", "before 1"], await AskAsync(bucket, database));

        // Once more from nothing: what the process has cached is not needed.
        await MicromegasLake.CloseAsync(place);
        Assert.Equal(["after 0", "after 1", "before 0", "before 1"], await AskAsync(bucket, database));
        await MicromegasLake.CloseAsync(place);
    }

    [Fact]
    public async Task A_new_lake_in_services_is_made_by_its_first_connection()
    {
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        var place = await services.PlaceAsync(Path.Combine(folder, "empty"), inBucket: true);
        place.Mode = MicromegasOpenMode.ReadOnly;
        var error = await Assert.ThrowsAsync<MicromegasException>(async () => await new MicromegasConnection(place.ConnectionString).OpenAsync());
        Assert.Equal("08006", error.SqlState);
        place.Mode = MicromegasOpenMode.ReadWriteCreate;
        Assert.Empty(await AskAsync(place.DataSource, place.Catalog));
        await MicromegasLake.CloseAsync(place);
    }

    [Fact]
    public async Task A_bucket_that_stopped_answering_is_not_needed_for_what_was_asked_before_and_holds_nobody_who_cancels()
    {
        await using var way = new FaultyConnection("127.0.0.1", services.Gateway.Endpoint.Port);
        var place = await services.PlaceAsync(Repository.PathOf("test", "golden", "lake", "store"), inBucket: true);
        await (await MicromegasLake.CreateAsync(place)).ImportCatalogAsync(Repository.PathOf("test", "golden", "lake", "catalog", "merged"));
        await MicromegasLake.CloseAsync(place);

        place.DataSource = place.DataSource.Replace($":{services.Gateway.Endpoint.Port}", $":{way.Port}", StringComparison.Ordinal);
        place.Mode = MicromegasOpenMode.ReadOnly;
        place.CommandTimeout = 0;
        await using var connection = new MicromegasConnection(place.ConnectionString);
        await connection.OpenAsync();
        var answer = await AskAsync("SELECT msg FROM log_entries WHERE level <= 3 ORDER BY time", default);
        Assert.NotEmpty(answer);
        way.Stall();

        // Footers and column chunks are kept; a question for others waits, and ends with its token, or by its time-out.
        Assert.Equal(answer, await AskAsync("SELECT msg FROM log_entries WHERE level <= 3 ORDER BY time", default).WaitAsync(Soon));
        using var cancel = new CancellationTokenSource();
        var waiting = AskAsync("SELECT name FROM measures", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Soon));
        var error = await Assert.ThrowsAsync<MicromegasException>(() => AskAsync("SELECT target FROM log_entries", default, timeout: 1).WaitAsync(Soon));
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, error.SqlState);
        way.Resume();
        Assert.NotEmpty(await AskAsync("SELECT name FROM measures", default));
        await MicromegasLake.CloseAsync(place);

        async Task<List<string>> AskAsync(string sql, CancellationToken cancellationToken, int timeout = 0)
        {
            await using var command = connection.CreateCommand(sql);
            command.CommandTimeout = timeout;
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var texts = new List<string>();
            while (await reader.ReadAsync(cancellationToken))
            {
                texts.Add(reader.GetString(0));
            }

            return texts;
        }
    }

    [Fact]
    public async Task Of_row_groups_in_a_bucket_whose_dictionaries_lack_the_value_nothing_else_is_fetched()
    {
        var place = await services.PlaceAsync(Repository.PathOf("test", "golden", "lake", "store"), inBucket: true);
        await (await MicromegasLake.CreateAsync(place)).ImportCatalogAsync(Repository.PathOf("test", "golden", "lake", "catalog", "merged"));
        await MicromegasLake.CloseAsync(place);
        place.Mode = MicromegasOpenMode.ReadOnly;
        await using (var connection = new MicromegasConnection(place.ConnectionString))
        {
            await connection.OpenAsync();
            var (none, looked) = await CountAsync(connection, "SELECT time, msg, properties FROM log_entries WHERE target LIKE '%no such target%'");
            var (all, whole) = await CountAsync(connection, "SELECT time, msg, properties, target FROM log_entries");
            Assert.Equal(0, none);
            Assert.NotEqual(0, all);
            // Small row groups come at once; the others are spared.
            Assert.InRange(looked.RowGroupsPruned, 1, whole.RowGroupsRead);
            Assert.InRange(looked.BytesRead, 1, whole.BytesRead - 512_000);
        }
        await MicromegasLake.CloseAsync(place);

        static async Task<(int Rows, MicromegasStatistics Statistics)> CountAsync(MicromegasConnection connection, string sql)
        {
            await using var command = connection.CreateCommand(sql);
            var rows = 0;
            await using (var reader = await command.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                {
                    rows++;
                }
            }

            return (rows, command.Statistics!);
        }
    }

    private static async Task MoveAsync(MicromegasConnectionStringBuilder settings, string directory, string backup)
    {
        // sample: move
        var old = await MicromegasLake.OpenAsync(directory);
        await old.ExportCatalogAsync(backup);
        var lake = await MicromegasLake.CreateAsync(settings);
        await lake.ImportCatalogAsync(backup);
        // end
        await MicromegasLake.CloseAsync(directory);
    }

    private static async Task<List<string>> AskAsync(string bucket, string database)
    {
        // sample: services
        var settings = new MicromegasConnectionStringBuilder
        {
            DataSource = bucket,     // s3://telemetry/lake?region=eu-west-3
            Catalog = database,      // Host=db.example;Username=lake;Password=…;Database=lake
        };
        await using var connection = new MicromegasConnection(settings.ConnectionString);
        await connection.OpenAsync();
        // end
        var lines = new List<string>();
        await using var command = connection.CreateCommand("SELECT msg FROM log_entries ORDER BY msg");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }

    private static async Task WriteAsync(MicromegasLake lake, string text)
    {
        await using var writer = lake.CreateWriter();
        for (var i = 0; i < 2; i++)
        {
            writer.Log(TelemetryLevel.Info, "services", $"{text} {i}");
        }
    }
}
