using System.Text.RegularExpressions;

namespace Micromegas.Data.Tests;

/// <summary>What docs/custom-views.md shows, and views in C# beyond it.</summary>
public partial class CustomViewSamples
{
    [Fact]
    public async Task Statements()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var connection = new MicromegasConnection(golden.ConnectionString);
        await connection.OpenAsync();
        var statements = SqlBlocks().Matches(Guide).Select(static block => block.Groups["code"].Value).ToArray();
        Assert.Equal(4, statements.Length);
        await RunAsync(connection, statements[0]);
        var expected = await CountAsync(connection, "SELECT count(*) FROM log_entries WHERE level <= 2");
        Assert.True(expected > 0);
        Assert.Equal(expected, await CountAsync(connection, "SELECT sum(errors) FROM errors_per_minute"));
        Assert.Equal(expected, await CountAsync(connection, "SELECT sum(errors) FROM __errors_per_minute__partitions"));
        Assert.Equal("42P17", (await Assert.ThrowsAsync<MicromegasException>(() => RunAsync(connection, statements[1]))).SqlState);
        await RunAsync(connection, statements[2]);
        Assert.Equal(expected, await CountAsync(connection, "SELECT sum(errors) FROM errors_per_minute"));

        // GetSchema knows it, and another process, or this one after reopening, finds it.
        Assert.Contains("errors_per_minute", connection.GetSchema("Tables").Rows.Cast<System.Data.DataRow>().Select(static row => (string)row["table_name"]));
        await MicromegasLake.CloseAsync(golden.Directory);
        await using var again = new MicromegasConnection(golden.ConnectionString);
        await again.OpenAsync();
        Assert.Equal(expected, await CountAsync(again, "SELECT sum(errors) FROM errors_per_minute"));
        await RunAsync(again, statements[3]);
        Assert.Equal("42P01", (await Assert.ThrowsAsync<MicromegasException>(() => RunAsync(again, "SELECT * FROM errors_per_minute"))).SqlState);
    }

    [Fact]
    public async Task ViewsInCode()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var connectionString = golden.ConnectionString;

        // sample: code
        var builder = new MicromegasDataSourceBuilder(connectionString);
        builder.AddFunction("area", (string target) => target.Split('.')[0]);
        builder.AddView(new CustomView
        {
            Name = "lines_per_area",
            TimeColumn = "minute",
            Extract = "SELECT date_bin(INTERVAL '1 minute', time) AS minute, area(target) AS area, count(*) AS lines FROM log_entries GROUP BY 1, 2",
            Merge = "SELECT minute, area, sum(lines) AS lines FROM {source} GROUP BY minute, area",
            SortOrder = ["minute", "area"],
            TimeBin = TimeSpan.FromMinutes(1),
        });
        await using var source = builder.Build();
        var lake = await source.OpenLakeAsync();
        await using var maintenance = lake.CreateMaintenance();
        var report = await maintenance.RunOnceAsync();
        // end

        Assert.Empty(report.Failures);
        Assert.Equal(4, report.PartitionsWritten);
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT sum(lines) FROM lines_per_area");
        Assert.Equal(34_222L, await command.ExecuteScalarAsync());
        Assert.Equal(0, command.Statistics!.BlocksDecoded);
        Assert.Equal(
            await CountAsync(connection, "SELECT count(*) FROM log_entries WHERE target LIKE 'shop%'"),
            await CountAsync(connection, "SELECT sum(lines) FROM lines_per_area WHERE area LIKE 'shop%'"));

        // A view made by SQL may use the program's functions too.
        await RunAsync(connection, "CREATE MATERIALIZED VIEW areas AS SELECT date_trunc('hour', minute) AS hour, upper(area) AS area, sum(lines) AS lines FROM lines_per_area GROUP BY 1, 2");
        Assert.Equal(34_222L, await CountAsync(connection, "SELECT sum(lines) FROM areas"));
    }

    [Fact]
    public async Task AnOwnMergeAndOneOfUpstream()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        var merges = new List<CustomViewMerge>();
        var builder = new MicromegasDataSourceBuilder(golden.ConnectionString);
        builder.AddView(new CustomView
        {
            Name = "errors",
            TimeColumn = "time_bin",
            Count = """select sum(nb_objects) as count from blocks where array_has("streams.tags", 'log') and insert_time >= '{begin}' and insert_time < '{end}'""",
            Extract = """
                select date_bin('1 minute', time) as time_bin, process_id, count(*) as nb_errors
                from log_entries where level <= 2 and insert_time >= '{begin}' and insert_time < '{end}'
                group by process_id, time_bin order by time_bin, process_id
                """,
            Merge = "select time_bin, process_id, sum(nb_errors) as nb_errors from {source} group by process_id, time_bin",
            MaxDeltaFromSource = TimeSpan.FromMinutes(1),
            Merger = merge =>
            {
                merges.Add(merge);
                return [merge.Query + " having process_id < '8'", merge.Query + " having process_id >= '8'"];
            },
        });
        await using var source = builder.Build();
        await using var connection = await source.OpenConnectionAsync();
        var expected = await CountAsync(connection, "SELECT count(*) FROM log_entries WHERE level <= 2");
        Assert.Equal(expected, await CountAsync(connection, "SELECT sum(nb_errors) FROM errors"));
        await using var maintenance = (await source.OpenLakeAsync()).CreateMaintenance();
        Assert.Empty((await maintenance.RunOnceAsync()).Failures);
        var merge = Assert.Single(merges);
        Assert.True(merge is { PartitionCount: 2, RowCount: > 2 } && merge.FirstTime < merge.LastTime);
        Assert.Equal(expected, await CountAsync(connection, "SELECT sum(nb_errors) FROM errors"));
        Assert.Equal(expected, await CountAsync(connection, "SELECT sum(nb_errors) FROM __errors__partitions"));
    }

    [Theory]
    [InlineData("SELECT nowhere FROM log_entries", null, "42703")]
    [InlineData("SELECT time, level FROM log_entries", "SELECT time FROM {source}", "42804")]
    [InlineData("SELECT level FROM log_entries", null, "42703")]
    [InlineData("SELECT CAST(time AS DATE) AS time FROM log_entries", null, "42804")]
    [InlineData("DROP MATERIALIZED VIEW x", null, "42601")]
    public async Task AViewThatDoesNotWorkIsToldWhenTheLakeIsOpened(string extract, string? merge, string sqlState)
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var source = new MicromegasDataSourceBuilder(golden.ConnectionString)
            .AddView(new CustomView { Name = "broken", TimeColumn = "time", Extract = extract, Merge = merge }).Build();
        Assert.Equal(sqlState, (await Assert.ThrowsAsync<MicromegasException>(async () => await source.OpenConnectionAsync())).SqlState);
        await using var plain = new MicromegasConnection(golden.ConnectionString);
        await plain.OpenAsync();
        Assert.Equal(0L, await CountAsync(plain, "SELECT count(*) FROM list_view_sets() WHERE view_set_name = 'broken'"));
    }

    [Fact]
    public async Task NamesAreTakenOnce()
    {
        var builder = new MicromegasDataSourceBuilder();
        builder.AddView(new CustomView { Name = "v", TimeColumn = "time", Extract = "SELECT time FROM log_entries" });
        Assert.Throws<ArgumentException>(() => builder.AddView(new CustomView { Name = "v", TimeColumn = "time", Extract = "SELECT 1" }));
        await using var source = builder.Build();
        await Assert.ThrowsAsync<InvalidOperationException>(() => source.OpenLakeAsync());

        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var taken = new MicromegasDataSourceBuilder(golden.ConnectionString)
            .AddView(new CustomView { Name = "log_stats", TimeColumn = "time", Extract = "SELECT time FROM log_entries" }).Build();
        Assert.Equal("42P07", (await Assert.ThrowsAsync<MicromegasException>(async () => await taken.OpenConnectionAsync())).SqlState);
    }

    [Fact]
    public async Task AReadOnlyLakeHasViewsAndRefusesNewOnes()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using (var connection = new MicromegasConnection(golden.ConnectionString))
        {
            await connection.OpenAsync();
            await RunAsync(connection, "CREATE MATERIALIZED VIEW lines AS SELECT time, msg FROM log_entries");
        }
        await using var reading = new MicromegasConnection($"{golden.ConnectionString};Mode=ReadOnly");
        await reading.OpenAsync();
        Assert.Equal(34_222L, await CountAsync(reading, "SELECT count(*) FROM lines"));
        foreach (var statement in (string[])["CREATE MATERIALIZED VIEW more AS SELECT time FROM log_entries", "DROP MATERIALIZED VIEW lines", "REFRESH MATERIALIZED VIEW lines"])
        {
            Assert.Equal("25006", (await Assert.ThrowsAsync<MicromegasException>(() => RunAsync(reading, statement))).SqlState);
        }
    }

    [Fact]
    public void The_guide_shows_what_tests_run()
    {
        var test = File.ReadAllText(Path.Combine(GoldenLake.Repository, "test", "Micromegas.Data.Tests", "CustomViewSamples.cs")).ReplaceLineEndings("\n");
        var code = Assert.Single(CodeBlocks().Matches(Guide)).Groups["code"].Value;
        Assert.Contains(Flat(code), Flat(test), StringComparison.Ordinal);

        static string Flat(string text) => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Guide => File.ReadAllText(Path.Combine(GoldenLake.Repository, "docs", "custom-views.md")).ReplaceLineEndings("\n");

    private static async Task RunAsync(MicromegasConnection connection, string sql)
    {
        await using var command = connection.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(MicromegasConnection connection, string sql)
    {
        await using var command = connection.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex("```sql\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex SqlBlocks();
}
