using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Statements that spill while their temporary files, or the rows they read, fail: a typed error, and nothing is left behind.</summary>
public sealed class SpillFaultTests : IDisposable
{
    private const int Count = 20_000;
    private const long Limit = 600_000;

    private readonly OperatorRun run = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("micromegas-faults-");

    private readonly MemoryTable table;

    public SpillFaultTests()
    {
        table = run.Add(
            "t",
            Enumerable.Range(0, Count).ToArray(),
            (new Field("i", DataType.Int64, false), static id => (long)id),
            (new Field("h", DataType.Int64, false), static id => id * 2654435761 % 4294967291),
            (new Field("s", DataType.Utf8), static id => $"some text {id}"));
    }

    public static TheoryData<string, string> Statements => new()
    {
        { "SELECT h, s, count(*) FROM t GROUP BY h, s", "HashAggregate" },
        { "SELECT median(h), percentile_cont(0.9) WITHIN GROUP (ORDER BY i) FROM (SELECT * FROM t UNION ALL SELECT * FROM t UNION ALL SELECT * FROM t)", "HashAggregate" },
        { "SELECT i, h, s FROM t ORDER BY h", "Sort" },
        { "SELECT i, s, sum(i) OVER (ORDER BY h ROWS BETWEEN 200 PRECEDING AND CURRENT ROW), lag(s) OVER (ORDER BY h) FROM t", "Window" },
        { "SELECT a.i, b.s FROM t AS a JOIN t AS b ON a.h = b.h", "HashJoin" },
        { "SELECT h, s FROM t EXCEPT SELECT h, s FROM t WHERE i > 100", "Except" },
    };

    /// <summary>As in a folder that is full after so many bytes.</summary>
    [Theory]
    [MemberData(nameof(Statements))]
    public async Task A_full_folder_is_an_error_that_names_the_operator(string sql, string name)
    {
        var expected = (await run.RunAsync(sql, new EngineOptions { Threads = 1 })).Select(OperatorRun.Text).Order(StringComparer.Ordinal).ToArray();
        var failures = 0;
        for (long room = 1; ; room = (room * 5 / 2) + 5_000)
        {
            var context = Context(new EngineOptions { Threads = 2, TemporaryFolder = folder.FullName, TemporaryLimit = room });
            try
            {
                var rows = await run.RunAsync(sql, context.Options, context: context);
                Assert.Equal(expected, rows.Select(OperatorRun.Text).Order(StringComparer.Ordinal));
                break;
            }
            catch (MemoryLimitException error)
            {
                Assert.Equal(name, error.Owner);
                Assert.InRange(++failures, 1, 100);
            }
            finally
            {
                AssertNothingIsLeft(context);
            }
        }
        Assert.True(failures > 2, $"{failures} failures");
    }

    /// <summary>The k-th batch that is read fails.</summary>
    [Theory]
    [MemberData(nameof(Statements))]
    public async Task Rows_that_cannot_be_read_leave_nothing_behind(string sql, string name)
    {
        Assert.NotEmpty(name);
        foreach (var call in (int[])[1, 2, 3, 5, 7, 8, 9, 10, 15, 19, 20, 25, 30, 60])
        {
            var context = Context(new EngineOptions { Threads = 2, TemporaryFolder = folder.FullName });
            run.Catalog.Add("f", new FaultyTable(table, call));
            try
            {
                await run.RunAsync(sql.Replace("FROM t", "FROM f", StringComparison.Ordinal), context.Options, context: context);
            }
            catch (EngineException error)
            {
                Assert.Equal(SqlState.IoError, error.SqlState);
            }
            finally
            {
                AssertNothingIsLeft(context);
            }
        }
    }

    public void Dispose()
    {
        run.Dispose();
        folder.Delete(recursive: true);
    }

    private static QueryContext Context(EngineOptions options) => new(options, new MemoryBudget(Limit), CancellationToken.None);

    private void AssertNothingIsLeft(QueryContext context)
    {
        Assert.Equal(0, context.Budget.Used);
        Assert.Equal(0, context.Budget.RentedBytes);
        Assert.Empty(folder.EnumerateFiles());
    }

    private sealed class FaultyTable(ITable table, int call) : ITable
    {
        private int calls;

        public Schema Schema => table.Schema;

        public TableStatistics? Statistics => table.Statistics;

        public async ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken) =>
            new Plan(this, await table.PlanScanAsync(request, cancellationToken));

        private void Call()
        {
            if (Interlocked.Increment(ref calls) == call)
            {
                throw new EngineException(SqlState.IoError, "The store fails.");
            }
        }

        private sealed class Plan(FaultyTable owner, ScanPlan plan) : ScanPlan
        {
            public override IReadOnlyList<bool> ExactPredicates => plan.ExactPredicates;

            public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
            {
                await foreach (var morsel in plan.OpenAsync(context, cancellationToken))
                {
                    yield return new Piece(owner, morsel);
                }
            }
        }

        private sealed class Piece(FaultyTable owner, Morsel morsel) : Morsel
        {
            public override MorselReader Open(QueryContext context) => new Reader(owner, morsel.Open(context));

            public override void Dispose()
            {
                base.Dispose();
                morsel.Dispose();
            }
        }

        private sealed class Reader(FaultyTable owner, MorselReader reader) : MorselReader
        {
            public override Batch? Next()
            {
                owner.Call();
                return reader.Next();
            }

            public override void Dispose()
            {
                base.Dispose();
                reader.Dispose();
            }
        }
    }
}
