using System.Diagnostics;
using Micromegas.Columnar;

namespace Micromegas.Data.Tests;

public class CancellationTests
{
    private static FakeLake Stalled()
    {
        var lake = FakeLake.WithColumns((new Field("x", DataType.Int32), [1]));
        var first = true;
        lake.BeforeBatch = async token =>
        {
            if (!first)
            {
                await Task.Delay(Timeout.Infinite, token);
            }

            first = false;
        };
        return lake;
    }

    [Fact]
    public async Task A_token_gives_OperationCanceled_with_57014_inside()
    {
        var lake = Stalled();
        await using var connection = lake.Open();
        await using var reader = await connection.CreateCommand("SELECT").ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        using var source = new CancellationTokenSource(20);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(source.Token));
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, Assert.IsType<MicromegasException>(error.InnerException).SqlState);
    }

    [Fact]
    public async Task A_cancelled_token_does_not_start_anything()
    {
        var lake = Stalled();
        await using var connection = lake.Open();
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.CreateCommand("SELECT").ExecuteReaderAsync(source.Token));
        Assert.Empty(lake.Requests);
        Assert.Equal(1, await connection.CreateCommand("SELECT").ExecuteScalarAsync());
    }

    [Fact]
    public async Task Cancel_gives_57014()
    {
        var lake = Stalled();
        await using var connection = lake.Open();
        var command = connection.CreateCommand("SELECT");
        command.Cancel();
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        var pending = reader.ReadAsync();
        Assert.False(pending.IsCompleted);
        command.Cancel();
        var error = await Assert.ThrowsAsync<MicromegasException>(() => pending);
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, error.SqlState);
        await reader.CloseAsync();
        lake.BeforeBatch = static _ => default;
        Assert.Equal(1, await command.ExecuteScalarAsync());
    }

    [Fact]
    public void A_time_out_gives_57014_with_TimeoutException_inside()
    {
        var lake = Stalled();
        using var connection = lake.Open();
        var command = connection.CreateCommand("SELECT");
        command.CommandTimeout = 1;
        using var reader = command.ExecuteReader();
        reader.Read();
        var watch = Stopwatch.StartNew();
        var error = Assert.Throws<MicromegasException>(() => reader.Read());
        Assert.Equal(MicromegasErrorCodes.QueryCanceled, error.SqlState);
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.InRange(watch.ElapsedMilliseconds, 900, 60_000);
    }

    [Fact]
    public async Task Synchronous_members_do_not_deadlock_under_a_context()
    {
        var lake = FakeLake.WithColumns((new Field("x", DataType.Int32), [1]));
        lake.BeforeBatch = static async token => await Task.Delay(1, token);
        var done = Task.Run(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new NeverContext());
            using var connection = lake.Open();
            return connection.CreateCommand("SELECT").ExecuteScalar();
        });
        Assert.Same(done, await Task.WhenAny(done, Task.Delay(60_000)));
        Assert.Equal(1, await done);
    }

    private sealed class NeverContext : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state)
        {
        }
    }
}
