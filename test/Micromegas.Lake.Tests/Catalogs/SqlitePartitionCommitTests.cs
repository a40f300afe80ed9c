using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;

namespace Micromegas.Lake.Tests.Catalogs;

public sealed class SqlitePartitionCommitTests : PartitionCommitRules, IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private protected override async ValueTask<ILakeCatalog> CreateAsync() => await OpenAgainAsync();

    private protected override async ValueTask<ILakeCatalog> OpenAgainAsync() =>
        await SqliteCatalog.OpenAsync(_scratch["c.db"], LakeMode.ReadWriteCreate, TimeProvider.System, default);
}
