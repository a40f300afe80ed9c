using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Tests.Execution;

public sealed class QueryExecutionTests
{
    public static TheoryData<int, int> Settings => new() { { 2048, 1 }, { 2048, 4 }, { 7, 1 }, { 1, 2 } };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Scan_filter_project_gives_the_rows(int batchSize, int threads)
    {
        using var table = TestPlans.Numbers(3_000);
        var scan = TestPlans.Scan(table);
        scan = scan with { Predicates = [TestPlans.Compare(scan.Column("n"), ComparisonOperator.GreaterThanOrEqual, 1_000L)] };
        var filter = new LogicalFilter(scan, TestPlans.Compare(scan.Column("odd"), ComparisonOperator.Equal, true));
        var project = new LogicalProject(
            filter,
            [
                new Assignment(new PlanColumn("name", DataType.DictionaryUtf8), scan.Column("name")),
                new Assignment(new PlanColumn("n", DataType.Int64), scan.Column("n")),
                new Assignment(new PlanColumn("text", DataType.Utf8), scan.Column("text")),
                new Assignment(new PlanColumn("one", DataType.Int32), new BoundLiteral(Scalar.Of(1))),
            ]);

        var rows = await TestPlans.RunAsync(project, new EngineOptions { BatchSize = batchSize, Threads = threads });

        var expected = Enumerable.Range(1_000, 2_000).Where(static n => n % 2 == 1)
            .Select(static n => new object?[] { $"name {n % 7}", (long)n, n % 5 == 0 ? null : $"text {n}", 1 });
        Assert.Equal(expected, rows.OrderBy(static row => (long)row[1]!));
    }

    [Fact]
    public async Task Scan_delivers_columns_that_only_its_predicates_use_to_the_filter_alone()
    {
        using var table = TestPlans.Numbers(100);
        var scan = TestPlans.Scan(table);
        var narrow = new LogicalScan(table, "t", scan.TableColumns, [2], [TestPlans.Compare(scan.Column("n"), ComparisonOperator.LessThan, 3L)]);

        var rows = await TestPlans.RunAsync(narrow);

        Assert.Equal([[null], ["text 1"], ["text 2"]], rows);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Limit_skips_and_takes_exactly(int batchSize, int threads)
    {
        using var table = TestPlans.Numbers(200_000);
        var plan = new LogicalLimit(TestPlans.Scan(table), 10, 5_000);

        var rows = await TestPlans.RunAsync(plan, new EngineOptions { BatchSize = batchSize, Threads = threads });

        Assert.Equal(5_000, rows.Count);
        Assert.Equal(5_000, rows.Select(static row => row[0]).Distinct().Count());
        if (threads == 1)
        {
            Assert.Equal(10L, rows[0][0]);
            Assert.Equal(5_009L, rows[^1][0]);
        }
    }

    [Fact]
    public async Task Limit_over_a_filter_stops_reading()
    {
        using var table = TestPlans.Numbers(1_000_000);
        var context = TestPlans.Context(new EngineOptions { Threads = 1 });
        await using var result = QueryExecution.Start(new LogicalLimit(TestPlans.Scan(table), 0, 3), context, WorkerPool.Shared);

        Assert.Equal(3, (await result.ReadAllAsync()).Count);
        Assert.InRange(context.Statistics.RowsScanned, 1, 200_000);
        Assert.Equal(3, context.Statistics.RowsReturned);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Union_all_gives_every_branch(int batchSize, int threads)
    {
        using var first = TestPlans.Numbers(3_000);
        using var second = TestPlans.Numbers(2_000, 3_000);
        PlanColumn[] output = [.. first.Schema.Fields.Select(static field => new PlanColumn(field.Name, field.Type))];
        var plan = new LogicalUnionAll([TestPlans.Scan(first), TestPlans.Scan(second)], output);

        var rows = await TestPlans.RunAsync(plan, new EngineOptions { BatchSize = batchSize, Threads = threads });

        Assert.Equal(Enumerable.Range(0, 5_000).Select(static n => (long)n), rows.Select(static row => (long)row[0]!).Order());
    }

    [Fact]
    public async Task Values_gives_its_rows_in_order()
    {
        var plan = new LogicalValues(
            [new PlanColumn("a", DataType.Int64), new PlanColumn("b", DataType.Utf8)],
            [
                [new BoundLiteral(Scalar.Of(1L)), new BoundLiteral(Scalar.Of("x"))],
                [new BoundLiteral(new Scalar(DataType.Int64, null)), new BoundLiteral(Scalar.Of("y"))],
            ]);

        Assert.Equal([[1L, "x"], [null, "y"]], await TestPlans.RunAsync(plan));
    }

    [Fact]
    public async Task Values_without_columns_is_one_row()
    {
        var plan = new LogicalProject(
            new LogicalValues([], [[]]), [new Assignment(new PlanColumn("a", DataType.Int32), new BoundLiteral(Scalar.Of(7)))]);

        Assert.Equal([[7]], await TestPlans.RunAsync(plan));
    }

    [Fact]
    public async Task Profile_counts_rows_of_every_node()
    {
        using var table = TestPlans.Numbers(100);
        var scan = TestPlans.Scan(table);
        var plan = new LogicalFilter(scan, TestPlans.Compare(scan.Column("odd"), ComparisonOperator.Equal, true));
        await using var result = QueryExecution.Start(plan, TestPlans.Context(), WorkerPool.Shared, isProfiled: true);
        await result.ReadAllAsync();

        Assert.Equal("Filter", result.Profile.Name);
        Assert.Equal(50, result.Profile.Statistics.Rows);
        Assert.Equal(100, result.Profile.Inputs[0].Statistics.Rows);
    }
}
