namespace Micromegas.Data.Execution;

/// <summary>Where connections get their sessions: a lake, or the tables of a data source.</summary>
internal interface ISessionSource
{
    /// <summary>Opens a session. What is expensive (catalogue, caches, workers) is shared and opened once.</summary>
    ValueTask<IQuerySession> OpenAsync(ConnectionSettings settings, CancellationToken cancellationToken);
}
