using System.Diagnostics;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;

namespace Micromegas.Data.Tests;

/// <summary>Ends statements of the real engine that would run for hours. Alone, as it looks at the buffers of the whole process and at the clock.</summary>
[Collection(nameof(LongStatementTests))]
[CollectionDefinition(nameof(LongStatementTests), DisableParallelization = true)]
public sealed class LongStatementTests : IDisposable
{
    private const string Aggregate = "SELECT count(*) FROM big AS a, big AS b WHERE a.x + b.x < 0";
    private const string Rows = "SELECT a.x FROM big AS a, big AS b WHERE a.x + b.x < 0";

    // What ends within 100 ms on an idle machine may take longer on one that builds beside the tests.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly MemoryTable _big = MemoryTable.FromRows(Enumerable.Range(0, 1_000_000), (new Field("x", DataType.Int64), static i => (long)i));
    private readonly MicromegasDataSource _source;

    public LongStatementTests() => _source = new MicromegasDataSourceBuilder().AddTable("big", _big).Build();

    public void Dispose()
    {
        _source.Dispose();
        _big.Dispose();
    }

    [Theory]
    [InlineData(Aggregate)]
    [InlineData(Rows)]
    public Task A_token_ends_it(string sql) => EndsAsync(sql, async (command, started) =>
    {
        using var source = new CancellationTokenSource();
        var running = command.ExecuteScalarAsync(source.Token);
        await Task.Delay(200);
        Assert.False(running.IsCompleted);
        started.Restart();
        await source.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, Assert.IsType<MicromegasException>(error.InnerException).SqlState);
    });

    [Theory]
    [InlineData(Aggregate)]
    [InlineData(Rows)]
    public Task Cancel_ends_it(string sql) => EndsAsync(sql, async (command, started) =>
    {
        var running = Task.Run(command.ExecuteScalar);
        await Task.Delay(200);
        Assert.False(running.IsCompleted);
        started.Restart();
        do
        {
            // A busy machine may not have begun: what is cancelled before it starts is not cancelled (DbCommand.Cancel).
            command.Cancel();
        }
        while (await Task.WhenAny(running, Task.Delay(100)) != running);
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, (await Assert.ThrowsAsync<MicromegasException>(() => running)).SqlState);
    });

    [Fact]
    public Task A_time_out_ends_it() => EndsAsync(Aggregate, async (command, started) =>
    {
        command.CommandTimeout = 1;
        var error = await Assert.ThrowsAsync<MicromegasException>(() => command.ExecuteScalarAsync());
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, error.SqlState);
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.True(started.Elapsed > TimeSpan.FromSeconds(0.9));
    }, TimeSpan.FromSeconds(1));

    [Fact]
    public Task Closing_a_half_read_reader_ends_it() => EndsAsync("SELECT a.x FROM big AS a, big AS b", async (command, started) =>
    {
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        started.Restart();
    });

    private async Task EndsAsync(string sql, Func<MicromegasCommand, Stopwatch, Task> end, TimeSpan atLeast = default)
    {
        await using var connection = await _source.OpenConnectionAsync();
        var count = connection.CreateCommand("SELECT count(*) FROM big WHERE x >= 0");
        Assert.Equal(1_000_000L, await count.ExecuteScalarAsync());
        var before = await OutstandingAsync(long.MinValue);
        await using (var command = connection.CreateCommand(sql))
        {
            var started = Stopwatch.StartNew();
            await end(command, started);
            Assert.InRange(started.Elapsed, TimeSpan.Zero, atLeast + Soon);
        }

        Assert.Equal(1_000_000L, await count.ExecuteScalarAsync());
        // Fewer may be out than before: what an earlier test lost can be found meanwhile.
        Assert.InRange(await OutstandingAsync(before), 0, before);
    }

    /// <summary>The buffers in use, once they are as few as <paramref name="expected"/> or no longer change: workers end a moment after the call does.</summary>
    private static async Task<long> OutstandingAsync(long expected)
    {
        for (var i = 0; i < 40 && BufferPool.Shared.OutstandingCount > expected; i++)
        {
            await Task.Delay(expected == long.MinValue ? 2 : 50);
        }

        return BufferPool.Shared.OutstandingCount;
    }
}
