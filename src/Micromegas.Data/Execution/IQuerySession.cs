using Micromegas.Columnar;
using Micromegas.Engine.Statements;
using Micromegas.Sql.Syntax;

namespace Micromegas.Data.Execution;

/// <summary>What a connection asks: one per open connection, cheap, over a shared lake.</summary>
internal interface IQuerySession : IAsyncDisposable
{
    /// <summary>The statements of a text.</summary>
    IReadOnlyList<Statement> Parse(string sql);

    /// <summary>Binds and plans a statement; decodes and reads nothing of the lake's events.</summary>
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
/// <param name="Sql">The text that holds the statement, for positions in errors.</param>
/// <param name="Statement">The statement.</param>
/// <param name="Parameters">Named and positional values.</param>
/// <param name="Range">The query range, or none.</param>
/// <param name="CommandMemoryLimit">Bytes before it spills, or the session's default.</param>
/// <param name="Warn">Takes warnings, such as broken blocks; called on any thread.</param>
internal sealed record QueryRequest(
    string Sql,
    Statement Statement,
    IReadOnlyList<QueryParameter> Parameters,
    MicromegasRange? Range,
    long? CommandMemoryLimit,
    Action<string> Warn)
{
    /// <summary>What SET has set on the connection.</summary>
    internal SessionSettings? Settings { get; init; }

    /// <summary>Where the plan is kept from run to run; null for statements that were not prepared.</summary>
    internal PreparedPlan? Prepared { get; set; }

    /// <summary>Takes the number of rows that the statement has written, when it is known.</summary>
    internal Action<long>? Affected { get; init; }
}

/// <summary>A parameter's bare name (empty when positional) and value; the value's type is Null when the statement shall choose it.</summary>
internal readonly record struct QueryParameter(string Name, Scalar Value);
