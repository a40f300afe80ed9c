namespace Micromegas.Data.Tests;

/// <summary>
/// Ends statements at random moments of every phase. What counts is the kind of end and that the connection goes on; how long it takes and what is left is for
/// <see cref="CancellationLatencyTests"/>.
/// </summary>
[Collection(nameof(LongStatementTests))]
public sealed class CancellationPhaseTests(CancellationPhaseTests.Fixture fixture) : IClassFixture<CancellationPhaseTests.Fixture>
{
    private const int Attempts = 2;

    /// <summary>The rows of all tests here.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        public EndedStatements Statements { get; private set; } = null!;

        public async Task InitializeAsync() => Statements = await EndedStatements.CreateAsync(60_000);

        public async Task DisposeAsync() => await Statements.DisposeAsync();
    }

    public static TheoryData<string, string> Phases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var phase in EndedStatements.Phases.Keys)
            {
                foreach (var end in EndedStatements.Ends)
                {
                    data.Add(phase, end);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task A_connection_goes_on_after_a_statement_that_is_ended(string phase, string end)
    {
        await using var connection = await fixture.Statements.OpenAsync(phase);
        var random = new Random(phase.Length);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var yields = random.Next(0, 300);
            await EndedStatements.EndAsync(connection, phase, end, async running =>
            {
                for (var i = 0; i < yields && !running.IsCompleted; i++)
                {
                    await Task.Yield();
                }
            });
            await EndedStatements.CheckUsableAsync(connection);
        }

        Assert.Equal(0, fixture.Statements.Store.Waiting);
    }

    [Fact]
    public async Task A_time_out_ends_what_waits_for_a_store()
    {
        await using var connection = await fixture.Statements.OpenAsync("stalled store");
        await using var command = connection.CreateCommand(EndedStatements.Phases["stalled store"].Long);
        command.CommandTimeout = 1;
        var error = await Assert.ThrowsAsync<MicromegasException>(() => command.ExecuteScalarAsync());
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, error.SqlState);
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Equal(0, fixture.Statements.Store.Waiting);
        await EndedStatements.CheckUsableAsync(connection);
    }

    [Theory]
    [InlineData("SELECT count(*) FROM generate_series(1, 134217728) AS g(i)")]
    [InlineData("SELECT count(*) FROM generate_series(TIMESTAMP '1970-01-01', TIMESTAMP '2026-01-01', INTERVAL '1 second') AS g(i)")]
    public async Task A_list_of_many_items_ends(string sql)
    {
        await using var source = MicromegasDataSource.Create("");
        await using var connection = await source.OpenConnectionAsync();
        using var soon = new CancellationTokenSource(20);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.CreateCommand(sql).ExecuteScalarAsync(soon.Token));
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, Assert.IsType<MicromegasException>(error.InnerException).SqlState);
        Assert.Equal(1L, await connection.CreateCommand("SELECT 1").ExecuteScalarAsync());
    }
}
