using Micromegas.Columnar;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Execution;
using Micromegas.Storage;
using Micromegas.Testing;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>A top-n over real files leaves row groups out and gives the rows that sorting everything gives.</summary>
public sealed class ScanBoundTests : IDisposable
{
    private readonly OperatorRun run = new();

    [Theory]
    [InlineData("ORDER BY time DESC, msg", "time, level, msg")]
    [InlineData("ORDER BY time, msg", "msg, time")]
    [InlineData("ORDER BY insert_time DESC, time, msg", "time, insert_time")]
    [InlineData("ORDER BY level DESC, time DESC, msg", "time, level, msg")]
    public async Task A_top_n_of_partitions_equals_the_head_of_the_sorted_table(string order, string columns)
    {
        await AddAsync();
        var all = await run.RunAsync($"SELECT {columns}, block_id, msg AS m2 FROM p WHERE level < 6 {order}, block_id", new EngineOptions());
        Assert.True(all.Count > 200);
        foreach (var options in OperatorRun.Settings)
        {
            foreach (var limit in new[] { 1, 40, 150 })
            {
                var top = await run.RunAsync($"SELECT {columns}, block_id, msg AS m2 FROM p WHERE level < 6 {order}, block_id LIMIT {limit}", options);
                Assert.Equal(all.Take(limit).Select(OperatorRun.Text), top.Select(OperatorRun.Text));
            }
        }
    }

    [Fact]
    public async Task A_top_n_of_the_last_times_does_not_read_the_first_files()
    {
        await AddAsync();
        var context = new QueryContext(new EngineOptions { Threads = 1 }, MemoryBudget.Unlimited(), CancellationToken.None);
        await run.RunAsync("SELECT time, msg FROM p ORDER BY time DESC LIMIT 5", context.Options, context: context);
        var everything = new QueryContext(new EngineOptions { Threads = 1 }, MemoryBudget.Unlimited(), CancellationToken.None);
        await run.RunAsync("SELECT time, msg FROM p", everything.Options, context: everything);

        Assert.InRange(context.Statistics.RowsScanned, 5, everything.Statistics.RowsScanned / 2);
    }

    public void Dispose() => run.Dispose();

    private async Task AddAsync()
    {
        var root = Repository.PathOf("test", "golden", "lake", "store");
        string[] keys = [.. Directory.EnumerateFiles(Path.Combine(root, "views", "log_entries", "global"), "*.parquet", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        run.Catalog.Add("p", await ParquetTable.OpenAsync(new DirectoryObjectStore(root), keys, CancellationToken.None));
    }
}
