using System.Text.Json;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;
using Micromegas.Lake.Catalogs.Transfer;

namespace Micromegas.Lake.Tests.Catalogs;

public sealed class CatalogFolderTests
{
    [Theory]
    [InlineData("global", true)]
    [InlineData("jit", false)]
    [InlineData("merged", true)]
    [InlineData("ingest", false)]
    [InlineData("bench", true)]
    public async Task A_recorded_catalogue_comes_back_as_it_was(string state, bool compress)
    {
        if (state == "bench" && !Directory.Exists(GoldenLake.CatalogFolder(state)))
        {
            return;
        }
        using var scratch = new ScratchFolder();
        await using (SqliteCatalog catalog = await SqliteCatalog.OpenAsync(scratch["catalog.db"], LakeMode.ReadWriteCreate, TimeProvider.System, default))
        {
            await CatalogFolder.ImportAsync(catalog, GoldenLake.CatalogFolder(state), null, default);
            Assert.Equal(LakeSharing.Shared, catalog.Sharing);
        }
        await using (SqliteCatalog reopened = await SqliteCatalog.OpenAsync(scratch["catalog.db"], LakeMode.ReadOnly, TimeProvider.System, default))
        {
            Assert.Equal(LakeSharing.Shared, reopened.Sharing);
            await CatalogFolder.ExportAsync(reopened, scratch["plain"], compress, default);
        }

        // Once more through the exported form, so that both directions are seen.
        await using SqliteCatalog second = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        await CatalogFolder.ImportAsync(second, scratch["plain"], null, default);
        await CatalogFolder.ExportAsync(second, scratch["again"], compress: true, default);
        foreach (CatalogTable table in CatalogSchema.Upstream)
        {
            JsonElement[] expected = GoldenLake.Rows(GoldenLake.CatalogFolder(state), table.Name);
            JsonElement[] actual = GoldenLake.Rows(scratch["again"], table.Name);
            Assert.Equal(expected.Length, actual.Length);
            for (int i = 0; i < expected.Length; i++)
            {
                AssertSame(expected[i], actual[i], table);
            }
        }
    }

    [Fact]
    public async Task A_backup_of_our_lake_is_ours_again()
    {
        using var scratch = new ScratchFolder();
        await using SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        Assert.Equal(LakeSharing.Exclusive, catalog.Sharing);
        await CatalogFolder.ExportAsync(catalog, scratch.Path, compress: true, default);
        await using SqliteCatalog restored = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        await CatalogFolder.ImportAsync(restored, scratch.Path, null, default);
        Assert.Equal(LakeSharing.Exclusive, restored.Sharing);
    }

    [Fact]
    public async Task The_importer_may_decide_whose_lake_it_is()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("global", LakeSharing.Exclusive);
        Assert.Equal(LakeSharing.Exclusive, catalog.Sharing);
    }

    [Fact]
    public async Task A_catalogue_with_rows_takes_no_import()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("global");
        var error = await Assert.ThrowsAsync<LakeException>(() => CatalogFolder.ImportAsync(catalog, GoldenLake.CatalogFolder("jit"), null, default));
        Assert.Equal("55006", error.SqlState);
        Assert.Equal(160, (await catalog.SumBlocksAsync(default, default)).Blocks);
    }

    [Theory]
    [InlineData("migration", "{\"version\": 8}", "newer")]
    [InlineData("lakehouse_migration", "{\"version\": 10}", "newer")]
    [InlineData("lakehouse_migration", "{\"version\": 8}", "unsupported")]
    [InlineData("migration", "", "nothing")]
    [InlineData("blocks", "{\"block_id\": 5}", "line 1")]
    [InlineData("blocks", "{\"block_id\": \"x\"}", "line 1")]
    [InlineData("blocks", "{\"colour\": 5}", "colour")]
    [InlineData("blocks", "{", "line 1")]
    [InlineData("blocks", "[]", "line 1")]
    [InlineData("streams", "{\"stream_id\": null}", "format")]
    [InlineData("streams", "{\"objects_metadata\": {\"base64\": \"*\"}, \"format\": \"x\"}", "line 1")]
    [InlineData("processes", "{\"start_time\": \"yesterday\"}", "yesterday")]
    public async Task A_bad_folder_is_refused_whole(string table, string content, string message)
    {
        using var scratch = new ScratchFolder();
        foreach (string file in Directory.GetFiles(GoldenLake.CatalogFolder("global")))
        {
            File.Copy(file, scratch[Path.GetFileName(file)]);
        }
        File.Delete(scratch[table + ".jsonl.gz"]);
        await File.WriteAllTextAsync(scratch[table + ".jsonl"], content);
        await using SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        var error = await Assert.ThrowsAnyAsync<LakeException>(() => CatalogFolder.ImportAsync(catalog, scratch.Path, null, default));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((0, LakeSharing.Exclusive), ((await catalog.SumBlocksAsync(default, default)).Blocks, catalog.Sharing));
        Assert.Empty(await catalog.ReadTableAsync(CatalogSchema.Processes, default));
    }

    [Fact]
    public async Task A_folder_without_catalogue_is_named()
    {
        using var scratch = new ScratchFolder();
        await using SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        await Assert.ThrowsAsync<LakeException>(() => CatalogFolder.ImportAsync(catalog, scratch.Path, null, default));
        await Assert.ThrowsAsync<LakeException>(() => CatalogFolder.ImportAsync(catalog, scratch["nothing"], null, default));
    }

    private static void AssertSame(JsonElement expected, JsonElement actual, CatalogTable table)
    {
        Assert.Equal(expected.EnumerateObject().Select(p => p.Name), actual.EnumerateObject().Select(p => p.Name));
        foreach (JsonProperty property in expected.EnumerateObject())
        {
            JsonElement value = actual.GetProperty(property.Name);
            if (table.Columns[table.IndexOf(property.Name)].Kind == CatalogColumnKind.Time && property.Value.ValueKind == JsonValueKind.String)
            {
                Assert.Equal(property.Value.GetDateTimeOffset(), value.GetDateTimeOffset());
            }
            else
            {
                Assert.True(JsonElement.DeepEquals(property.Value, value), $"{table.Name}.{property.Name}: {property.Value} became {value}");
            }
        }
    }
}
