using Micromegas.EntityFrameworkCore.Storage.Internal;
using Microsoft.EntityFrameworkCore.Update;

namespace Micromegas.EntityFrameworkCore.Update.Internal;

/// <summary>Required of relational providers; never reached because <see cref="MicromegasDatabase"/> refuses before.</summary>
public sealed class MicromegasModificationCommandBatchFactory : IModificationCommandBatchFactory
{
    /// <inheritdoc />
    public ModificationCommandBatch Create() => throw ReadOnlyModel.NotSupported("SaveChanges");
}
