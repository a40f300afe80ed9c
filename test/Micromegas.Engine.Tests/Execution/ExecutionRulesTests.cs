using System.Diagnostics;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Tests.Execution;

/// <summary>The rules of execution: parking, borrowing, cancellation, and that nothing is left behind.</summary>
[Collection(BufferCount.Name)]
public sealed class ExecutionRulesTests
{
    [Fact]
    public async Task Half_read_readers_keep_no_worker_from_other_statements()
    {
        using var pool = new WorkerPool(1);
        using var table = TestPlans.Numbers(300_000);
        var options = new EngineOptions { Threads = 1 };
        var readers = new List<QueryResult>();
        for (var i = 0; i < 8; i++)
        {
            var reader = QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(options), pool);
            readers.Add(reader);
            Assert.NotNull(await reader.ReadAsync(CancellationToken.None));
        }

        var rows = await TestPlans.RunAsync(TestPlans.Scan(table), options, pool).WaitAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(300_000, rows.Count);
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_parked_statement_goes_on_when_its_reader_does()
    {
        using var pool = new WorkerPool(1);
        using var table = TestPlans.Numbers(300_000);
        await using var result = QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(), pool);
        Assert.NotNull(await result.ReadAsync(CancellationToken.None));
        await Task.Delay(50);

        Assert.Equal(300_000 - Batch.MaxRows, (await result.ReadAllAsync()).Count);
    }

    [Fact]
    public async Task A_slow_reader_does_not_fill_memory()
    {
        using var table = TestPlans.Numbers(1_000_000);
        await using var result = QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(), WorkerPool.Shared);
        await result.ReadAsync(CancellationToken.None);
        await Task.Delay(100);

        Assert.InRange(result.Statistics.RowsReturned, 1, 100_000);
    }

    [Fact]
    public async Task Disposal_in_mid_stream_frees_every_buffer()
    {
        using var table = TestPlans.Numbers(500_000);

        // A pool of its own: idle workers of the shared one may still refer to what other tests lost.
        using var pool = new WorkerPool(2);
        var before = BufferCount.Now();
        for (var i = 0; i < 10; i++)
        {
            var scan = TestPlans.Scan(table);
            var filter = new LogicalFilter(scan, TestPlans.Compare(scan.Column("odd"), ComparisonOperator.Equal, true));
            await using var result = QueryExecution.Start(filter, TestPlans.Context(), pool);
            for (var k = 0; k < i; k++)
            {
                await result.ReadAsync(CancellationToken.None);
            }
        }

        BufferCount.AssertNoneLeft(before);
    }

    [Fact]
    public async Task Cancellation_ends_the_statement_soon()
    {
        using var cancellation = new CancellationTokenSource();
        var table = new EndlessTable();
        var scan = TestPlans.Scan(table);
        var filter = new LogicalFilter(scan, TestPlans.Compare(scan.Column("n"), ComparisonOperator.LessThan, 0L));
        var before = BufferCount.Now();
        await using (var result = QueryExecution.Start(filter, TestPlans.Context(cancellationToken: cancellation.Token), WorkerPool.Shared))
        {
            var read = result.ReadAsync(CancellationToken.None).AsTask();
            await Task.Delay(30);
            var watch = Stopwatch.StartNew();
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            // A tenth of a second on an idle machine (docs/memory.md); a loaded one may take its time.
            Assert.InRange(watch.ElapsedMilliseconds, 0, 5_000);
        }
        BufferCount.AssertNoneLeft(before);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_the_statement_running()
    {
        using var pool = new WorkerPool(1);
        using var release = new ManualResetEventSlim();
        var blocked = pool.RunAsync(release.Wait, CancellationToken.None);
        using var table = TestPlans.Numbers(10);
        await using var result = QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(), pool);
        using var impatience = new CancellationTokenSource(20);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await result.ReadAsync(impatience.Token));
        release.Set();
        await blocked;

        Assert.Equal(10, (await result.ReadAllAsync()).Count);
    }

    [Theory]
    [InlineData(FailurePoint.Plan)]
    [InlineData(FailurePoint.Open)]
    [InlineData(FailurePoint.Prefetch)]
    [InlineData(FailurePoint.Read)]
    public async Task An_error_surfaces_on_the_reader_and_frees_everything(FailurePoint point)
    {
        var before = BufferCount.Now();
        await using (var result = QueryExecution.Start(TestPlans.Scan(new EndlessTable { Failure = point }), TestPlans.Context(), WorkerPool.Shared))
        {
            var error = await Assert.ThrowsAsync<EngineException>(() => result.ReadAllAsync());
            Assert.Equal(point.ToString(), error.Message);
        }
        BufferCount.AssertNoneLeft(before);
    }

    [Fact]
    public async Task Statements_take_turns_on_the_workers()
    {
        using var pool = new WorkerPool(1);
        var scan = TestPlans.Scan(new EndlessTable());
        var filter = new LogicalFilter(scan, TestPlans.Compare(scan.Column("n"), ComparisonOperator.LessThan, 0L));
        await using var endless = QueryExecution.Start(filter, TestPlans.Context(), pool);
        using var table = TestPlans.Numbers(100_000);

        Assert.Equal(100_000, (await TestPlans.RunAsync(TestPlans.Scan(table), pool: pool).WaitAsync(TimeSpan.FromMinutes(2))).Count);
    }

    [Fact]
    public async Task Pool_runs_functions_and_reports_their_errors()
    {
        using var pool = new WorkerPool(2);
        Assert.Equal(3, await pool.RunAsync(static () => 3, CancellationToken.None));
        await Assert.ThrowsAsync<EngineException>(
            () => pool.RunAsync(static () => throw new EngineException(SqlState.InternalError, "x"), CancellationToken.None));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.RunAsync(static () => { }, new CancellationToken(true)));
    }

    public enum FailurePoint
    {
        None,
        Plan,
        Open,
        Prefetch,
        Read,
    }

    private sealed class EndlessTable : ITable
    {
        public FailurePoint Failure { get; init; }

        public Schema Schema { get; } = new(new Field("n", DataType.Int64));

        public TableStatistics? Statistics => null;

        public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
        {
            Fail(FailurePoint.Plan);
            return new(new EndlessPlan(this));
        }

        public void Fail(FailurePoint here)
        {
            if (Failure == here)
            {
                throw new EngineException(SqlState.IoError, here.ToString());
            }
        }
    }

    private sealed class EndlessPlan(EndlessTable table) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates => [];

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var i = 0; ; i++)
            {
                await Task.Delay(i == 0 ? 1 : 0, cancellationToken);
                if (i == 3)
                {
                    table.Fail(FailurePoint.Open);
                }
                yield return new EndlessMorsel(table, i);
            }
        }
    }

    private sealed class EndlessMorsel(EndlessTable table, int number) : Morsel
    {
        private readonly NativeBuffer buffer = BufferPool.Shared.Rent(1000);

        public override async ValueTask PrefetchAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(1, cancellationToken);
            if (number == 2)
            {
                table.Fail(FailurePoint.Prefetch);
            }
        }

        public override MorselReader Open(QueryContext context) => new EndlessReader(table);

        public override void Dispose()
        {
            base.Dispose();
            buffer.Dispose();
        }
    }

    private sealed class EndlessReader(EndlessTable table) : MorselReader
    {
        private readonly FlatVector<long> vector = FlatVector<long>.Allocate(DataType.Int64, Batch.MaxRows);
        private int count;

        public override Batch? Next()
        {
            if (++count == 5)
            {
                table.Fail(FailurePoint.Read);
            }
            vector.Span.Fill(count);
            return count > 20 ? null : new Batch(new Schema(new Field("n", DataType.Int64)), [vector]) { RowCount = Batch.MaxRows };
        }

        public override void Dispose()
        {
            base.Dispose();
            vector.Dispose();
        }
    }
}
