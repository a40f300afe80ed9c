namespace Micromegas.Lake.Tests.Tables;

/// <summary>A join with few processes reads only what those processes sent, from partitions as from blocks.</summary>
public sealed class JoinBoundTests
{
    private const string Lobby = "5fff281d-7235-490f-b933-a5cb2f98c62d";

    [Theory]
    [InlineData("SELECT l.time, l.msg, p.exe FROM log_entries l JOIN processes p ON l.process_id = p.process_id WHERE p.process_id = '" + Lobby + "'")]
    [InlineData("SELECT l.time, l.msg, p.exe FROM processes p JOIN log_entries l ON l.process_id = p.process_id WHERE p.process_id = '" + Lobby + "'")]
    public async Task Blocks_of_other_processes_are_not_decoded(string sql)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("jit", withPartitions: false);
        var all = await lake.RunAsync("SELECT l.time, l.msg, l.exe FROM log_entries l WHERE process_id || '' = '" + Lobby + "'");
        var (rows, statistics) = await lake.RunAsync(sql);
        Assert.NotEmpty(rows);
        ViewReader.AssertSameRows(all.Rows, rows);
        Assert.InRange(statistics.BlocksDecoded, 1, all.Statistics.BlocksDecoded - 1);
    }

    [Fact]
    public async Task Partitions_are_asked_for_the_processes_that_match()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        var all = await lake.RunAsync("SELECT count(*) FROM log_entries");
        var (rows, statistics) = await lake.RunAsync("SELECT l.msg FROM log_entries l JOIN processes p ON l.process_id = p.process_id WHERE p.exe = 'no such program'");
        Assert.Empty(rows);
        Assert.NotEqual(0L, all.Rows[0][0]);
        // No process matches, so that the view is not even opened.
        Assert.Equal(0, statistics.PartitionsRead);
        var one = await lake.RunAsync($"EXPLAIN ANALYZE SELECT l.msg FROM log_entries l JOIN processes p ON l.process_id = p.process_id WHERE p.process_id = '{Lobby}'");
        Assert.Contains("join bound process_id: 1 value", string.Join('\n', one.Rows.Select(row => row[^1])), StringComparison.Ordinal);
    }
}
