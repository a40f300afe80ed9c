using Micromegas.Columnar;
using Micromegas.DuckDb;
using Micromegas.Storage;

namespace Micromegas.Parquet.Tests;

public class BloomFilterTests
{
    private static readonly Schema Schema = new(new Field("id", DataType.Utf8), new Field("key", DataType.FixedSizeBinary(8), false), new Field("msg", DataType.Utf8));

    private static object?[][] Columns { get; } =
    [
        [.. Enumerable.Range(0, 10_000).Select(static i => i % 7 == 0 ? null : (object)$"request-{i * 2:D6}")],
        [.. Enumerable.Range(0, 10_000).Select(static i => (object)BitConverter.GetBytes((long)i * 2_654_435_761))],
        [.. Enumerable.Range(0, 10_000).Select(static i => (object)$"a message that is longer than any identifier, number {i}")],
    ];

    [Fact]
    public async Task Identifiers_without_dictionary_get_a_filter_and_messages_do_not()
    {
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns, ParquetWriterOptions.Fast with { RowGroupRows = 10_000 }));
        Assert.Equal([true, true, false], file.RowGroups[0].Columns.Select(static column => column.HasBloomFilter));
        using var filter = await file.ReadBloomFilterAsync(store, 0, 0, null, default);
        Assert.All(Columns[0], id => Assert.True(id is null || filter!.MayContain(Scalar.Of((string)id))));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(i => filter!.MayContain(Scalar.Of($"request-{(i * 2) + 1:D6}"))), 0, 400);
        using var keys = await file.ReadBloomFilterAsync(store, 0, 1, null, default);
        Assert.All(Columns[1], key => Assert.True(keys!.MayContain(new Scalar(DataType.FixedSizeBinary(8), key))));
        // Nothing is said of values of another kind.
        Assert.True(filter!.MayContain(Scalar.Of(5L)));
        Assert.Null(await file.ReadBloomFilterAsync(store, 0, 2, null, default));
    }

    [Fact]
    public async Task Upstreams_profile_and_dictionaries_have_none()
    {
        var (_, upstream) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns));
        Assert.All(upstream.RowGroups[0].Columns, static column => Assert.False(column.HasBloomFilter));
        var repeated = Columns.Select(static column => column.Select((_, i) => column[(i % 20) + 1]).ToArray()).ToArray();
        var (_, coded) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, repeated, ParquetWriterOptions.Fast));
        Assert.All(coded.RowGroups[0].Columns, static column => Assert.False(column.HasBloomFilter));
    }

    [Fact]
    public async Task DuckDB_probes_ours_and_we_probe_DuckDBs()
    {
        var folder = Directory.CreateTempSubdirectory("micromegas-bloom");
        try
        {
            var ours = Path.Combine(folder.FullName, "ours.parquet");
            var theirs = Path.Combine(folder.FullName, "theirs.parquet");
            // The dictionary is left in the middle of the row group: its values count too.
            await File.WriteAllBytesAsync(ours, await WrittenFile.WriteAsync(Schema, Columns, new ParquetWriterOptions { LongestIdentifier = 40, DictionaryBytes = 8192, PageRows = 500 }));
            using var duckDb = DuckDbDatabase.OpenInMemory();
            Assert.Equal(false, Probe(duckDb, ours, "id", "request-000002"));
            Assert.Equal(false, Probe(duckDb, ours, "id", "request-019998"));
            Assert.Equal(true, Probe(duckDb, ours, "id", "request-000003"));

            duckDb.Execute($"COPY (SELECT i % 100 * 2 AS i, (i % 100 * 2)::smallint AS s, 't' || i % 100 AS t FROM range(3000) AS r(i)) TO '{theirs}' (FORMAT parquet)");
            var store = new DirectoryObjectStore(folder.FullName);
            var file = await ParquetFile.OpenAsync(store, "theirs.parquet", null, default);
            using var numbers = await file.ReadBloomFilterAsync(store, 0, 0, null, default);
            using var small = await file.ReadBloomFilterAsync(store, 0, 1, null, default);
            using var texts = await file.ReadBloomFilterAsync(store, 0, 2, null, default);
            Assert.All(Enumerable.Range(0, 100), i =>
            {
                Assert.True(numbers!.MayContain(Scalar.Of((long)i * 2)));
                Assert.True(small!.MayContain(new Scalar(DataType.Int16, (short)(i * 2))));
                Assert.True(texts!.MayContain(Scalar.Of($"t{i}")));
            });
            Assert.InRange(Enumerable.Range(0, 100).Count(i => numbers!.MayContain(Scalar.Of(((long)i * 2) + 1))), 0, 20);
            Assert.InRange(Enumerable.Range(100, 100).Count(i => texts!.MayContain(Scalar.Of($"t{i}"))), 0, 20);
        }
        finally
        {
            folder.Delete(true);
        }

        static object? Probe(DuckDbDatabase duckDb, string path, string column, string value) =>
            duckDb.Rows($"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{path}', '{column}', '{value}')")[0][0];
    }

    [Fact]
    public async Task A_damaged_header_is_as_good_as_no_filter()
    {
        var intact = await WrittenFile.WriteAsync(Schema, Columns, ParquetWriterOptions.Fast with { RowGroupRows = 10_000 });
        var (_, first) = await WrittenFile.OpenAsync(intact);
        var start = first.RowGroups[0].Columns[0].First.BloomFilterOffset;
        var missing = 0;
        for (var at = 0; at < 16; at++)
        {
            foreach (byte value in new byte[] { 0, 0x7f, 0xff })
            {
                var bytes = (byte[])intact.Clone();
                bytes[start + at] = value;
                var (store, file) = await WrittenFile.OpenAsync(bytes);
                using var filter = await file.ReadBloomFilterAsync(store, 0, 0, null, default);
                missing += filter is null ? 1 : 0;
                _ = filter?.MayContain(Scalar.Of("request-000002"));
            }
        }
        Assert.InRange(missing, 10, 48);
    }
}
