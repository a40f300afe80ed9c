using Micromegas.Columnar;
using Micromegas.DuckDb;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Tests.Operators;
using Micromegas.Parquet;
using Micromegas.Parquet.Tests;
using Micromegas.Storage;
using Micromegas.Testing;

namespace Micromegas.Engine.Tests.Catalog;

/// <summary>Where nothing is cached, dictionaries are fetched before the rest of a row group, which then may be spared; that never changes an answer.</summary>
public sealed class DictionaryLookTests : IDisposable
{
    private const int Rows = 60_000;
    private const int GroupRows = 20_000;

    /// <summary>A request that costs nothing next to these files, and one that costs more than all of a row group.</summary>
    private const int Cheap = 64, Dear = 16 << 20;

    private static readonly Schema Schema = new(
        new Field("n", DataType.Int64, false), new Field("name", DataType.DictionaryUtf8), new Field("kind", DataType.Utf8), new Field("number", DataType.Int32), new Field("text", DataType.Utf8));

    private static readonly Lazy<Task<byte[]>> Ours = new(() => WriteAsync(new ParquetWriterOptions { RowGroupRows = GroupRows }));
    private static readonly Lazy<Task<byte[]>> Overflown = new(() => WriteAsync(new ParquetWriterOptions { RowGroupRows = GroupRows, DictionaryBytes = 30, PageRows = 2000 }));

    private readonly OperatorRun run = new();

    public static TheoryData<string, int> Predicates => new()
    {
        // Row groups whose dictionaries hold a value that satisfies the predicate.
        { "name = 'missing'", 0 },
        { "name = 'name 0'", 1 },
        { "name IN ('missing', 'name 4')", 1 },
        { "name LIKE '%me 5'", 1 },
        { "name LIKE 'nothing%'", 0 },
        { "name > 'name 7x' AND name < 'name 8'", 0 },
        { "kind = 'kind 15'", 0 },
        { "number = 301", 1 },
        { "number = 201", 1 },
        { "name = 'name 0' AND kind = 'kind 7'", 0 },
        { "n % 2 = 0 AND name = 'missing'", 0 },
        { "kind NOT LIKE 'kind%'", 0 },
        { "name = 'late'", 3 },
    };

    [Theory]
    [MemberData(nameof(Predicates))]
    public async Task Row_groups_without_the_value_are_not_fetched(string predicate, int groups)
    {
        var store = await AddAsync("cheap", await Ours.Value, Cheap);
        var plain = await AddAsync("dear", await Ours.Value, Dear);
        var sql = $"SELECT n, name, text FROM cheap WHERE {predicate} ORDER BY n";
        var before = $"SELECT n, name, text FROM dear WHERE {predicate} ORDER BY n";
        var (rows, statistics) = await AskAsync(sql);
        var (expected, whole) = await AskAsync(before);
        Assert.Equal(expected, rows);
        Assert.Equal(3 - groups, statistics.RowGroupsPruned);
        Assert.Equal(groups, statistics.RowGroupsRead);
        Assert.Equal(store.Bytes, statistics.BytesRead);
        Assert.Equal(plain.Bytes, whole.BytesRead);
        Assert.Equal(3, plain.Reads);
        // The dictionaries, then what they do not exclude; nothing comes twice.
        Assert.Equal(3 + groups, store.Reads);
        Assert.Equal(whole.BytesRead, statistics.BytesRead + statistics.BytesPruned);
        Assert.InRange(statistics.BytesRead, 1, (whole.BytesRead * groups / 3) + 6000);
        foreach (var options in new EngineOptions[] { new() { Threads = 1, BatchSize = 100 }, new() { Threads = 2, FlattenDictionaries = true } })
        {
            Assert.Equal(expected, (await run.RunAsync(sql, options)).Select(OperatorRun.Text));
        }
    }

    [Fact]
    public async Task A_statement_shows_what_dictionaries_spared()
    {
        await AddAsync("t", await Ours.Value, Cheap);
        var plan = string.Join('\n', (await run.RunAsync("EXPLAIN ANALYZE SELECT text FROM t WHERE name = 'name 0'", new EngineOptions())).Select(OperatorRun.Text));
        Assert.Contains("row groups looked at first=3 excluded=2 narrowed=0", plan, StringComparison.Ordinal);
        Assert.Contains("bytes fetched=", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_a_join_exclude_row_groups_before_they_are_fetched()
    {
        var store = await AddAsync("t", await Ours.Value, Cheap);
        run.Add("keys", ["name 1", "missing"], (new Field("key", DataType.Utf8), static key => key));
        var (rows, statistics) = await AskAsync("SELECT count(*), max(length(text)) FROM t JOIN keys ON t.name = keys.key");
        Assert.Single(rows);
        Assert.Equal(2, statistics.RowGroupsPruned);
        Assert.Equal(4, store.Reads);
    }

    [Fact]
    public async Task Where_a_look_costs_more_than_it_may_spare_everything_is_fetched_at_once()
    {
        var store = await AddAsync("t", await Ours.Value, Dear);
        var (_, statistics) = await AskAsync("SELECT text FROM t WHERE name = 'missing'");
        Assert.Equal(3, store.Reads);
        Assert.Equal(3, statistics.RowGroupsRead);
        // Nothing but the dictionary's column is wanted.
        var other = await AddAsync("c", await Ours.Value, 16 << 10);
        await AskAsync("SELECT count(*) FROM c WHERE name = 'late'");
        Assert.Equal(3, other.Reads);
    }

    [Fact]
    public async Task Looks_that_exclude_nothing_are_given_up()
    {
        const int Groups = 40;
        var random = new Random(3);
        object?[][] columns =
        [
            [.. Enumerable.Range(0, Groups * 1000).Select(static i => (object)$"name {i % 7}")],
            [.. Enumerable.Range(0, Groups * 1000).Select(_ => (object)random.NextInt64())],
        ];
        var schema = new Schema(new Field("name", DataType.DictionaryUtf8), new Field("n", DataType.Int64));
        var file = await WrittenFile.WriteAsync(schema, columns, new ParquetWriterOptions { RowGroupRows = 1000, UsesDictionary = static field => field.Name == "name" });
        var store = await AddAsync("t", file, 1000);
        var (rows, _) = await AskAsync("SELECT count(n) FROM t WHERE name LIKE '%6' OR name LIKE '%5x'");
        Assert.Equal([$"{(Groups * 1000) / 7}"], rows);
        Assert.InRange(store.Reads, Groups + 2, Groups + 16);
    }

    [Fact]
    public async Task What_is_cached_is_not_looked_at_first()
    {
        using var cache = new ChunkCache(64 << 20, MemoryBudget.Unlimited());
        var store = await AddAsync("t", await Ours.Value, Cheap);
        await AskAsync("SELECT name, text FROM t", cache);
        store.Reset();
        var (rows, statistics) = await AskAsync("SELECT text FROM t WHERE name = 'missing'", cache);
        Assert.Empty(rows);
        Assert.Equal(0, store.Reads);
        Assert.Equal(3, statistics.RowGroupsRead);
        Assert.Equal(6, statistics.CacheHits);
    }

    [Fact]
    public async Task Dictionaries_are_kept_for_the_next_statement()
    {
        using var cache = new ChunkCache(64 << 20, MemoryBudget.Unlimited());
        var store = await AddAsync("t", await Ours.Value, Cheap);
        await AskAsync("SELECT text FROM t WHERE name = 'missing'", cache);
        Assert.Equal(3, store.Reads);
        store.Reset();
        var (_, statistics) = await AskAsync("SELECT text FROM t WHERE name = 'absent'", cache);
        Assert.Equal(3, statistics.RowGroupsPruned);
        Assert.Equal(0, store.Reads);
        // One row group is fetched after all: its dictionary need not come again.
        var (rows, read) = await AskAsync("SELECT n FROM t WHERE name = 'name 3' AND n % 5000 = 3", cache);
        var (expected, _) = await AskAsync("SELECT n FROM t WHERE concat(name, '') = 'name 3' AND n % 5000 = 3");
        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        Assert.Equal(2, read.RowGroupsPruned);
    }

    [Fact]
    public async Task A_dictionary_that_does_not_code_all_pages_decides_nothing()
    {
        var store = await AddAsync("t", await Overflown.Value, Cheap);
        var (rows, statistics) = await AskAsync("SELECT n, text FROM t WHERE kind = 'kind 4' AND n % 100 = 53");
        var (expected, _) = await AskAsync("SELECT n, text FROM t WHERE concat(kind, '') = 'kind 4' AND n % 100 = 53");
        Assert.NotEmpty(rows);
        Assert.Equal(expected.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        Assert.Equal(0, statistics.RowGroupsPruned);
        Assert.True(store.Reads >= 3);
    }

    [Theory]
    [InlineData("")]
    [InlineData(", parquet_version v2")]
    public async Task Dictionaries_that_DuckDB_wrote_are_looked_at(string options)
    {
        var folder = Directory.CreateTempSubdirectory("micromegas-look");
        try
        {
            using (var duckDb = DuckDbDatabase.OpenInMemory())
            {
                duckDb.Execute("SET threads = 1");
                duckDb.Execute(
                    "COPY (SELECT 'p' || lpad(((i * 7919) % 500 * 2 + i // 20480)::text, 4, '0') AS p, i, md5(i::text) AS text FROM range(61440) AS r(i)) "
                    + $"TO '{Path.Combine(folder.FullName, "f.parquet")}' (FORMAT parquet, row_group_size 20480{options})");
            }
            var store = new CountingStore(new DirectoryObjectStore(folder.FullName), Cheap);
            run.Catalog.Add("d", await ParquetTable.OpenAsync(store, ["f.parquet"], CancellationToken.None));
            store.Reset();
            // Bloom filters say nothing of patterns.
            var (none, statistics) = await AskAsync("SELECT text FROM d WHERE p LIKE 'p07_7x'");
            Assert.Empty(none);
            Assert.Equal(3, statistics.RowGroupsPruned);
            Assert.Equal(3, store.Reads);
            Assert.InRange(store.Bytes, 1, 3 * 10_000);
            // The second row group alone has odd numbers.
            var (some, narrowed) = await AskAsync("SELECT text FROM d WHERE p LIKE 'p%1' AND p > 'p0'");
            Assert.Equal(1, narrowed.RowGroupsRead);
            Assert.Equal((await AskAsync("SELECT text FROM d WHERE concat(p, '') LIKE 'p%1'")).Rows.Order(), some.Order());
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public async Task Dictionaries_that_upstream_wrote_are_looked_at()
    {
        var store = new CountingStore(new DirectoryObjectStore(Repository.PathOf("test", "golden", "lake", "store")), Cheap);
        var keys = new List<string>();
        await foreach (var found in store.ListAsync("views/log_entries/global/", CancellationToken.None))
        {
            keys.Add(found.Key);
        }
        Assert.NotEmpty(keys);
        var table = await ParquetTable.OpenAsync(store, keys, CancellationToken.None);
        run.Catalog.Add("u", table);
        store.Reset();
        var (all, whole) = await AskAsync("SELECT target, msg FROM u");
        Assert.NotEmpty(all);
        store.Reset();
        var (none, statistics) = await AskAsync("SELECT msg FROM u WHERE target LIKE '%no such target%'");
        Assert.Empty(none);
        Assert.Equal(0, statistics.RowGroupsRead);
        Assert.InRange(store.Bytes, 1, whole.BytesRead / 50);
        foreach (var target in all.Select(static row => row[..row.IndexOf('|', StringComparison.Ordinal)]).Distinct())
        {
            var (rows, _) = await AskAsync($"SELECT target, msg FROM u WHERE target = '{target}'");
            Assert.Equal(all.Where(row => row.StartsWith(target + "|", StringComparison.Ordinal)).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_damaged_dictionary_is_reported_as_where_everything_is_fetched_at_once()
    {
        var intact = await Ours.Value;
        var looked = await AddAsync("intact", intact, Cheap);
        await AskAsync("SELECT text FROM intact WHERE name = 'missing'");
        var (at, size) = looked.Ranges.Order(Comparer<ByteRange>.Create(static (a, b) => a.Offset.CompareTo(b.Offset))).Select(static range => ((int)range.Offset, range.Length)).ElementAt(1);
        var random = new Random(11);
        var reported = 0;
        for (var round = 0; round < 40; round++)
        {
            var damaged = intact.ToArray();
            // Headers first, where most damage is noticed.
            damaged[at + (round < size ? round : random.Next(size))] ^= (byte)random.Next(1, 256);
            await AddAsync($"cheap{round}", damaged, Cheap);
            await AddAsync($"dear{round}", damaged, Dear);
            var expected = await OutcomeAsync($"SELECT n, text FROM dear{round} WHERE name = 'name 4'");
            Assert.Equal(expected, await OutcomeAsync($"SELECT n, text FROM cheap{round} WHERE name = 'name 4'"));
            reported += expected.StartsWith("damaged", StringComparison.Ordinal) ? 1 : 0;
        }
        Assert.InRange(reported, 5, 40);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_cancelled_statement_ends_between_dictionary_and_rest(int stopAt)
    {
        var store = await AddAsync("t", await Ours.Value, Cheap);
        using var cancellation = new CancellationTokenSource();
        store.Before = async (number, token) =>
        {
            if (number == stopAt)
            {
                await cancellation.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            }
        };
        var context = new QueryContext(new EngineOptions { Threads = 2 }, MemoryBudget.Unlimited(), cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunAsync("SELECT text FROM t WHERE name = 'late'", context.Options, context: context));
        Assert.Equal(0, context.Budget.RentedBytes);
    }

    [Fact]
    public async Task A_store_that_fails_between_dictionary_and_rest_fails_the_statement()
    {
        var store = await AddAsync("t", await Ours.Value, Cheap);
        store.Before = static (number, _) => number == 5 ? throw new ObjectStoreException("f", "the store is gone") : Task.CompletedTask;
        var context = new QueryContext(new EngineOptions { Threads = 2 }, MemoryBudget.Unlimited(), CancellationToken.None);
        await Assert.ThrowsAsync<ObjectStoreException>(() => run.RunAsync("SELECT text FROM t WHERE name = 'late'", context.Options, context: context));
        Assert.Equal(0, context.Budget.RentedBytes);
    }

    public void Dispose() => run.Dispose();

    private async Task<string> OutcomeAsync(string sql)
    {
        try
        {
            return string.Join('\n', (await AskAsync(sql)).Rows.Order(StringComparer.Ordinal));
        }
        catch (ParquetException e)
        {
            return "damaged: " + e.Message[e.Message.IndexOf(':', StringComparison.Ordinal)..];
        }
    }

    private async Task<(List<string> Rows, QueryStatistics Statistics)> AskAsync(string sql, ChunkCache? cache = null)
    {
        var context = new QueryContext(new EngineOptions { Threads = 2 }, MemoryBudget.Unlimited(), CancellationToken.None) { Chunks = cache };
        var rows = await run.RunAsync(sql, context.Options, context: context);
        return ([.. rows.Select(OperatorRun.Text)], context.Statistics);
    }

    private async Task<CountingStore> AddAsync(string name, byte[] file, int requestCost)
    {
        var memory = new MemoryObjectStore();
        await memory.PutAsync("f", file, PutMode.CreateOnly, CancellationToken.None);
        var store = new CountingStore(memory, requestCost);
        run.Catalog.Add(name, await ParquetTable.OpenAsync(store, ["f"], CancellationToken.None));
        store.Reset();
        return store;
    }

    /// <summary>Three row groups with other names, kinds and numbers in each, between bounds that are the same.</summary>
    private static Task<byte[]> WriteAsync(ParquetWriterOptions options)
    {
        var random = new Random(5);
        object?[][] columns =
        [
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(long)n)],
            [.. Enumerable.Range(0, Rows).Select(static n => Name(n))],
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(n % GroupRows == 0 ? "kind 0" : n % GroupRows == 1 ? "kind 99" : $"kind {n / GroupRows + (n % 4 * 3)}"))],
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(n % GroupRows == 0 ? 0 : n % GroupRows == 1 ? 1000 : 100 * (n / GroupRows + 1) + n % 50))],
            [.. Enumerable.Range(0, Rows).Select(n => (object)$"text {random.NextInt64():x} of {n}")],
        ];
        return WrittenFile.WriteAsync(Schema, columns, options);

        static object? Name(int n) => (n % GroupRows) switch
        {
            0 => "a first one",
            1 => "zone",
            2 => "late",
            _ when n % 17 == 0 => null,
            _ => $"name {n / GroupRows + (n % 3 * 3)}",
        };
    }
}
