using Micromegas.Columnar;

namespace Micromegas.Data.Execution;

/// <summary>What a connection asks: one per open connection, cheap, over a shared lake.</summary>
internal interface IQuerySession : IAsyncDisposable
{
    /// <summary>Parses, binds and plans a statement; decodes and reads nothing of the lake's events.</summary>
    ValueTask<IPreparedQuery> PrepareAsync(QueryRequest request, CancellationToken cancellationToken);
}

/// <summary>A planned statement.</summary>
internal interface IPreparedQuery
{
    /// <summary>The columns of the result.</summary>
    Schema Schema { get; }

    /// <summary>Starts the statement. It runs until its result is read to the end, disposed, or <paramref name="cancellationToken"/> is cancelled.</summary>
    ValueTask<IQueryResult> ExecuteAsync(CancellationToken cancellationToken);
}

/// <summary>The batches of a running statement.</summary>
internal interface IQueryResult : IAsyncDisposable
{
    /// <summary>The next batch, or null at the end. It is valid until the next call.</summary>
    ValueTask<Batch?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Rows inserted, updated or deleted; -1 for statements of other kinds.</summary>
    long RecordsAffected => -1;

    /// <summary>What the statement cost so far.</summary>
    MicromegasStatistics Statistics { get; }
}

/// <summary>A statement and everything that it depends on.</summary>
/// <param name="Sql">One statement.</param>
/// <param name="Parameters">Named and positional values.</param>
/// <param name="Range">The query range, or none.</param>
/// <param name="CommandMemoryLimit">Bytes before it spills, or the session's default.</param>
/// <param name="Warn">Takes warnings, such as broken blocks; called on any thread.</param>
internal sealed record QueryRequest(
    string Sql,
    IReadOnlyList<QueryParameter> Parameters,
    MicromegasRange? Range,
    long? CommandMemoryLimit,
    Action<string> Warn);

/// <summary>A parameter's bare name (empty when positional) and value; the value's type is Null when the statement shall choose it.</summary>
internal readonly record struct QueryParameter(string Name, Scalar Value);
