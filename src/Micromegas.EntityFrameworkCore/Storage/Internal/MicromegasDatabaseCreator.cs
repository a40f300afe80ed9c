using Micromegas.Data;
using Microsoft.EntityFrameworkCore.Storage;

namespace Micromegas.EntityFrameworkCore.Storage.Internal;

/// <summary>A lake creates itself when it is opened with <see cref="MicromegasOpenMode.ReadWriteCreate"/>; its views are not the context's to create.</summary>
public sealed class MicromegasDatabaseCreator : RelationalDatabaseCreator
{
    /// <summary>Creates the service.</summary>
    /// <param name="dependencies">Services.</param>
    public MicromegasDatabaseCreator(RelationalDatabaseCreatorDependencies dependencies)
        : base(dependencies)
    {
    }

    /// <summary>Whether the lake can be opened.</summary>
    public override bool Exists()
    {
        try
        {
            Dependencies.Connection.Open(errorsExpected: true);
            Dependencies.Connection.Close();
            return true;
        }
        catch (MicromegasException)
        {
            return false;
        }
    }

    /// <summary>Opens the lake, which creates it where the connection string allows.</summary>
    public override void Create()
    {
        Dependencies.Connection.Open();
        Dependencies.Connection.Close();
    }

    /// <inheritdoc />
    public override bool HasTables() => true;

    /// <inheritdoc />
    public override void CreateTables() => throw ReadOnlyModel.NotSupported("CreateTables");

    /// <summary>Not supported: deleting a lake is left to whoever owns its directory.</summary>
    public override void Delete() => throw ReadOnlyModel.NotSupported("Delete");

    /// <inheritdoc />
    public override bool EnsureDeleted() => throw ReadOnlyModel.NotSupported("EnsureDeleted");

    /// <inheritdoc />
    public override Task<bool> EnsureDeletedAsync(CancellationToken cancellationToken = default)
        => Task.FromException<bool>(ReadOnlyModel.NotSupported("EnsureDeleted"));

    /// <summary>Opens the lake, which creates it where the connection string allows.</summary>
    /// <returns>Always false: there are no tables to create.</returns>
    public override bool EnsureCreated()
    {
        Create();
        return false;
    }

    /// <inheritdoc cref="EnsureCreated" />
    /// <param name="cancellationToken">Ends the opening.</param>
    public override async Task<bool> EnsureCreatedAsync(CancellationToken cancellationToken = default)
    {
        await Dependencies.Connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await Dependencies.Connection.CloseAsync().ConfigureAwait(false);
        return false;
    }
}
