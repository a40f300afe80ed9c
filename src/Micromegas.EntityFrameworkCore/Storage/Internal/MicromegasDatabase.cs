using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace Micromegas.EntityFrameworkCore.Storage.Internal;

/// <summary>Refuses changes: a lake is written by telemetry writers, not by contexts.</summary>
public sealed class MicromegasDatabase : RelationalDatabase
{
    /// <summary>Creates the service.</summary>
    /// <param name="dependencies">Services.</param>
    /// <param name="relationalDependencies">Services.</param>
    public MicromegasDatabase(DatabaseDependencies dependencies, RelationalDatabaseDependencies relationalDependencies)
        : base(dependencies, relationalDependencies)
    {
    }

    /// <inheritdoc />
    public override int SaveChanges(IList<IUpdateEntry> entries) => throw ReadOnlyModel.NotSupported("SaveChanges");

    /// <inheritdoc />
    public override Task<int> SaveChangesAsync(IList<IUpdateEntry> entries, CancellationToken cancellationToken = default)
        => Task.FromException<int>(ReadOnlyModel.NotSupported("SaveChanges"));
}
