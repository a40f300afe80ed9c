using System.Data;
using Npgsql;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>
/// Connections to the server, and errors in this room's words. A caller who cancels goes on at once, whether or not the server still answers: what it waited for
/// ends by itself, and a transaction that was given up is never committed.
/// </summary>
internal sealed class PostgresDatabase : IAsyncDisposable
{
    // Reads are repeated when a pooled connection turns out to be broken.
    private const int ReadAttempts = 3;

    private readonly NpgsqlDataSource _source;

    /// <param name="connectionString">Npgsql's form, or an URL.</param>
    /// <exception cref="ArgumentException">It has another form.</exception>
    public PostgresDatabase(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings = PostgresAddress.Parse(connectionString);
        Name = PostgresAddress.NameOf(settings);

        // The slim form knows what is named here and nothing else, so that trimmed programs carry no more.
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableArrays();
        builder.EnableTransportSecurity();
        builder.EnableIntegratedSecurity();
        _source = builder.Build();
    }

    /// <summary>Host and database, for messages.</summary>
    public string Name { get; }

    /// <summary>Runs statements, each with its own view of the data.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await RunAsync(
                    async run =>
                    {
                        NpgsqlConnection connection = await _source.OpenConnectionAsync(run.Token).ConfigureAwait(false);
                        await using (connection.ConfigureAwait(false))
                        {
                            return await work(connection, run.Token).ConfigureAwait(false);
                        }
                    },
                    ct).ConfigureAwait(false);
            }
            catch (LakeException e) when (attempt < ReadAttempts && e.InnerException is NpgsqlException { IsTransient: true } and not PostgresException)
            {
                // The pool gives another connection.
            }
        }
    }

    /// <summary>Runs statements in a transaction: all of it happens or nothing.</summary>
    public ValueTask<T> WriteAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct) => RunAsync(
        async run =>
        {
            NpgsqlConnection connection = await _source.OpenConnectionAsync(run.Token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, run.Token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    T result = await work(connection, run.Token).ConfigureAwait(false);
                    run.Finish();
                    await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                    return result;
                }
            }
        },
        ct);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async ValueTask<T> RunAsync<T>(Func<Run, Task<T>> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var run = new Run();
        Task<T> running = TranslateAsync(work, run);
        if (ct.CanBeCanceled && !running.IsCompleted)
        {
            var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (ct.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), cancelled).ConfigureAwait(false))
            {
                await Task.WhenAny(running, cancelled.Task).ConfigureAwait(false);
            }
            if (!running.IsCompleted && run.TryGiveUp())
            {
                // The driver asks the server to stop and waits for its word; the caller does not. Nobody is left to be told how it ended.
                _ = Task.Run(run.Cancel, CancellationToken.None);
                _ = running.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                throw new OperationCanceledException("the statement of the catalogue was cancelled", ct);
            }
        }
        return await running.ConfigureAwait(false);
    }

    private async Task<T> TranslateAsync<T>(Func<Run, Task<T>> work, Run run)
    {
        try
        {
            return await work(run).ConfigureAwait(false);
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e, Name);
        }
        catch (Exception e) when (e is InvalidCastException or OverflowException)
        {
            throw Throw.CorruptCatalog($"a column holds a value of an unexpected type or range ({e.Message})", e);
        }
        finally
        {
            run.Dispose();
        }
    }

    /// <summary>One piece of work: until it commits it can be given up.</summary>
    private sealed class Run : IDisposable
    {
        private const int Running = 0;
        private const int Finishing = 1;
        private const int GivenUp = 2;

        private readonly CancellationTokenSource _source = new();
        private int _state;

        public CancellationToken Token => _source.Token;

        public bool TryGiveUp() => Interlocked.CompareExchange(ref _state, GivenUp, Running) == Running;

        public void Finish()
        {
            if (Interlocked.CompareExchange(ref _state, Finishing, Running) != Running)
            {
                throw new OperationCanceledException("the statement of the catalogue was cancelled");
            }
        }

        public void Cancel()
        {
            try
            {
                _source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just ended.
            }
        }

        public void Dispose() => _source.Dispose();
    }
}
