using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Tests.Operators;
using Micromegas.Parquet;
using Micromegas.Parquet.Tests;

namespace Micromegas.Engine.Tests.Catalog;

/// <summary>What metadata answer is answered without opening the scan; what they do not, opens a scan that was planned once.</summary>
public sealed class MetadataScanTests : IDisposable
{
    private readonly OperatorRun run = new();

    [Theory]
    [InlineData("SELECT count(*) FROM t", "3000")]
    [InlineData("SELECT min(n), max(n), count(v), count(*) FROM t", "0|2999|2000|3000")]
    [InlineData("SELECT count(*) + 1 FROM t WHERE n >= 0", "3001")]
    [InlineData("SELECT max(n) FROM t WHERE n >= 2000", "2999")]
    [InlineData("SELECT count(*), min(n) FROM t WHERE n > 5000", "0|NULL")]
    public async Task A_scan_that_metadata_answer_is_not_opened(string sql, string expected)
    {
        var table = await AddAsync();
        foreach (var options in OperatorRun.Settings)
        {
            Assert.Equal([expected], (await run.RunAsync(sql, options)).Select(OperatorRun.Text));
        }
        Assert.Equal(0, table.Opened);
        Assert.Equal(OperatorRun.Settings.Length, table.Planned);
    }

    [Theory]
    [InlineData("SELECT count(*), min(n) FROM t WHERE v = 1", "1000|1")]
    [InlineData("SELECT count(*) FROM t WHERE n > 1500", "1499")]
    [InlineData("SELECT count(*), max(n), sum(v) FROM t", "3000|2999|1000")]
    public async Task Others_are_opened_once(string sql, string expected)
    {
        var table = await AddAsync();
        Assert.Equal([expected], (await run.RunAsync(sql, new EngineOptions())).Select(OperatorRun.Text));
        Assert.Equal(1, table.Opened);
        Assert.Equal(1, table.Planned);
    }

    public void Dispose() => run.Dispose();

    private async Task<Watched> AddAsync()
    {
        var schema = new Schema(new Field("n", DataType.Int64, false), new Field("v", DataType.Int64));
        object?[][] columns =
        [
            [.. Enumerable.Range(0, 3000).Select(static n => (object)(long)n)],
            [.. Enumerable.Range(0, 3000).Select(static n => n % 3 == 2 ? null : (object)(long)(n % 3))],
        ];
        var table = new Watched(await OperatorRun.OpenParquetAsync(await WrittenFile.WriteAsync(schema, columns, new ParquetWriterOptions { RowGroupRows = 1000 })));
        run.Catalog.Add("t", table);
        return table;
    }

    private sealed class Watched(ITable inner) : ITable
    {
        public int Planned { get; private set; }

        public int Opened { get; private set; }

        public Schema Schema => inner.Schema;

        public TableStatistics? Statistics => null;

        public async ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
        {
            Planned++;
            return new Plan(this, await inner.PlanScanAsync(request, cancellationToken));
        }

        private sealed class Plan(Watched table, ScanPlan plan) : ScanPlan
        {
            public override IReadOnlyList<bool> ExactPredicates => plan.ExactPredicates;

            public override IReadOnlyList<Morsel>? Morsels => plan.Morsels;

            public override IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, CancellationToken cancellationToken)
            {
                table.Opened++;
                return plan.OpenAsync(context, cancellationToken);
            }
        }
    }
}
