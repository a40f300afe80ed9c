namespace Micromegas.Data.Tests;

/// <summary>Table functions of the lake whose arguments are columns or parameters.</summary>
public class LateralViewTests(GoldenLakeFixture fixture) : IClassFixture<GoldenLakeFixture>
{
    private const string CountsPerProcess = "SELECT process_id, count(*) FROM log_entries GROUP BY 1 ORDER BY 1";

    [Theory]
    [InlineData("SELECT p.process_id, count(*) FROM processes p, LATERAL view_instance('log_entries', p.process_id) e GROUP BY 1 ORDER BY 1")]
    [InlineData("SELECT p.process_id, count(*) FROM processes p, view_instance('log_entries', p.process_id) e GROUP BY 1 ORDER BY 1")]
    [InlineData("SELECT p.process_id, count(*) FROM processes p CROSS JOIN LATERAL view_instance('log_entries', p.process_id) e GROUP BY 1 ORDER BY 1")]
    [InlineData("SELECT p.process_id, count(*) FROM processes p JOIN view_instance('log_entries', p.process_id) e ON e.process_id = p.process_id GROUP BY 1 ORDER BY 1")]
    [InlineData("SELECT process_id, n FROM (SELECT p.process_id, (SELECT count(*) FROM view_instance('log_entries', p.process_id)) AS n FROM processes p) WHERE n > 0 ORDER BY 1")]
    [InlineData("SELECT p.process_id, e.n FROM processes p, LATERAL (SELECT count(*) AS n FROM view_instance('log_entries', p.process_id)) e WHERE e.n > 0 ORDER BY 1")]
    [InlineData("SELECT l.process_id, count(*) FROM (SELECT DISTINCT process_id FROM log_entries) l, view_instance('log_entries', l.process_id) e GROUP BY 1 ORDER BY 1")]
    [InlineData("SELECT p.process_id, count(e.msg) FROM processes p LEFT JOIN view_instance('log_entries', p.process_id) e ON true GROUP BY 1 HAVING count(e.msg) > 0 ORDER BY 1")]
    public async Task ColumnsAreArguments(string sql) => Assert.Equal(await RowsAsync(CountsPerProcess), await RowsAsync(sql));

    [Theory]
    [InlineData(
        "SELECT p.exe, e.time, e.msg FROM processes p, view_instance('log_entries', p.process_id) e WHERE e.level <= 2 AND e.time >= '2026-11-22T16:55:30Z' ORDER BY e.time, e.msg",
        "SELECT exe, time, msg FROM log_entries WHERE level <= 2 AND time >= '2026-11-22T16:55:30Z' ORDER BY time, msg")]
    [InlineData(
        "SELECT p.process_id FROM processes p WHERE EXISTS (SELECT 1 FROM view_instance('log_entries', p.process_id) e WHERE e.level = 1) ORDER BY 1",
        "SELECT DISTINCT process_id FROM log_entries WHERE level = 1 ORDER BY 1")]
    [InlineData(
        "SELECT count(*), sum(s.duration) FROM streams t, view_instance('thread_spans', t.stream_id) s WHERE t.process_id = @process AND array_has(t.tags, 'cpu')",
        "SELECT count(*), sum(duration) FROM view_instance('thread_spans', @process)")]
    [InlineData(
        "SELECT count(*), sum(s.duration) FROM processes p, view_instance('thread_spans', p.process_id) s WHERE p.process_id = @process",
        "SELECT count(*), sum(duration) FROM process_spans(@process, 'thread')")]
    [InlineData(
        "SELECT s.thread_name, count(*) FROM processes p, process_spans(p.process_id, 'both') s WHERE p.process_id = @process GROUP BY 1 ORDER BY 1",
        "SELECT thread_name, count(*) FROM process_spans(@process, 'both') GROUP BY 1 ORDER BY 1")]
    [InlineData(
        "SELECT b.block_id, count(*) FROM blocks b, parse_block(b.block_id) o WHERE b.process_id = @process AND array_has(b.\"streams.tags\", 'log') GROUP BY 1 ORDER BY 1",
        "SELECT block_id, CAST(nb_objects AS BIGINT) FROM blocks WHERE process_id = @process AND array_has(\"streams.tags\", 'log') ORDER BY 1")]
    [InlineData(
        "SELECT count(*) FROM (VALUES (@process), (NULL), (@process)) v(id), view_instance('log_entries', v.id) e",
        "SELECT 2 * count(*) FROM view_instance('log_entries', @process)")]
    public async Task AnswersAreThoseOfConstants(string lateral, string constant) =>
        Assert.Equal(await RowsAsync(constant, ("process", GoldenLake.Match)), await RowsAsync(lateral, ("process", GoldenLake.Match)));

    [Fact]
    public async Task ALeftJoinKeepsWhatHasNoRows()
    {
        var processes = await RowsAsync("SELECT process_id FROM processes ORDER BY 1");
        Assert.Equal(processes, await RowsAsync("SELECT DISTINCT p.process_id FROM processes p LEFT JOIN LATERAL view_instance('log_entries', p.process_id) e ON true ORDER BY 1"));
        Assert.True((await RowsAsync(CountsPerProcess)).Count < processes.Count);
    }

    [Theory]
    [InlineData("view_instance(@view, @process)", "view", "log_entries", "process", GoldenLake.Match)]
    [InlineData("view_instance($1, $2)", "", "log_entries", "", GoldenLake.Match)]
    [InlineData("view_instance(?, ?)", "", "log_entries", "", GoldenLake.Match)]
    [InlineData("process_spans(@process, @kind)", "process", GoldenLake.Match, "kind", "both")]
    [InlineData("process_spans($1, $2)", "", GoldenLake.Match, "", "thread")]
    [InlineData("process_spans(?, ?)", "", GoldenLake.Match, "", "async")]
    public async Task ParametersAreArguments(string call, string firstName, string first, string secondName, string second)
    {
        var function = call[..call.IndexOf('(', StringComparison.Ordinal)];
        Assert.Equal(
            await RowsAsync($"SELECT count(*) FROM {function}('{first}', '{second}')"),
            await RowsAsync($"SELECT count(*) FROM {call}", (firstName, first), (secondName, second)));
    }

    [Fact]
    public async Task AnIdMayBeAGuid() => Assert.Equal(
        await RowsAsync($"SELECT count(*) FROM view_instance('log_entries', '{GoldenLake.Lobby}')"),
        await RowsAsync("SELECT count(*) FROM view_instance('log_entries', @id)", ("id", Guid.Parse(GoldenLake.Lobby))));

    [Theory]
    [InlineData("SELECT * FROM processes p, view_instance('nope', p.process_id)", "42P01")]
    [InlineData("SELECT * FROM processes p, view_instance('log_entries', p.nothing)", "42703")]
    [InlineData("SELECT * FROM view_instance('log_entries', p.process_id), processes p", "42703")]
    [InlineData("SELECT * FROM processes p, view_instance(p.exe, p.process_id)", "22023")]
    [InlineData("SELECT * FROM processes p, perfetto_trace_chunks(p.process_id, 'both', now(), now())", "22023")]
    [InlineData("SELECT * FROM processes p, view_instance('log_entries', p.exe)", "22023")]
    public async Task WhatCannotBeIsRefused(string sql, string state)
    {
        var error = await Assert.ThrowsAsync<MicromegasException>(() => RowsAsync(sql));
        Assert.Equal(state, error.SqlState);
    }

    [Fact]
    public async Task AnExplanationMakesNothing()
    {
        await using var lake = await GoldenLake.CopyAsync("global");
        await using var connection = new MicromegasConnection(lake.ConnectionString);
        await connection.OpenAsync();
        const string Question = "SELECT count(*) FROM processes p, view_instance('log_entries', p.process_id) e WHERE e.level = 2";
        var plan = "";
        var before = await connection.CreateCommand("SELECT count(*) FROM list_partitions()").ExecuteScalarAsync();
        await using var explain = connection.CreateCommand($"EXPLAIN {Question}");
        await using (var reader = await explain.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                plan = reader.GetString(1);
            }
        }

        Assert.Contains("TableFunction: view_instance('log_entries', p.process_id) projection=[] predicates=[e.level = Int32(2)]", plan, StringComparison.Ordinal);
        Assert.Equal(before, await connection.CreateCommand("SELECT count(*) FROM list_partitions()").ExecuteScalarAsync());
        await connection.CreateCommand(Question).ExecuteScalarAsync();
        Assert.NotEqual(before, await connection.CreateCommand("SELECT count(*) FROM list_partitions()").ExecuteScalarAsync());
    }

    /// <summary>The statements of the guide page.</summary>
    public static TheoryData<string> Guide
    {
        get
        {
            var page = File.ReadAllText(Path.Combine(GoldenLake.Repository, "docs", "processes.md"));
            return [.. page.Split("```sql\n")[1..].Select(static part => part[..part.IndexOf("```", StringComparison.Ordinal)])];
        }
    }

    [Theory]
    [MemberData(nameof(Guide))]
    public async Task TheGuideRuns(string sql)
    {
        var rows = await RowsAsync(sql);
        Assert.Equal(!sql.Contains("otel_histograms", StringComparison.Ordinal), rows.Count > 0);
    }

    private async Task<List<string>> RowsAsync(string sql, params (string Name, object Value)[] parameters)
    {
        await using var connection = new MicromegasConnection(fixture.Lake.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand(sql);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(new MicromegasParameter(name, value));
        }

        var rows = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        }

        return rows;
    }
}
