using Micromegas.Engine.Catalog;

namespace Micromegas.Data.Execution;

/// <summary>Sessions on lakes, with the tables that a data source adds.</summary>
internal sealed class LakeSessions(IReadOnlyDictionary<string, ITable> tables) : ISessionSource
{
    internal static LakeSessions Shared { get; } = new(new Dictionary<string, ITable>());

    public ValueTask<IQuerySession> OpenAsync(ConnectionSettings settings, CancellationToken cancellationToken)
        => throw new MicromegasException(
            $"This build cannot ask lakes yet ('{settings.ResolveDirectory()}', {tables.Count} tables).", MicromegasErrorCodes.FeatureNotSupported);
}
