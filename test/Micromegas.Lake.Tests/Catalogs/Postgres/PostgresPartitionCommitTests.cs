using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Postgres;

namespace Micromegas.Lake.Tests.Catalogs.Postgres;

[Collection("PostgreSQL")]
public sealed class PostgresPartitionCommitTests(PostgresDatabases databases) : PartitionCommitRules
{
    private string _database = "";

    private protected override async ValueTask<ILakeCatalog> CreateAsync()
    {
        _database = await databases.CreateAsync();
        return await OpenAgainAsync();
    }

    private protected override async ValueTask<ILakeCatalog> OpenAgainAsync() =>
        await PostgresCatalog.OpenAsync(_database, LakeMode.ReadWriteCreate, TimeProvider.System, default);
}
