using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;

namespace Micromegas.Lake.Tests.Catalogs;

public sealed class SqliteCatalogTests : CatalogRules, IDisposable
{
    private static readonly Guid s_process = new("5fff281d-7235-490f-b933-a5cb2f98c62d");

    private readonly ScratchFolder _scratch = new();
    private string _path = "";

    public void Dispose() => _scratch.Dispose();

    private protected override async ValueTask<ILakeCatalog> CreateAsync(TimeProvider? clock = null)
    {
        _path = _scratch[Guid.NewGuid().ToString("N")];
        return await SqliteCatalog.OpenAsync(_path, LakeMode.ReadWriteCreate, clock ?? TimeProvider.System, default);
    }

    private protected override async ValueTask<ILakeCatalog> OpenAgainAsync(LakeMode mode) => await SqliteCatalog.OpenAsync(_path, mode, TimeProvider.System, default);

    [Fact]
    public async Task What_is_no_lake_is_refused_with_a_name()
    {
        using var scratch = new ScratchFolder();
        Assert.Equal("08006", (await Open("missing.db", LakeMode.ReadWrite)).SqlState);
        Assert.Equal("08006", (await Open("missing.db", LakeMode.ReadOnly)).SqlState);
        Assert.False(File.Exists(scratch["missing.db"]));
        await File.WriteAllTextAsync(scratch["text.db"], new string('x', 10_000));
        Assert.Equal("08006", (await Open("text.db", LakeMode.ReadWriteCreate)).SqlState);
        await using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={scratch["other.db"]};Pooling=false"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE mine(x)";
            command.ExecuteNonQuery();
        }
        Assert.Contains("not a lake", (await Open("other.db", LakeMode.ReadWriteCreate)).Message, StringComparison.Ordinal);

        Task<LakeException> Open(string name, LakeMode mode) => Assert.ThrowsAnyAsync<LakeException>(
            async () => await SqliteCatalog.OpenAsync(scratch[name], mode, TimeProvider.System, default));
    }

    [Fact]
    public async Task A_newer_catalogue_is_refused()
    {
        using var scratch = new ScratchFolder();
        await (await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWriteCreate, TimeProvider.System, default)).DisposeAsync();
        await using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={scratch["c.db"]};Pooling=false"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "UPDATE lakehouse_migration SET version = 10";
            command.ExecuteNonQuery();
        }
        var error = await Assert.ThrowsAsync<LakeVersionException>(
            async () => await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWrite, TimeProvider.System, default));
        Assert.Equal((10, 9), (error.Found, error.Expected));
    }

    [Fact]
    public async Task Reading_only_writes_nothing()
    {
        using var scratch = new ScratchFolder();
        await (await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWriteCreate, TimeProvider.System, default)).DisposeAsync();
        await using SqliteCatalog catalog = await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadOnly, TimeProvider.System, default);
        var error = await Assert.ThrowsAsync<LakeException>(async () => await catalog.InsertAsync(new CatalogRows(), false, default));
        Assert.Equal("25006", error.SqlState);
    }

    [Fact]
    public async Task A_writer_that_waits_for_another_process_can_be_cancelled_and_goes_on_when_it_is_free()
    {
        using var scratch = new ScratchFolder();
        await using SqliteCatalog first = await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWriteCreate, TimeProvider.System, default);
        using var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={scratch["c.db"]};Pooling=false");
        other.Open();
        using var transaction = other.BeginTransaction();
        using var cancel = new CancellationTokenSource();
        Task waiting = first.InsertAsync(new CatalogRows { Processes = [new ProcessRecord { ProcessId = s_process }] }, false, cancel.Token).AsTask();
        await Task.Delay(30);
        Assert.False(waiting.IsCompleted);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5_000);
        ValueTask<int> again = first.InsertAsync(new CatalogRows { Processes = [new ProcessRecord { ProcessId = s_process }] }, false, default);
        transaction.Rollback();
        await again;
        Assert.NotNull(await first.FindProcessAsync(s_process, default));
    }

    [Fact]
    public async Task A_long_statement_is_interrupted()
    {
        await using var thread = new SqliteThread("Data Source=:memory:;Pooling=false");
        using var cancel = new CancellationTokenSource();
        Task<object?> endless = thread.ReadAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT max(x) FROM t";
                return command.ExecuteScalar();
            },
            cancel.Token).AsTask();
        await Task.Delay(50);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5_000);
        Assert.Equal(1, await thread.ReadAsync(_ => 1, default));
    }
}
