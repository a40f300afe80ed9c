using System.Data.Common;
using Micromegas.Data;
using Micromegas.EntityFrameworkCore.Infrastructure.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Micromegas.EntityFrameworkCore.Storage.Internal;

/// <summary>The connection of a context.</summary>
public sealed class MicromegasRelationalConnection : RelationalConnection
{
    private readonly DbDataSource? _dataSource;

    /// <summary>Creates the connection.</summary>
    /// <param name="dependencies">Services.</param>
    /// <param name="options">The options of the context.</param>
    public MicromegasRelationalConnection(RelationalConnectionDependencies dependencies, IDbContextOptions options)
        : base(dependencies)
    {
        ArgumentNullException.ThrowIfNull(options);
        _dataSource = options.FindExtension<MicromegasOptionsExtension>()?.DataSource;
    }

    /// <inheritdoc />
    protected override bool SupportsAmbientTransactions => false;

    /// <inheritdoc />
    protected override DbConnection CreateDbConnection() => _dataSource?.CreateConnection() ?? new MicromegasConnection(GetValidatedConnectionString());
}
