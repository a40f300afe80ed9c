using System.Text;
using Micromegas.EntityFrameworkCore.Storage.Internal;
using Microsoft.EntityFrameworkCore.Update;

namespace Micromegas.EntityFrameworkCore.Update.Internal;

/// <summary>Required of relational providers; refuses every change.</summary>
public sealed class MicromegasUpdateSqlGenerator : UpdateSqlGenerator
{
    /// <summary>Creates the service.</summary>
    /// <param name="dependencies">Services.</param>
    public MicromegasUpdateSqlGenerator(UpdateSqlGeneratorDependencies dependencies)
        : base(dependencies)
    {
    }

    /// <inheritdoc />
    public override ResultSetMapping AppendInsertOperation(
        StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition, out bool requiresTransaction)
        => throw ReadOnlyModel.NotSupported("INSERT");

    /// <inheritdoc />
    public override ResultSetMapping AppendUpdateOperation(
        StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition, out bool requiresTransaction)
        => throw ReadOnlyModel.NotSupported("UPDATE");

    /// <inheritdoc />
    public override ResultSetMapping AppendDeleteOperation(
        StringBuilder commandStringBuilder, IReadOnlyModificationCommand command, int commandPosition, out bool requiresTransaction)
        => throw ReadOnlyModel.NotSupported("DELETE");
}
