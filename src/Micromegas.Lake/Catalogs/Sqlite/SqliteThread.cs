using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>
/// One thread that owns one connection. SQLite blocks, and callers must not: they queue their work here and await it (design.md §1). A cancelled token
/// interrupts the statement that runs, or keeps queued work from starting.
/// </summary>
internal sealed class SqliteThread : IAsyncDisposable
{
    // Between attempts to get the write lock that another process holds.
    private const int BusyPause = 5;

    private readonly BlockingCollection<WorkItem> _queue = [];
    private readonly Lock _interrupting = new();
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _connectionString;
    private WorkItem? _running;

    public SqliteThread(string connectionString)
    {
        _connectionString = connectionString;
        _thread = new Thread(Work) { IsBackground = true, Name = "Micromegas catalogue" };
        _thread.Start();
    }

    /// <summary>Runs work on the connection.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var item = new WorkItem<T>(work, ct);
        if (!TryEnqueue(item))
        {
            throw new ObjectDisposedException(nameof(SqliteThread), "the catalogue was closed");
        }
        await using (ct.UnsafeRegister(Interrupt, item).ConfigureAwait(false))
        {
            return await item.Completion.ConfigureAwait(false);
        }

        void Interrupt(object? cancelled) => this.Interrupt((WorkItem)cancelled!);
    }

    /// <summary>Runs work in a write transaction: all of it happens or nothing.</summary>
    public ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken ct) =>
        ReadAsync(
            connection =>
            {
                Begin(connection, ct);
                try
                {
                    T result = work(connection);
                    SqliteErrors.Check(connection, raw.sqlite3_exec(connection.Handle, "COMMIT"));
                    return result;
                }
                catch
                {
                    // An interrupted statement may have rolled back already.
                    if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
                    {
                        SqliteErrors.Check(connection, raw.sqlite3_exec(connection.Handle, "ROLLBACK"));
                    }
                    throw;
                }
            },
            ct);

    /// <summary>Closes the connection when the work queued so far is done.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        await _ended.Task.ConfigureAwait(false);
    }

    // The library's own wait for the lock sleeps without looking at anybody's token.
    private static void Begin(SqliteConnection connection, CancellationToken ct)
    {
        while (true)
        {
            int result = raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE");
            if ((result & 0xFF) != raw.SQLITE_BUSY)
            {
                SqliteErrors.Check(connection, result);
                return;
            }
            ct.WaitHandle.WaitOne(BusyPause);
            ct.ThrowIfCancellationRequested();
        }
    }

    private bool TryEnqueue(WorkItem item)
    {
        try
        {
            return _queue.TryAdd(item);
        }
        catch (InvalidOperationException)
        {
            // Adding was completed: the catalogue is closed.
            return false;
        }
    }

    private void Interrupt(WorkItem item)
    {
        lock (_interrupting)
        {
            if (ReferenceEquals(_running, item) && item.Handle is { } handle)
            {
                raw.sqlite3_interrupt(handle);
            }
        }
    }

    private void Work()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            foreach (WorkItem item in _queue.GetConsumingEnumerable())
            {
                item.Run(connection, this);
            }
        }
        finally
        {
            connection.Dispose();
            _ended.SetResult();
        }
    }

    private abstract class WorkItem
    {
        public sqlite3? Handle { get; protected set; }

        public abstract void Run(SqliteConnection connection, SqliteThread thread);
    }

    private sealed class WorkItem<T>(Func<SqliteConnection, T> work, CancellationToken ct) : WorkItem
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Completion => _completion.Task;

        public override void Run(SqliteConnection connection, SqliteThread thread)
        {
            try
            {
                ct.ThrowIfCancellationRequested();
                if (connection.State != System.Data.ConnectionState.Open)
                {
                    connection.Open();
                }
                SetRunning(thread, connection.Handle);
                try
                {
                    ct.ThrowIfCancellationRequested();
                    T result = work(connection);
                    SetRunning(thread, null);
                    _completion.SetResult(result);
                }
                finally
                {
                    SetRunning(thread, null);
                }
            }
            catch (SqliteException e)
            {
                _completion.SetException(
                    e.SqliteErrorCode == raw.SQLITE_INTERRUPT && ct.IsCancellationRequested
                        ? new OperationCanceledException("the catalogue was interrupted", e, ct)
                        : SqliteErrors.Translate(e));
            }
            catch (Exception e)
            {
                // Whatever it is belongs to the caller, who awaits it.
                _completion.SetException(e);
            }
        }

        private void SetRunning(SqliteThread thread, sqlite3? handle)
        {
            lock (thread._interrupting)
            {
                Handle = handle;
                thread._running = handle is null ? null : this;
            }
        }
    }
}
