using Micromegas.Columnar;
using Micromegas.DuckDb;
using Micromegas.Storage;
using Micromegas.Testing;

namespace Micromegas.Parquet.Tests;

/// <summary>DuckDB reads what we write and writes what we read: its codecs, page versions and encodings are not ours.</summary>
public class DuckDbTests
{
    /// <summary>Types that DuckDB keeps as they are.</summary>
    private static readonly DataType[] Types =
    [
        DataType.Boolean, DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64, DataType.UInt8, DataType.UInt16, DataType.UInt32, DataType.UInt64,
        DataType.Float32, DataType.Float64, DataType.Utf8, DataType.Binary, DataType.Date32, DataType.Timestamp(TimeUnit.Microsecond),
        DataType.Timestamp(TimeUnit.Nanosecond), DataType.Decimal128(5, 2), DataType.Decimal128(18, 3), DataType.Decimal128(38, 10),
        DataType.List(new Field("tag", DataType.Utf8, false)), DataType.List(DataType.List(DataType.Int64)), DataType.Map(DataType.Utf8, DataType.Int32),
        DataType.Struct(new Field("a", DataType.Int64), new Field("b", DataType.List(DataType.Struct(new Field("c", DataType.Utf8), new Field("d", DataType.Float64))))),
    ];

    public static TheoryData<int, string> Copies => new()
    {
        { 1, "codec uncompressed, parquet_version v1" },
        { 2, "codec snappy, parquet_version v1" },
        { 3, "codec lz4_raw, parquet_version v2" },
        { 4, "codec gzip, parquet_version v2" },
        { 5, "codec brotli, parquet_version v2, dictionary_size_limit 10, string_dictionary_page_size_limit 100" },
        { 6, "codec uncompressed, parquet_version v2, dictionary_size_limit 1, row_group_size 2048" },
        { 7, "codec zstd, compression_level 1, parquet_version v1" },
        { 8, "codec zstd, parquet_version v2, dictionary_size_limit 1" },
    };

    [Theory]
    [MemberData(nameof(Copies))]
    public async Task A_copy_made_by_DuckDB_holds_the_same_values(int seed, string copyOptions)
    {
        var table = new RandomTable(new Random(seed));
        var schema = new Schema(Types.Select(static (type, i) => new Field($"c{i}", type, i % 3 != 0)).ToArray());
        var columns = schema.Fields.Select(field => table.NextColumn(field, 3000).Select(value => Limit(field.Type, value)).ToArray()).ToArray();
        using var folder = new Folder();
        await File.WriteAllBytesAsync(folder.PathOf("ours.parquet"), await WrittenFile.WriteAsync(schema, columns, new ParquetWriterOptions { DictionaryBytes = 5000, PageRows = 700, SharesPrefixes = seed % 2 == 0 }));
        using var duckDb = DuckDbDatabase.OpenInMemory();
        duckDb.Execute($"COPY (SELECT * FROM '{folder.PathOf("ours.parquet")}') TO '{folder.PathOf("theirs.parquet")}' (FORMAT parquet, {copyOptions})");

        var store = new DirectoryObjectStore(folder.Path);
        var file = await ParquetFile.OpenAsync(store, "theirs.parquet", null, default);
        Assert.Equal(3000, file.RowCount);
        if (copyOptions.Contains("dictionary_size_limit 1,", StringComparison.Ordinal))
        {
            Assert.Contains(file.RowGroups[0].Columns, static column => column.Encodings.Contains(ParquetEncoding.ByteStreamSplit));
        }
        var rows = await FileRows.ReadAllAsync(store, file);
        for (var column = 0; column < columns.Length; column++)
        {
            for (var row = 0; row < rows.Count; row++)
            {
                Assert.True(
                    RandomTable.Same(columns[column][row], rows[row][column]),
                    $"{schema[column]} ({file.Schema[column]}), row {row}: {RandomTable.Show(columns[column][row])} became {RandomTable.Show(rows[row][column])}");
            }
        }
    }

    [Fact]
    public async Task Recorded_files_written_again_are_the_same_to_DuckDB()
    {
        using var folder = new Folder();
        using var duckDb = DuckDbDatabase.OpenInMemory();
        foreach (var key in GoldenFiles.Keys.Where(static (_, i) => i % 4 == 0))
        {
            var copy = folder.PathOf("copy.parquet");
            await File.WriteAllBytesAsync(copy, await CopyAsync(GoldenFiles.Store, key));
            var original = Repository.PathOf("test", "golden", "lake", "store", key);
            var different = duckDb.Rows($"SELECT count(*) FROM ((SELECT * FROM '{original}' EXCEPT ALL SELECT * FROM '{copy}') UNION ALL (SELECT * FROM '{copy}' EXCEPT ALL SELECT * FROM '{original}'))");
            Assert.Equal(0L, different[0][0]);
        }
    }

    private static async Task<byte[]> CopyAsync(IObjectStore store, string key)
    {
        var file = await ParquetFile.OpenAsync(store, key, null, default);
        using var stream = new MemoryStream();
        using var writer = new ParquetWriter(file.Schema, ParquetSink.To(stream));
        var columns = Enumerable.Range(0, file.Schema.Count).ToArray();
        foreach (var group in file.RowGroups)
        {
            using var reader = file.OpenRowGroup(group.Ordinal, columns);
            await reader.PrefetchAsync(store, default);
            for (var left = group.RowCount; left > 0;)
            {
                var rows = (int)Math.Min(left, Batch.MaxRows);
                await writer.AppendAsync(new Batch(file.Schema, Array.ConvertAll(columns, column => reader.Column(column).Read(rows))) { RowCount = rows }, default);
                left -= rows;
            }
        }
        await writer.FinishAsync(default);
        return stream.ToArray();
    }

    /// <summary>Keeps times in the range that DuckDB has.</summary>
    private static object? Limit(DataType type, object? value) => (type.Kind, value) switch
    {
        (TypeKind.Date32, int days) => days % 100_000,
        (TypeKind.Timestamp, long time) => time % 1_000_000_000_000_000,
        _ => value,
    };

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("micromegas-parquet").FullName;

        public string PathOf(string name) => System.IO.Path.Combine(Path, name);

        public void Dispose() => Directory.Delete(Path, true);
    }
}
