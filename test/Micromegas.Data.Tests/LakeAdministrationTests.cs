using System.Globalization;

namespace Micromegas.Data.Tests;

/// <summary>Administration, through SQL and through the typed interface, on a lake of the test's own.</summary>
public class LakeAdministrationTests
{
    private static readonly NanoTimestamp Begin = NanoTimestamp.Parse("2026-11-22T16:00:00Z", CultureInfo.InvariantCulture);
    private static readonly NanoTimestamp End = NanoTimestamp.Parse("2026-11-22T17:00:00Z", CultureInfo.InvariantCulture);

    [Fact]
    public async Task PartitionsAreMadeRetiredAndMadeAnew()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var administration = (await MicromegasLake.OpenAsync(golden.Directory)).Administration;
        Assert.Equal(2, await administration.MaterializeAsync("log_entries", Begin, End, TimeSpan.FromMinutes(1)));
        Assert.Equal(0, await administration.MaterializeAsync("log_entries", Begin, End, TimeSpan.FromMinutes(1)));
        Assert.Equal(1, await administration.MaterializeAsync("log_entries", Begin, End, TimeSpan.FromHours(1)));
        var size = Assert.Single(await administration.ListViewSizesAsync());
        Assert.Equal(("log_entries", "global", 1L, 34_222L), (size.ViewSet, size.InstanceId, size.Partitions, size.RowCount));
        Assert.Equal(1, await administration.RegenerateAsync("log_entries", Begin, End, TimeSpan.FromHours(1)));
        var planned = Assert.Single(await administration.RetireAsync("log_entries", "global", Begin, End, dryRun: true));
        Assert.Single(await administration.ListViewSizesAsync());
        var retired = Assert.Single(await administration.RetireAsync("log_entries", "global", Begin, End));
        Assert.Equal(planned.FilePath, retired.FilePath);
        Assert.Equal((34_222L, Begin, End), (retired.RowCount, retired.BeginInsertTime, retired.EndInsertTime));
        Assert.Empty(await administration.RetireFileAsync(retired.FilePath!));
        Assert.Empty(await administration.ListViewSizesAsync());
        var refused = await Assert.ThrowsAsync<MicromegasException>(() => administration.MaterializeAsync("thread_spans", Begin, End, TimeSpan.FromHours(1)));
        Assert.Equal("42P01", refused.SqlState);
        refused = await Assert.ThrowsAsync<MicromegasException>(() => administration.RegenerateAsync("log_entries", Begin, End, TimeSpan.FromMinutes(7)));
        Assert.Equal("22023", refused.SqlState);
    }

    [Fact]
    public async Task ProcessesArePinnedAndTheirSizesKnown()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var administration = (await MicromegasLake.OpenAsync(golden.Directory)).Administration;
        var largest = (await administration.ListProcessSizesAsync())[0];
        Assert.True(largest.Bytes > 0 && largest.Blocks > 0);
        await administration.PinAsync(largest.ProcessId, "to be looked at");
        Assert.Equal((largest.ProcessId, "to be looked at"), (await administration.ListPinsAsync()).Select(static p => (p.ProcessId, p.Reason)).Single());
        Assert.True(await administration.UnpinAsync(largest.ProcessId));
        Assert.False(await administration.UnpinAsync(largest.ProcessId));
    }

    [Fact]
    public async Task ACheckRepairsWhatIsMissing()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var administration = (await MicromegasLake.OpenAsync(golden.Directory)).Administration;
        await administration.MaterializeAsync("measures", Begin, End, TimeSpan.FromHours(1));
        var partition = Directory.EnumerateFiles(Path.Combine(golden.Directory, "store", "views", "measures", "global"), "*.parquet", SearchOption.AllDirectories);
        File.Delete(partition.Single(file => !IsRecorded(file, golden)));
        var found = (await administration.CheckAsync()).Single(static f => f.Flaw == "MissingFile");
        Assert.False(found.IsRepaired);
        await administration.CheckAsync(repair: true);
        Assert.DoesNotContain(await administration.CheckAsync(), static f => f.Flaw == "MissingFile");
    }

    [Fact]
    public async Task GapsAreFoundHoweverOldAndFilledByOneCall()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var administration = (await MicromegasLake.OpenAsync(golden.Directory)).Administration;
        var gaps = await administration.ListGapsAsync();
        Assert.Equal(["log_entries", "measures", "log_stats"], gaps.Select(static g => g.ViewSet));
        Assert.All(gaps, static g => Assert.Equal((Begin, End, "Missing", 0L), (g.BeginInsertTime, g.EndInsertTime, g.State, g.FoundCount)));
        await administration.MaterializeAsync("log_entries", Begin, NanoTimestamp.Parse("2026-11-22T16:56:00Z", CultureInfo.InvariantCulture), TimeSpan.FromMinutes(1));
        var half = Assert.Single(await administration.ListGapsAsync("log_entries"));
        Assert.Equal("Incomplete", half.State);
        Assert.InRange(half.FoundCount, 1, half.ExpectedCount - 1);
        Assert.Equal(3, await administration.BackfillAsync());
        Assert.Empty(await administration.ListGapsAsync());
        Assert.Equal(0, await administration.BackfillAsync());
        Assert.Equal(34_222L, (await administration.ListViewSizesAsync()).Single(static s => s.ViewSet == "log_entries").RowCount);
        await using var connection = new MicromegasConnection(golden.ConnectionString);
        await connection.OpenAsync();
        await administration.RetireAsync("measures", "global", Begin, End);
        Assert.Equal("measures Missing", await ScalarAsync(connection, "SELECT view_set_name || ' ' || state FROM list_gaps() WHERE expected_count > found_count"));
        Assert.Equal("1 partitions written", await ScalarAsync(connection, "SELECT max(msg) FILTER (WHERE msg LIKE '%written') FROM backfill_partitions('measures')"));
        Assert.Equal(0L, await ScalarAsync(connection, "SELECT count(*) FROM list_gaps('measures')"));
    }

    [Fact]
    public async Task SqlDoesTheSame()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var connection = new MicromegasConnection(golden.ConnectionString);
        await connection.OpenAsync();
        const string Hour = "'2026-11-22T16:00:00Z', '2026-11-22T17:00:00Z'";
        Assert.Equal(2L, await ScalarAsync(connection, $"SELECT count(*) FROM materialize_partitions('log_entries', {Hour}, 3600)"));
        Assert.Equal(1L, await ScalarAsync(connection, "SELECT count(*) FROM list_partitions()"));
        Assert.Equal(34_222L, await ScalarAsync(connection, "SELECT num_rows FROM view_sizes()"));
        Assert.True((long)(await ScalarAsync(connection, "SELECT sum(blocks) FROM process_sizes()"))! > 100);
        Assert.Equal("1 partitions written", await ScalarAsync(connection, $"SELECT max(msg) FILTER (WHERE msg LIKE '%written') FROM regenerate_partitions('log_entries', {Hour}, 3600)"));
        Assert.Equal("1 partitions would be retired", await ScalarAsync(connection, $"SELECT max(msg) FILTER (WHERE msg LIKE '%be retired') FROM retire_partitions('log_entries', 'global', {Hour}, true)"));
        Assert.Equal("1 partitions retired", await ScalarAsync(connection, $"SELECT max(msg) FILTER (WHERE msg LIKE '%partitions retired') FROM retire_partitions('log_entries', 'global', {Hour})"));
        Assert.Equal(0L, await ScalarAsync(connection, "SELECT count(*) FROM list_partitions()"));
        Assert.Equal(0L, await ScalarAsync(connection, "SELECT count(*) FROM list_incompatible_partitions()"));
        Assert.Equal(0L, await ScalarAsync(connection, "SELECT count(*) FROM check_lake() WHERE flaw = 'MissingFile'"));

        // Nothing is done by explaining.
        await ScalarAsync(connection, $"EXPLAIN SELECT * FROM materialize_partitions('log_entries', {Hour}, 3600)");
        Assert.Equal(0L, await ScalarAsync(connection, "SELECT count(*) FROM list_partitions()"));
        var refused = await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, $"SELECT * FROM materialize_partitions('nothing', {Hour}, 60)"));
        Assert.Equal("42P01", refused.SqlState);
        refused = await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, "SELECT * FROM materialize_partitions('log_entries')"));
        Assert.Equal("42883", refused.SqlState);
        refused = await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, $"SELECT * FROM materialize_partitions('log_entries', {Hour}, 'an hour')"));
        Assert.Equal("22023", refused.SqlState);
    }

    [Fact]
    public async Task ARuleRefusesStatementsUntilItIsRemoved()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var connection = new MicromegasConnection(golden.ConnectionString);
        await connection.OpenAsync();
        const string Question = "SELECT count(*) FROM processes";
        var processes = await ScalarAsync(connection, Question);
        var rule = (string)(await ScalarAsync(connection, "SELECT msg FROM deny_queries('sql LIKE ''%processes%''', 'too slow today')"))!;
        var refused = await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, Question));
        Assert.Equal(("42501", $"query denied by rule {rule} (reason: too slow today)"), (refused.SqlState, refused.Message));
        Assert.Equal(1L, await ScalarAsync(connection, "SELECT 1"));
        Assert.Equal("too slow today", await ScalarAsync(connection, "SELECT reason FROM list_query_denials() WHERE last_hit_at IS NOT NULL"));
        Assert.Equal($"SUCCESS: removed rule {rule}", await ScalarAsync(connection, $"SELECT remove_query_denial('{rule}')"));
        Assert.Equal($"ERROR: no such rule: {rule}", await ScalarAsync(connection, $"SELECT remove_query_denial('{rule}')"));
        Assert.Equal("ERROR: 'x' is not a valid rule id", await ScalarAsync(connection, "SELECT remove_query_denial('x')"));
        Assert.Equal(processes, await ScalarAsync(connection, Question));
        foreach (var condition in (string[])["true", "sql", "nothing = ''x''", "sql IN (SELECT exe FROM processes)", "count(sql) > 1", "sql ="])
        {
            await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, $"SELECT * FROM deny_queries('{condition}', 'because')"));
        }
        await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, "SELECT * FROM deny_queries('sql LIKE ''x''', ' ')"));
        Assert.Equal(0L, await ScalarAsync(connection, "SELECT count(*) FROM list_query_denials()"));
    }

    [Fact]
    public async Task ARuleKnowsWhoAsksAndWhatKindOfStatement()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var connection = new MicromegasConnection(golden.ConnectionString);
        await connection.OpenAsync();
        var hash = Micromegas.Sql.SqlFingerprint.Of("SELECT count(*) FROM processes WHERE exe = 'a'");
        var condition = $"sql_hash = '{hash}' AND user_id = '{Environment.UserName}' AND client = 'Micromegas.Data' AND entrypoint IS NOT NULL AND notebook IS NULL";
        await ScalarAsync(connection, $"SELECT msg FROM deny_queries('{condition.Replace("'", "''", StringComparison.Ordinal)}', 'known')");
        await Assert.ThrowsAsync<MicromegasException>(() => ScalarAsync(connection, "select COUNT(*) from processes -- again\n where exe='b'"));
        Assert.NotNull(await ScalarAsync(connection, "SELECT count(*) FROM processes WHERE username = 'a'"));
    }

    [Fact]
    public async Task PartitionsAreRetiredRowByRow()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await (await MicromegasLake.OpenAsync(golden.Directory)).Administration.MaterializeAsync("log_entries", Begin, End, TimeSpan.FromMinutes(1));
        await using var connection = new MicromegasConnection(golden.ConnectionString);
        await connection.OpenAsync();
        var file = (string)(await ScalarAsync(connection, "SELECT min(file_path) FROM list_partitions()"))!;
        Assert.Equal($"SUCCESS: Retired partition {file}", await ScalarAsync(connection, $"SELECT retire_partition_by_file('{file}')"));
        Assert.Equal("ERROR: Partition not found: x", await ScalarAsync(connection, "SELECT retire_partition_by_file('x')"));
        var outcome = await ScalarAsync(
            connection, "SELECT retire_partition_by_metadata(view_set_name, view_instance_id, begin_insert_time, end_insert_time) FROM list_partitions()");
        Assert.StartsWith("SUCCESS: Retired partition log_entries/global [2026-11-22T16:5", (string)outcome!, StringComparison.Ordinal);
        Assert.Equal(0L, await ScalarAsync(connection, "SELECT count(*) FROM list_partitions()"));
    }

    [Fact]
    public async Task RetentionTellsAndDoes()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var lake = await MicromegasLake.OpenAsync(golden.Directory);
        var asked = 0;
        await using var maintenance = lake.CreateMaintenance(new LakeMaintenanceOptions
        {
            Retention = new LakeRetention
            {
                ByTag = new Dictionary<string, TimeSpan> { ["image"] = TimeSpan.FromHours(1) },
                Sampler = async (sample, cancellationToken) =>
                {
                    asked++;
                    return await sample.CountLogEntriesAsync("level <= 2", cancellationToken) > 0 || await sample.CountMeasuresAsync("value > 1e9", cancellationToken) > 0;
                },
            },
        });
        var preview = await maintenance.PreviewRetentionAsync();
        var share = Assert.Single(preview.ByTag);
        Assert.Equal(("image", preview.Blocks, preview.Bytes), (share.Tag, share.Blocks, share.Bytes));
        Assert.Equal(0, asked);
        Assert.True((await maintenance.RunOnceAsync()).BlocksDeleted > preview.Blocks);
        Assert.True(asked > 0);
        Assert.Equal(0, (await maintenance.PreviewRetentionAsync()).Blocks);
    }

    private static bool IsRecorded(string file, GoldenLake golden) => File.Exists(Path.Combine(
        GoldenLake.Repository, "test", "golden", "lake", "store", Path.GetRelativePath(Path.Combine(golden.Directory, "store"), file)));

    private static async Task<object?> ScalarAsync(MicromegasConnection connection, string sql)
    {
        await using var command = connection.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
