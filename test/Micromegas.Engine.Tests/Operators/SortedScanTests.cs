using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>A sort over pieces that are sorted merges them; where it cannot, it sorts. The rows are the same.</summary>
public sealed class SortedScanTests : IDisposable
{
    private readonly OperatorRun run = new();
    private readonly List<SortedTable> tables = [];

    public void Dispose()
    {
        run.Dispose();
        foreach (var table in tables)
        {
            table.Dispose();
        }
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(6, 0, true)]
    [InlineData(6, 30, true)]
    [InlineData(20, 3, true)]
    [InlineData(20, 1_000_000, false)]
    public async Task Pieces_that_overlap_little_are_merged(int pieces, int overlap, bool isMerged)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var name = $"t{seed}";
            var rows = Add(name, new Random(seed), pieces, overlap);
            var sorted = rows.OrderBy(static row => row.Time ?? long.MaxValue).ThenBy(static row => row.Text is null ? 1 : 0).ThenBy(static row => row.Text, StringComparer.Ordinal).ToArray();
            await run.CheckAsync($"SELECT time, text FROM {name} ORDER BY time, text", sorted.Select(static row => new object?[] { row.Time, row.Text }));
            await run.CheckAsync($"SELECT text AS b, time AS a FROM {name} ORDER BY a, b LIMIT 11 OFFSET 5", sorted.Skip(5).Take(11).Select(static row => new object?[] { row.Text, row.Time }));
            await run.CheckAsync($"SELECT time FROM {name} ORDER BY time", sorted.Select(static row => new object?[] { row.Time }));
            await run.CheckAsync($"SELECT time, text FROM {name} ORDER BY time, text, id LIMIT 3", sorted.Take(3).Select(static row => new object?[] { row.Time, row.Text }));
            Assert.Equal(isMerged, await IsLeftOutAsync($"SELECT time, text FROM {name} ORDER BY time, text"));
            Assert.False(await IsLeftOutAsync($"SELECT time, text FROM {name} ORDER BY time, id"));
            Assert.False(await IsLeftOutAsync($"SELECT time, text FROM {name} ORDER BY time DESC"));
            Assert.False(await IsLeftOutAsync($"SELECT time, text FROM {name} ORDER BY time NULLS FIRST"));
            Assert.False(await IsLeftOutAsync($"SELECT time, text FROM {name} ORDER BY text"));
        }
    }

    [Fact]
    public async Task One_piece_that_is_not_sorted_makes_all_of_them_sorted()
    {
        var rows = Add("t", new Random(7), 5, 10, unsorted: 3);
        await run.CheckAsync("SELECT time FROM t ORDER BY time", rows.Select(static row => row.Time).OrderBy(static time => time ?? long.MaxValue).Select(static time => new object?[] { time }));
        Assert.False(await IsLeftOutAsync("SELECT time FROM t ORDER BY time"));
        Assert.All(tables, static table => Assert.Equal(table.Opened, table.Disposed));
    }

    [Fact]
    public async Task A_limit_ends_the_reading_and_a_failure_the_statement()
    {
        Add("t", new Random(3), 12, 0);
        var table = tables[^1];
        Assert.Equal(5, (await run.RunAsync("SELECT * FROM t ORDER BY time LIMIT 5", new EngineOptions())).Count);
        Assert.InRange(table.Fetched, 1, 4);
        Assert.Equal(table.Opened, table.Disposed);
        table.FailsAt = 6;
        await Assert.ThrowsAsync<InvalidDataException>(() => run.RunAsync("SELECT * FROM t ORDER BY time", new EngineOptions()));
        Assert.Equal(table.Opened, table.Disposed);
        Assert.Equal(5, (await run.RunAsync("SELECT * FROM t ORDER BY time LIMIT 5", new EngineOptions())).Count);
    }

    private async Task<bool> IsLeftOutAsync(string sql) =>
        (await run.RunAsync($"EXPLAIN ANALYZE {sql}", new EngineOptions())).Any(static row => OperatorRun.Text(row).Contains("left out: the scan is in order", StringComparison.Ordinal));

    private List<Row> Add(string name, Random random, int pieces, int overlap, int unsorted = -1)
    {
        var all = new List<Row>();
        var table = new SortedTable { Unsorted = unsorted };
        tables.Add(table);
        for (var piece = 0; piece < pieces; piece++)
        {
            var rows = Enumerable.Range(0, random.Next(1, 300)).Select(i => new Row(
                    random.Next(100) == 0 && overlap == 30 ? null : (piece * 100) + random.Next(100 + overlap),
                    random.Next(10) == 0 ? null : new string((char)('a' + random.Next(4)), random.Next(4)),
                    i))
                .OrderBy(static row => row.Time ?? long.MaxValue).ThenBy(static row => row.Text is null ? 1 : 0).ThenBy(static row => row.Text, StringComparer.Ordinal).ToArray();
            if (piece == unsorted)
            {
                Array.Reverse(rows);
            }
            table.Add(rows);
            all.AddRange(rows);
        }
        run.Catalog.Add(name, table);
        return all;
    }

    private sealed record Row(long? Time, string? Text, int Id);

    /// <summary>A table of sorted pieces, in an order of its own.</summary>
    private sealed class SortedTable : ITable, IDisposable
    {
        private readonly List<(MemoryTable Rows, ValueRange Range)> pieces = [];
        private int fetched;
        private int opened;
        private int disposed;

        public Schema Schema { get; } = new(new Field("id", DataType.Int32, false), new Field("text", DataType.Utf8), new Field("time", DataType.Int64));

        public TableStatistics? Statistics => null;

        public int Unsorted { get; init; }

        public int FailsAt { get; set; } = -1;

        public int Fetched => fetched;

        public int Opened => opened;

        public int Disposed => disposed;

        public void Add(Row[] rows)
        {
            var table = MemoryTable.FromRows(
                rows, (Schema[0], static row => row.Id), (Schema[1], static row => row.Text), (Schema[2], static row => row.Time));
            long[] times = [.. rows.Select(static row => row.Time).OfType<long>()];
            pieces.Add((table, new ValueRange(
                new Scalar(DataType.Int64, times.DefaultIfEmpty(0).Min()), new Scalar(DataType.Int64, times.DefaultIfEmpty(0).Max()), rows.Any(static row => row.Time is null))));
        }

        public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken) => new(new Plan(this, request));

        public void Dispose() => pieces.ForEach(static piece => piece.Rows.Dispose());

        private sealed class Plan(SortedTable table, ScanRequest request) : ScanPlan
        {
            public override IReadOnlyList<bool> ExactPredicates { get; } = new bool[request.Predicates.Count];

            public override IReadOnlyList<int> SortedBy => [2, 1];

            public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
            {
                for (var i = table.pieces.Count - 1; i >= 0; i--)
                {
                    var plan = await table.pieces[i].Rows.PlanScanAsync(request, cancellationToken);
                    await foreach (var morsel in plan.OpenAsync(context, cancellationToken))
                    {
                        Interlocked.Increment(ref table.opened);
                        yield return new Piece(table, i, morsel) { IsSorted = i != table.Unsorted };
                    }
                }
            }
        }

        private sealed class Piece(SortedTable table, int index, Morsel inner) : Morsel
        {
            private int ended;

            public override ValueRange? RangeOf(int tableOrdinal) => tableOrdinal == 2 ? table.pieces[index].Range : null;

            public override async ValueTask PrefetchAsync(CancellationToken cancellationToken)
            {
                await Task.Yield();
                Interlocked.Increment(ref table.fetched);
                if (index == table.FailsAt)
                {
                    throw new InvalidDataException("the piece is damaged");
                }
            }

            public override MorselReader Open(QueryContext context) => inner.Open(context);

            public override void Dispose()
            {
                base.Dispose();
                inner.Dispose();
                if (Interlocked.Exchange(ref ended, 1) == 0)
                {
                    Interlocked.Increment(ref table.disposed);
                }
            }
        }
    }
}
