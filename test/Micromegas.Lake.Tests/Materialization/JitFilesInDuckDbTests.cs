using Micromegas.DuckDb;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>Another engine reads the files that a question makes.</summary>
public sealed class JitFilesInDuckDbTests
{
    [Theory]
    [InlineData("log_entries")]
    [InlineData("measures")]
    [InlineData("thread_spans")]
    [InlineData("async_events")]
    [InlineData("net_spans")]
    [InlineData("images")]
    [InlineData("otel_spans")]
    public async Task DuckDB_finds_the_rows_of_upstreams_files_in_ours(string view)
    {
        using var folder = new ScratchFolder();
        var written = new OverlayStore(new DirectoryObjectStore(GoldenLake.Store));
        await using ILakeCatalog recorded = await GoldenLake.OpenAsync("jit");
        await using LakeHost lake = await GoldenHost.OpenAsync("global", store: written);
        using DuckDbDatabase duckDb = DuckDbDatabase.OpenInMemory();
        PartitionRecord[] theirs = (await recorded.ListPartitionsAsync(new PartitionFilter { ViewSet = view }, default))
            .Where(p => p.InstanceId != "global" && p.FilePath is not null).ToArray();
        Assert.NotEmpty(theirs);
        foreach (IGrouping<string, PartitionRecord> instance in theirs.GroupBy(p => p.InstanceId))
        {
            await lake.ReadInstanceAsync(view, instance.Key);
            PartitionRecord[] ours = (await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view, InstanceId = instance.Key }, default))
                .Where(p => p.FilePath is not null).ToArray();
            foreach (PartitionRecord their in instance)
            {
                PartitionRecord our = Assert.Single(ours, p => p.InsertRange == their.InsertRange);
                string copy = Path.Combine(folder.Path, $"{Guid.NewGuid()}.parquet");
                await File.WriteAllBytesAsync(copy, await written.Written.ReadAllAsync(our.FilePath!, default));
                string original = Path.Combine(GoldenLake.Store, their.FilePath!);
                Assert.Equal(their.RowCount, duckDb.Rows($"SELECT count(*) FROM '{copy}'")[0][0]);
                Assert.Equal(duckDb.Rows($"DESCRIBE SELECT * FROM '{original}'"), duckDb.Rows($"DESCRIBE SELECT * FROM '{copy}'"));
                Assert.Equal(0L, duckDb.Rows($"SELECT count(*) FROM ((SELECT * FROM '{original}' EXCEPT ALL SELECT * FROM '{copy}') UNION ALL (SELECT * FROM '{copy}' EXCEPT ALL SELECT * FROM '{original}'))")[0][0]);
            }
        }
    }
}
