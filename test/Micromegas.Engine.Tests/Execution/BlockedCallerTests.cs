using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Tests.Execution;

/// <summary>A caller that blocks computes its statement in the place of a worker, and keeps nobody from computing theirs.</summary>
public sealed class BlockedCallerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_blocked_caller_runs_its_statement_itself_from_the_first_read_on()
    {
        using var pool = new WorkerPool(1);
        await OnThreadAsync(() =>
        {
            // While the worker is still awake, the statement is its; results that fill the queue go on beside their reader.
            for (;;)
            {
                var table = new ThreadsTable(3);
                var result = QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(new EngineOptions { Threads = 1 }), pool);
                Assert.Empty(table.Threads);
                Assert.Equal(3, ReadAll(result));
                if (table.Threads.All(static thread => thread == Environment.CurrentManagedThreadId))
                {
                    return true;
                }
            }
        });
    }

    [Fact]
    public async Task A_caller_has_the_place_of_a_worker_while_it_begins_too()
    {
        using var pool = new WorkerPool(2);
        await OnThreadAsync(() =>
        {
            for (var round = 0; round < 5; round++)
            {
                Assert.True(SpinWait.SpinUntil(() => pool.SleepingCount == 2, Patience));
                var table = new ThreadsTable(5) { OpensFor = TimeSpan.FromMilliseconds(10) };
                Assert.Equal(5, ReadAll(QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(new EngineOptions { Threads = 2 }), pool)));
                Assert.InRange(table.MostAtOnce, 1, 2);
            }
            return true;
        });
    }

    [Fact]
    public async Task Who_awaits_gets_workers()
    {
        using var pool = new WorkerPool(1);
        var table = new ThreadsTable(5);
        Assert.Equal(5, (await TestPlans.RunAsync(TestPlans.Scan(table), new EngineOptions { Threads = 1 }, pool).WaitAsync(Patience)).Count);
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, table.Threads);
    }

    [Fact]
    public async Task Not_more_threads_compute_than_the_pool_has()
    {
        using var pool = new WorkerPool(1);
        using var release = new ManualResetEventSlim();
        using var busy = new ManualResetEventSlim();
        var blocked = pool.RunAsync(
            () =>
            {
                busy.Set();
                release.Wait();
            },
            CancellationToken.None);
        busy.Wait();
        var table = new ThreadsTable(5);
        var rows = OnThreadAsync(() => ReadAll(QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(), pool)));
        await Task.Delay(20);
        Assert.Empty(table.Threads);
        release.Set();
        await blocked;
        Assert.Equal(5, await rows);
    }

    [Fact]
    public async Task A_caller_that_computes_long_takes_turns_with_others()
    {
        using var pool = new WorkerPool(1);
        using var cancellation = new CancellationTokenSource();
        var scan = TestPlans.Scan(new ThreadsTable(int.MaxValue));
        var filter = new LogicalFilter(scan, TestPlans.Compare(scan.Column("n"), ComparisonOperator.LessThan, 0L));
        var endless = OnThreadAsync(() => ReadAll(QueryExecution.Start(filter, TestPlans.Context(cancellationToken: cancellation.Token), pool)));
        using var table = TestPlans.Numbers(100_000);
        Assert.Equal(100_000, (await TestPlans.RunAsync(TestPlans.Scan(table), pool: pool).WaitAsync(Patience)).Count);
        Assert.Equal(100_000, await OnThreadAsync(() => ReadAll(QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(), pool))));
        Assert.False(endless.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_wait_ends_with_its_token(bool isBusy)
    {
        using var pool = new WorkerPool(1);
        using var release = new ManualResetEventSlim(!isBusy);
        var blocked = pool.RunAsync(release.Wait, CancellationToken.None);
        var scan = TestPlans.Scan(new ThreadsTable(isBusy ? 5 : int.MaxValue));
        var filter = new LogicalFilter(scan, TestPlans.Compare(scan.Column("n"), ComparisonOperator.LessThan, 0L));
        using var impatience = new CancellationTokenSource(20);
        await OnThreadAsync(() =>
        {
            var result = QueryExecution.Start(filter, TestPlans.Context(), pool);
            Assert.ThrowsAny<OperationCanceledException>(() => Complete(result.ReadAsync(impatience.Token)));
            release.Set();
            result.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return true;
        });
        await blocked;
    }

    [Fact]
    public async Task What_was_never_read_never_begins()
    {
        var table = new ThreadsTable(5);
        await OnThreadAsync(() =>
        {
            var result = QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(), WorkerPool.Shared);
            result.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return true;
        });
        Assert.Empty(table.Threads);
    }

    [Fact]
    public async Task Reading_may_change_between_waiting_and_awaiting()
    {
        using var pool = new WorkerPool(2);
        using var table = TestPlans.Numbers(100_000);
        var count = await OnThreadAsync(() =>
        {
            var result = QueryExecution.Start(TestPlans.Scan(table), TestPlans.Context(), pool);
            var rows = 0;
            for (var i = 0; ; i++)
            {
                BlockedCaller.Say(i % 3 != 0);
                var batch = Complete(result.ReadAsync(CancellationToken.None));
                if (batch is null)
                {
                    result.DisposeAsync().AsTask().GetAwaiter().GetResult();
                    return rows;
                }
                rows += batch.SelectedCount;
            }
        });
        Assert.Equal(100_000, count);
    }

    [Fact]
    public async Task Many_blocked_callers_and_others_all_get_their_rows()
    {
        using var pool = new WorkerPool(2);
        using var table = TestPlans.Numbers(20_000);
        var scan = TestPlans.Scan(table);
        var sorted = new LogicalSort(scan, [new SortKey(scan.Column("n"), true, false)]);
        var blocking = Enumerable.Range(0, 6).Select(i => OnThreadAsync(() =>
        {
            for (var round = 0; round < 10; round++)
            {
                var rows = ReadAll(QueryExecution.Start(i % 2 == 0 ? scan : sorted, TestPlans.Context(new EngineOptions { Threads = 1 + (i % 3) }), pool));
                Assert.Equal(20_000, rows);
            }
            return true;
        }));
        var awaiting = Enumerable.Range(0, 3).Select(async _ =>
        {
            for (var round = 0; round < 10; round++)
            {
                Assert.Equal(20_000, (await TestPlans.RunAsync(sorted, pool: pool)).Count);
            }
            return true;
        });
        await Task.WhenAll(blocking.Concat(awaiting)).WaitAsync(Patience);
    }

    [Fact]
    public async Task An_error_surfaces_in_the_read()
    {
        await OnThreadAsync(() =>
        {
            var result = QueryExecution.Start(TestPlans.Scan(new ThreadsTable(5) { Fails = true }), TestPlans.Context(), WorkerPool.Shared);
            Assert.Equal("no rows", Assert.Throws<EngineException>(() => Complete(result.ReadAsync(CancellationToken.None))).Message);
            result.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return true;
        });
    }

    /// <summary>Runs something on a thread of its own that says that it blocks.</summary>
    private static Task<T> OnThreadAsync<T>(Func<T> work) => Task.Factory.StartNew(
        () =>
        {
            BlockedCaller.Say(true);
            try
            {
                return work();
            }
            finally
            {
                BlockedCaller.Say(false);
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default).WaitAsync(Patience);

    private static Batch? Complete(ValueTask<Batch?> read) => read.AsTask().GetAwaiter().GetResult();

    private static int ReadAll(QueryResult result)
    {
        var rows = 0;
        try
        {
            while (Complete(result.ReadAsync(CancellationToken.None)) is { } batch)
            {
                rows += batch.SelectedCount;
            }
            return rows;
        }
        finally
        {
            result.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Says which threads read its morsels of one row.</summary>
    private sealed class ThreadsTable(int morsels) : ITable
    {
        private int kept;

        public bool Fails { get; init; }

        /// <summary>How long a thread is kept that has found the morsels, or opens one.</summary>
        public TimeSpan OpensFor { get; init; }

        public int MostAtOnce { get; private set; }

        public ConcurrentQueue<int> Threads { get; } = new();

        public Schema Schema { get; } = new(new Field("n", DataType.Int64));

        public TableStatistics? Statistics => null;

        public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken) => new(new ThreadsPlan(this, morsels));

        /// <summary>Keeps the thread, and sees how many are kept at once.</summary>
        public void Keep()
        {
            if (OpensFor == TimeSpan.Zero)
            {
                return;
            }
            lock (Threads)
            {
                MostAtOnce = Math.Max(MostAtOnce, ++kept);
            }
            Thread.Sleep(OpensFor);
            lock (Threads)
            {
                kept--;
            }
        }
    }

    private sealed class ThreadsPlan(ThreadsTable table, int morsels) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates => [];

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (table.Fails)
            {
                throw new EngineException(SqlState.IoError, "no rows");
            }
            for (var i = 0; i < morsels; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new ThreadsMorsel(table);
            }
            table.Keep();
            await Task.CompletedTask;
        }
    }

    private sealed class ThreadsMorsel(ThreadsTable table) : Morsel
    {
        public override ValueTask PrefetchAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public override MorselReader Open(QueryContext context)
        {
            if (table.Threads.Count < 1000)
            {
                table.Threads.Enqueue(Environment.CurrentManagedThreadId);
            }
            table.Keep();
            return new OneRow();
        }
    }

    private sealed class OneRow : MorselReader
    {
        private FlatVector<long>? vector;

        public override Batch? Next()
        {
            if (vector is not null)
            {
                return null;
            }
            vector = FlatVector<long>.Allocate(DataType.Int64, 1);
            vector.Span[0] = 1;
            return new Batch(new Schema(new Field("n", DataType.Int64)), [vector]) { RowCount = 1 };
        }

        public override void Dispose()
        {
            base.Dispose();
            vector?.Dispose();
        }
    }
}
