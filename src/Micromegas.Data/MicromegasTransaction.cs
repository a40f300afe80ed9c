using System.Data;
using System.Data.Common;

namespace Micromegas.Data;

/// <summary>
/// Keeps ADO.NET's contract of transactions for tools that begin one. Commit, rollback and savepoints change nothing: a lake is only read by statements, and what they write
/// into scratch tables stays.
/// </summary>
public sealed class MicromegasTransaction : DbTransaction
{
    private MicromegasConnection? _connection;
    private bool _disposed;

    internal MicromegasTransaction(MicromegasConnection connection, IsolationLevel isolationLevel)
    {
        _connection = connection;
        IsolationLevel = isolationLevel == IsolationLevel.Unspecified ? IsolationLevel.Snapshot : isolationLevel;
    }

    /// <summary>The connection, or null once the transaction has ended.</summary>
    public new MicromegasConnection? Connection => _connection;

    /// <inheritdoc />
    public override IsolationLevel IsolationLevel { get; }

    /// <inheritdoc />
    public override bool SupportsSavepoints => true;

    /// <inheritdoc />
    protected override DbConnection? DbConnection => _connection;

    /// <inheritdoc />
    public override void Commit() => End();

    /// <inheritdoc />
    public override void Rollback() => End();

    /// <inheritdoc />
    public override void Save(string savepointName) => RequireName(savepointName);

    /// <inheritdoc />
    public override void Rollback(string savepointName) => RequireName(savepointName);

    /// <inheritdoc />
    public override void Release(string savepointName) => RequireName(savepointName);

    internal void Abandon()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            connection.CurrentTransaction = null;
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _disposed = true;
            Abandon();
        }

        base.Dispose(disposing);
    }

    private void End()
    {
        RequireActive();
        Abandon();
    }

    private void RequireName(string savepointName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(savepointName);
        RequireActive();
    }

    private void RequireActive()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_connection is null)
        {
            throw new InvalidOperationException("The transaction has ended.");
        }
    }
}
