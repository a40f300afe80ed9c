using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Tests.Tables;

/// <summary>Spans of whole processes; what they must be is in the recorded answers, which eng/golden compares.</summary>
public sealed class ProcessSpansTests
{
    private const string Match = "0711ebbd-ca15-4a79-b52b-0e1345291960";
    private static readonly string[] s_threads = ["f78aba6f-27e2-4fd1-b1fe-57b2dbac22d7", "f9e1bd20-4858-4200-a241-35acbf872093"];

    [Fact]
    public async Task A_process_stands_for_its_threads()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        var each = new List<object?[]>();
        foreach (string thread in s_threads)
        {
            each.AddRange((await lake.ReadInstanceAsync("thread_spans", thread)).Rows);
        }
        Assert.NotEmpty(each);
        ViewReader.AssertSameRows(each, (await lake.ReadInstanceAsync("thread_spans", Match)).Rows);
        List<object?[]> labelled = await ReadAsync(lake, "process_spans", Match, "thread");
        ViewReader.AssertSameRows(each, labelled.ConvertAll(row => row[2..]));
        Assert.Equal(s_threads, labelled.Select(row => (string)row[0]!).Distinct());
        Assert.Equal(["main-140283480161856", "audio-140283450754752"], labelled.Select(row => (string)row[1]!).Distinct());
    }

    [Fact]
    public async Task A_lake_that_is_read_only_gives_the_same_rows_without_writing()
    {
        await using LakeHost writing = await GoldenHost.OpenAsync("global");
        using var folder = new ScratchFolder();
        await using (LakeHost created = await LakeHost.OpenAsync(folder.Path, LakeMode.ReadWriteCreate, null, default))
        {
            await created.ImportCatalogAsync(GoldenLake.CatalogFolder("global"), null, default);
        }
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "store"), GoldenLake.Store);
        await using LakeHost reading = await LakeHost.OpenAsync(folder.Path, LakeMode.ReadOnly, null, default);
        foreach ((string view, string instance) in new[] { ("thread_spans", s_threads[0]), ("net_spans", "6513270e-269e-4d37-b2a7-4de452e6b438") })
        {
            (List<object?[]> rows, QueryStatistics statistics) = await reading.ReadInstanceAsync(view, instance);
            Assert.Equal((0, (long)rows.Count), (statistics.PartitionsWritten, statistics.LiveRows));
            ViewReader.AssertSameRows((await writing.ReadInstanceAsync(view, instance)).Rows, rows);
        }
    }

    [Fact]
    public async Task A_damaged_block_takes_its_chain_along_and_leaves_nothing()
    {
        var store = new OverlayStore(new Storage.DirectoryObjectStore(GoldenLake.Store));
        await using LakeHost lake = await GoldenHost.OpenAsync("global", store: store);
        IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(new BlockFilter { StreamId = Guid.Parse(s_threads[1]) }, default);
        await store.PutAsync(blocks[^1].Block.ObjectKey, new byte[] { 0xa0 }, Storage.PutMode.Overwrite, default);
        LakeException error = await Assert.ThrowsAsync<LakeException>(() => lake.ReadInstanceAsync("thread_spans", s_threads[1]));
        Assert.Equal("XX001", error.SqlState);
        Assert.Contains(blocks[^1].Block.BlockId.ToString("D"), error.Message, StringComparison.Ordinal);
        Assert.Empty(await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "thread_spans" }, default));
        await foreach (Storage.ObjectInfo info in store.Written.ListAsync("views/", default))
        {
            Assert.Fail($"{info.Key} was left behind");
        }

        // The other thread is not touched.
        Assert.NotEmpty((await lake.ReadInstanceAsync("thread_spans", s_threads[0])).Rows);
    }

    [Theory]
    [InlineData("process_spans", "x", "both")]
    [InlineData("process_spans", Match, "every")]
    [InlineData("parse_block", "x", null)]
    [InlineData("parse_block", "00000000-0000-0000-0000-000000000001", null)]
    public async Task Wrong_arguments_are_refused(string function, string first, string? second)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => ReadAsync(lake, function, second is null ? [first] : [first, second]));
        Assert.Equal(SqlState.InvalidParameterValue, error.SqlState);
    }

    private static async Task<List<object?[]>> ReadAsync(LakeHost lake, string function, params string[] arguments)
    {
        var context = new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), default);
        ITable table = await lake.Tables.FindTableFunction(function)!.BindAsync(
            arguments.Select(a => Scalar.Of(a)).ToArray(), new Dictionary<string, Scalar>(), context, default);
        return await TableRows.ReadAsync(table, context: context);
    }
}
