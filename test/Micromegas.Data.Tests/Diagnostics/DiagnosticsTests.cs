using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Micromegas.Data.Tests.Diagnostics;

/// <summary>Listeners hear the whole process; each test looks only at its own lake's or text's reports.</summary>
public class DiagnosticsTests(GoldenLakeFixture golden) : IClassFixture<GoldenLakeFixture>
{
    private string Namespace => Path.GetFileName(golden.Lake.Directory);

    [Fact]
    public async Task MessagesHaveStableIds()
    {
        using var log = new RecordedLog();
        await using var source = Build(builder => builder.UseLoggerFactory(log).LogSlowQueries(TimeSpan.Zero));
        await using (var connection = await source.OpenConnectionAsync())
        {
            await connection.CreateCommand("SELECT 1").ExecuteScalarAsync();
            await Assert.ThrowsAsync<MicromegasException>(() => connection.CreateCommand("SELECT nothing").ExecuteScalarAsync());
            using var cancelled = new CancellationTokenSource();
            cancelled.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.CreateCommand("SELECT 2").ExecuteScalarAsync(cancelled.Token));
        }

        Assert.Equal([1001, 1101, 1102, 1105, 1101, 1103, 1105, 1101, 1104, 1105, 1002], log.Messages.Select(static message => message.Id.Id));
        var failed = log.Messages.Single(static message => message.Id.Id == 1103);
        Assert.Equal(("Micromegas.Data.Command", LogLevel.Error), (failed.Category, failed.Level));
        Assert.Contains("42703", failed.Text, StringComparison.Ordinal);
        Assert.IsType<MicromegasException>(failed.Exception);
        Assert.Contains("SELECT 1", log.Messages.First(static message => message.Id.Id == 1105).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WarningsAreLoggedToo()
    {
        using var log = new RecordedLog(LogLevel.Warning);
        await using var source = Build(builder => builder.UseLoggerFactory(log));
        await using var connection = await source.OpenConnectionAsync();
        var heard = new ConcurrentQueue<string>();
        connection.InfoMessage += (_, e) => heard.Enqueue(e.Info.Message);
        await connection.CreateCommand($"SELECT count(*) FROM view_instance('log_entries', '{GoldenLake.Odd}')").ExecuteScalarAsync();
        Assert.Equal(heard.Order(), log.Messages.Where(static message => message.Id.Id == 1106).Select(static message => message.Text).Order());
    }

    [Fact]
    public async Task ActivitiesFollowTheConventions()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Micromegas.Data",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("db.namespace") as string == Namespace)
                {
                    ended.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var source = Build(static _ => { });
        await using var connection = await source.OpenConnectionAsync();
        await using (var reader = await connection.CreateCommand("SELECT exe FROM processes; SELECT 2").ExecuteReaderAsync())
        {
            Assert.Null(Activity.Current);
            while (await reader.ReadAsync())
            {
            }

            Assert.Empty(ended);
        }

        await Assert.ThrowsAsync<MicromegasException>(() => connection.CreateCommand("SELECT nothing").ExecuteScalarAsync());
        var (good, bad) = (ended.First(), ended.Last());
        Assert.Equal(2, ended.Count);
        Assert.Equal(("BATCH SELECT " + Namespace, ActivityKind.Client, ActivityStatusCode.Unset), (good.DisplayName, good.Kind, good.Status));
        Assert.Equal("micromegas", good.GetTagItem("db.system.name"));
        Assert.Equal("SELECT exe FROM processes; SELECT 2", good.GetTagItem("db.query.text"));
        Assert.Equal("BATCH SELECT", good.GetTagItem("db.operation.name"));
        Assert.Equal(2, good.GetTagItem("db.operation.batch.size"));
        Assert.True((long)good.GetTagItem("db.response.returned_rows")! > 0);
        Assert.Equal(ActivityStatusCode.Error, bad.Status);
        Assert.Equal("42703", bad.GetTagItem("db.response.status_code"));
        Assert.Equal("42703", bad.GetTagItem("error.type"));
    }

    [Fact]
    public async Task MetersCountWhatCommandsDo()
    {
        var measured = new ConcurrentQueue<(string Name, double Value, string? Error)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Micromegas.Data")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();
        await using var source = Build(static _ => { });
        await using var connection = await source.OpenConnectionAsync();
        await connection.CreateCommand("SELECT exe FROM processes LIMIT 2").ExecuteNonQueryAsync();
        await Assert.ThrowsAsync<MicromegasException>(() => connection.CreateCommand("SELECT nothing").ExecuteScalarAsync());

        Assert.Equal([null, "42703"], measured.Where(static m => m.Name == "db.client.operation.duration").Select(static m => m.Error));
        Assert.All(measured.Where(static m => m.Name == "db.client.operation.duration"), static m => Assert.True(m.Value > 0));
        Assert.Equal([2, 0], measured.Where(static m => m.Name == "db.client.response.returned_rows").Select(static m => m.Value));
        Assert.Contains(measured, static m => m.Name == "micromegas.io.read");

        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string? error = null;
            var own = false;
            foreach (var (key, tag) in tags)
            {
                own |= key == "db.namespace" && tag as string == Namespace;
                error = key == "error.type" ? tag as string : error;
            }

            if (own)
            {
                measured.Enqueue((instrument.Name, value, error));
            }
        }
    }

    [Fact]
    public async Task EveryInstrumentAgreesWithTheStatistics()
    {
        await using var lake = await GoldenLake.CopyAsync("global");
        var own = Path.GetFileName(lake.Directory);
        var sums = new ConcurrentDictionary<string, double>();
        var active = 0L;
        var mostActive = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Micromegas.Data")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        listener.Start();

        var total = new Dictionary<string, long>();
        await using (var connection = new MicromegasConnection($"Data Source={lake.Directory};Mode=ReadOnly"))
        {
            await connection.OpenAsync();
            // Blocks that have no partition, then partitions, of which the second look finds something in a cache; and what does not stay in memory.
            foreach (var sql in new[]
            {
                $"SELECT count(DISTINCT msg) FROM view_instance('log_entries', '{GoldenLake.Lobby}')",
                "SELECT time, msg FROM log_entries",
                "SELECT time, msg FROM log_entries",
                "SET micromegas.force_spill = true",
                "SELECT time, msg FROM log_entries ORDER BY msg, time",
            })
            {
                await using var command = connection.CreateCommand(sql);
                await using (var reader = await command.ExecuteReaderAsync())
                {
                    Assert.Equal(1, active);
                    while (await reader.ReadAsync())
                    {
                    }
                }

                var statistics = command.Statistics!;
                Add("db.client.response.returned_rows", statistics.RowsReturned);
                Add("micromegas.io.read", statistics.BytesRead);
                Add("micromegas.blocks.decoded", statistics.BlocksDecoded);
                Add("micromegas.spill.written", statistics.SpilledBytes);
                Add("micromegas.cache.hits", statistics.CacheHits);
            }
        }

        Assert.Equal((0, 1), (active, mostActive));
        Assert.True(sums.Remove("db.client.operation.duration", out var duration) && duration > 0);
        Assert.Equal(total.OrderBy(static entry => entry.Key).Select(static entry => (entry.Key, (double)entry.Value)), sums.OrderBy(static entry => entry.Key).Select(static entry => (entry.Key, entry.Value)));
        Assert.All(total, static entry => Assert.True(entry.Value > 0, entry.Key));

        void Add(string name, long value) => total[name] = total.GetValueOrDefault(name) + value;

        void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (key, tag) in tags)
            {
                if (key != "db.namespace" || tag as string != own)
                {
                    continue;
                }

                if (instrument.Name == "micromegas.commands.active")
                {
                    mostActive = Math.Max(mostActive, active += (long)value);
                }
                else
                {
                    sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
                }
            }
        }
    }

    [Fact]
    public async Task OnlySlowCommandsAreSlow()
    {
        using var log = new RecordedLog();
        await using var source = Build(builder => builder.UseLoggerFactory(log).LogSlowQueries(TimeSpan.FromHours(1)));
        await using var command = source.CreateCommand("SELECT 1");
        await command.ExecuteScalarAsync();
        Assert.Contains(log.Messages, static message => message.Id.Id == 1102);
        Assert.DoesNotContain(log.Messages, static message => message.Id.Id == 1105);
    }

    private MicromegasDataSource Build(Action<MicromegasDataSourceBuilder> configure)
    {
        var builder = new MicromegasDataSourceBuilder(golden.Lake.ConnectionString);
        configure(builder);
        return builder.Build();
    }
}
