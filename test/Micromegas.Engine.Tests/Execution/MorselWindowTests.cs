using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Tests.Execution;

/// <summary>How many morsels of a scan are made ready before workers ask for them.</summary>
public sealed class MorselWindowTests
{
    private const int MorselCount = 200;

    [Fact]
    public async Task Morsels_that_need_no_fetch_do_not_wait_for_workers()
    {
        // The first morsel is not read before the window of fetches is far exceeded.
        var table = new CountedTable { Fetches = false, AwaitedByTheFirst = 50, Morsels = 3000 };
        Assert.Equal(3000, await RowsOfAsync(table));
        Assert.InRange(table.MostAhead, 50, 1040);
    }

    [Fact]
    public async Task Few_fetches_are_ahead_of_the_workers()
    {
        var table = new CountedTable { Fetches = true };
        Assert.Equal(MorselCount, await RowsOfAsync(table));
        Assert.InRange(table.MostAhead, 1, 8);
    }

    [Fact]
    public async Task Morsels_that_need_no_fetch_wait_where_memory_is_short()
    {
        var table = new CountedTable { Fetches = false, Bytes = 1 << 20 };
        Assert.Equal(MorselCount, await RowsOfAsync(table, new MemoryBudget(32 << 20)));
        Assert.InRange(table.MostAhead, 1, 16);
    }

    private static async Task<int> RowsOfAsync(CountedTable table, MemoryBudget? budget = null)
    {
        using var pool = new WorkerPool(1);
        return (await TestPlans.RunAsync(TestPlans.Scan(table), new EngineOptions { Threads = 1 }, pool, budget).WaitAsync(TimeSpan.FromMinutes(2))).Count;
    }

    private sealed class CountedTable : ITable
    {
        private int fetched;
        private int opened;
        private int mostAhead;

        public bool Fetches { get; init; }

        public long Bytes { get; init; }

        public int AwaitedByTheFirst { get; init; }

        public int Morsels { get; init; } = MorselCount;

        public int MostAhead => mostAhead;

        public Schema Schema { get; } = new(new Field("n", DataType.Int64));

        public TableStatistics? Statistics => null;

        public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken) => new(new CountedPlan(this));

        // Called by the one feed of the scan.
        public void CountFetch() => mostAhead = Math.Max(mostAhead, Interlocked.Increment(ref fetched) - Volatile.Read(ref opened));

        public void CountOpen(int number)
        {
            if (number == 0 && AwaitedByTheFirst > 0)
            {
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref fetched) >= AwaitedByTheFirst, TimeSpan.FromMinutes(1)));
            }
            Interlocked.Increment(ref opened);
        }
    }

    private sealed class CountedPlan(CountedTable table) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates => [];

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; i < table.Morsels; i++)
            {
                yield return new CountedMorsel(table, i);
            }
            await Task.CompletedTask;
        }
    }

    private sealed class CountedMorsel(CountedTable table, int number) : Morsel
    {
        public override long PrefetchBytes => table.Bytes;

        public override async ValueTask PrefetchAsync(CancellationToken cancellationToken)
        {
            table.CountFetch();
            if (table.Fetches)
            {
                await Task.Delay(1, cancellationToken);
            }
        }

        public override MorselReader Open(QueryContext context)
        {
            table.CountOpen(number);
            return new OneRow(number);
        }
    }

    private sealed class OneRow(int number) : MorselReader
    {
        private FlatVector<long>? vector;

        public override Batch? Next()
        {
            if (vector is not null)
            {
                return null;
            }
            vector = FlatVector<long>.Allocate(DataType.Int64, 1);
            vector.Span[0] = number;
            return new Batch(new Schema(new Field("n", DataType.Int64)), [vector]) { RowCount = 1 };
        }

        public override void Dispose()
        {
            base.Dispose();
            vector?.Dispose();
        }
    }
}
