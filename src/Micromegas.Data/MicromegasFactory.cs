using System.Data.Common;

namespace Micromegas.Data;

/// <summary>Creates the provider's objects. Register it with <c>DbProviderFactories.RegisterFactory("Micromegas.Data", MicromegasFactory.Instance)</c>.</summary>
public sealed class MicromegasFactory : DbProviderFactory
{
    /// <summary>The only instance.</summary>
    public static readonly MicromegasFactory Instance = new();

    private MicromegasFactory()
    {
    }

    /// <inheritdoc />
    public override bool CanCreateCommandBuilder => true;

    /// <inheritdoc />
    public override bool CanCreateDataAdapter => true;

    /// <inheritdoc />
    public override DbCommand CreateCommand() => new MicromegasCommand();

    /// <inheritdoc />
    public override DbConnection CreateConnection() => new MicromegasConnection();

    /// <inheritdoc />
    public override DbConnectionStringBuilder CreateConnectionStringBuilder() => new MicromegasConnectionStringBuilder();

    /// <inheritdoc />
    public override DbParameter CreateParameter() => new MicromegasParameter();

    /// <inheritdoc />
    public override DbDataAdapter CreateDataAdapter() => new MicromegasDataAdapter();

    /// <inheritdoc />
    public override DbCommandBuilder CreateCommandBuilder() => new MicromegasCommandBuilder();

    /// <inheritdoc />
    public override bool CanCreateBatch => true;

    /// <inheritdoc />
    public override DbBatch CreateBatch() => new MicromegasBatch();

    /// <inheritdoc />
    public override DbBatchCommand CreateBatchCommand() => new MicromegasBatchCommand();

    /// <inheritdoc />
    public override DbDataSource CreateDataSource(string connectionString) => MicromegasDataSource.Create(connectionString);
}
