using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tests.Views;

public sealed class ViewCatalogTests
{
    [Fact]
    public async Task Every_recorded_partition_has_the_hash_of_its_view()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("merged");
        var seen = new HashSet<string>();
        foreach (PartitionRecord partition in await catalog.ListPartitionsAsync(default, default))
        {
            ViewDefinition view = ViewCatalog.All.Single(v => v.Name == partition.ViewSet);
            Assert.Equal(view.SchemaHash, partition.SchemaHash);
            Assert.True(partition.InstanceId == "global" ? view.HasGlobal : view.Instances != ViewInstanceKind.None);
            seen.Add(view.Name);
        }
        Assert.Equal(ViewCatalog.All.Count(v => !v.IsBeyondUpstream), seen.Count);
    }

    /// <summary>The vector of spec/lakehouse.md C.2, taken from upstream's own unit test.</summary>
    [Fact]
    public void A_schema_hash_is_the_one_upstream_computes()
    {
        var schema = new Schema((Field[])
        [
            new("time_bin", DataType.LakeTime), new("min_time", DataType.LakeTime), new("max_time", DataType.LakeTime),
            new("process_id", DataType.DictionaryUtf8, false),
            .. ((string[])["nb_fatal", "nb_err", "nb_warn", "nb_info", "nb_debug", "nb_trace"]).Select(n => new Field(n, DataType.Int64)),
        ]);
        Assert.Equal([142, 68, 229, 9, 9, 34, 74, 203], ArrowSchemaHash.Compute(schema));
        var export = new Schema(new Field("time", DataType.LakeTime, false), new Field("level", DataType.Int32, false), new Field("msg", DataType.Utf8, false));
        Assert.Equal([206, 117, 141, 5, 65, 166, 157, 116], ArrowSchemaHash.Compute(export));
    }
}
