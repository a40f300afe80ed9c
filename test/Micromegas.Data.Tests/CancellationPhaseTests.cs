using Micromegas.Columnar;
using Micromegas.Engine.Catalog;

namespace Micromegas.Data.Tests;

/// <summary>
/// Ends statements at random moments of every phase. What counts is the kind of end and that the connection goes on; buffers are counted by
/// <see cref="LongStatementTests"/>, how fast it is is measured by hand.
/// </summary>
[Collection(nameof(LongStatementTests))]
public sealed class CancellationPhaseTests(CancellationPhaseTests.BigTable table) : IClassFixture<CancellationPhaseTests.BigTable>
{
    private const int Rows = 60_000;
    private const int Attempts = 2;
    private readonly MemoryTable _big = table.Table;

    /// <summary>The rows of all tests here.</summary>
    public sealed class BigTable : IDisposable
    {
        public MemoryTable Table { get; } = MemoryTable.FromRows(
            Enumerable.Range(0, Rows), (new Field("x", DataType.Int64), static i => (long)i * 7919 % Rows), (new Field("t", DataType.Utf8), static i => "text " + (i * 31 % 1000)));

        public void Dispose() => Table.Dispose();
    }

    public static TheoryData<string, string, string> Phases
    {
        get
        {
            var phases = new (string Settings, string Sql)[]
            {
                ("", "SELECT count(*) FROM big WHERE t LIKE '%9%8%' OR x % 7 = 3"),
                ("", "SELECT x, t FROM big ORDER BY t, x"),
                ("Command Memory Limit=2MB", "SELECT x, t FROM big ORDER BY t, x"),
                ("Command Memory Limit=24MB", "SELECT x, count(*), max(t) FROM big GROUP BY x"),
                ("", "SELECT count(*) FROM big AS a JOIN big AS b ON a.x = b.x"),
                ("", "SELECT x, t FROM big"),
            };
            var data = new TheoryData<string, string, string>();
            foreach (var (settings, sql) in phases)
            {
                foreach (var end in new[] { "token", "cancel", "close", "connection" })
                {
                    data.Add(settings, sql, end);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Phases))]
    public async Task AConnectionGoesOnAfterAStatementThatIsEnded(string settings, string sql, string end)
    {
        await using var source = new MicromegasDataSourceBuilder(settings).AddTable("big", _big).Build();
        await using var connection = await source.OpenConnectionAsync();
        await CheckUsableAsync(connection);
        var random = new Random(sql.Length);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            await EndAsync(connection, sql, end, random.Next(0, 300));
            if (end == "connection")
            {
                await connection.OpenAsync();
            }

            await CheckUsableAsync(connection);
        }
    }

    [Theory]
    [InlineData("SELECT count(*) FROM generate_series(1, 134217728) AS g(i)")]
    [InlineData("SELECT count(*) FROM generate_series(TIMESTAMP '1970-01-01', TIMESTAMP '2026-01-01', INTERVAL '1 second') AS g(i)")]
    public async Task AListOfManyItemsEnds(string sql)
    {
        await using var source = MicromegasDataSource.Create("");
        await using var connection = await source.OpenConnectionAsync();
        using var soon = new CancellationTokenSource(20);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.CreateCommand(sql).ExecuteScalarAsync(soon.Token));
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, Assert.IsType<MicromegasException>(error.InnerException).SqlState);
        Assert.Equal(1L, await connection.CreateCommand("SELECT 1").ExecuteScalarAsync());
    }

    private static async Task EndAsync(MicromegasConnection connection, string sql, string end, int yields)
    {
        await using var command = connection.CreateCommand(sql);
        if (end is "close" or "connection")
        {
            // Half read, then left.
            var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            await (end == "close" ? reader.CloseAsync() : connection.CloseAsync());
            Assert.True(reader.IsClosed);
            return;
        }

        using var token = new CancellationTokenSource();
        var running = Task.Run(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(token.Token);
            while (await reader.ReadAsync(token.Token))
            {
            }
        });
        for (var i = 0; i < yields && !running.IsCompleted; i++)
        {
            await Task.Yield();
        }

        if (end == "token")
        {
            await token.CancelAsync();
        }
        else
        {
            command.Cancel();
        }

        try
        {
            await running;
        }
        catch (OperationCanceledException e) when (end == "token")
        {
            Assert.Equal(MicromegasErrorCodes.QueryCanceled, Assert.IsType<MicromegasException>(e.InnerException).SqlState);
        }
        catch (MicromegasException e) when (end == "cancel")
        {
            Assert.Equal(MicromegasErrorCodes.QueryCanceled, e.SqlState);
        }
    }

    private static async Task CheckUsableAsync(MicromegasConnection connection)
        => Assert.Equal((long)Rows, await connection.CreateCommand("SELECT count(*) FROM big WHERE x >= 0").ExecuteScalarAsync());
}
