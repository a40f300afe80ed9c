using Micromegas.Columnar;
using Micromegas.DuckDb;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Reading;
using Micromegas.Storage;

namespace Micromegas.Parquet.Tests;

/// <summary>LZ4 pages are decompressed only as far as their rows are read.</summary>
public class PartialPageTests
{
    private const int Rows = 150_000;

    private static readonly Schema Columns = new(
        new Field("number", DataType.Int64, false), new Field("nullable", DataType.Int64), new Field("text", DataType.Utf8, false), new Field("sparse", DataType.Utf8),
        new Field("flag", DataType.Boolean), new Field("level", DataType.Int32, false),
        new Field("real", DataType.Float64));

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task Large_pages_of_DuckDB_give_any_rows(string version)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var duckDb = DuckDbDatabase.OpenInMemory();
            duckDb.Execute($"""
                COPY (SELECT i * 1000 + i * i % 977 AS number, CASE WHEN i % 7 > 0 THEN i * 1000 + i * i % 977 END AS nullable, 'value number ' || i * 7919 % 100003 AS text, CASE WHEN i % 3 > 0 THEN 'n' || i * 7919 % 100003 END AS sparse,
                    CASE WHEN i % 5 > 0 THEN i % 2 = 0 END AS flag, (i % 50)::int AS level,
                    CASE WHEN i % 7 > 0 THEN (i * 1000 + i * i % 977)::double END AS real, [i, i + 1] AS list FROM range({Rows}) AS r(i))
                TO '{path}' (FORMAT parquet, codec lz4_raw, parquet_version {version}, dictionary_size_limit 100, row_group_size 200000)
                """);
            await CheckAsync(await File.ReadAllBytesAsync(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Large_pages_of_ours_give_any_rows(bool sharesPrefixes, bool usesDictionary) => await CheckAsync(await WriteAsync(sharesPrefixes, usesDictionary));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Damage_is_found_when_the_rows_in_front_of_it_have_been_read(bool sharesPrefixes)
    {
        var bytes = await WriteAsync(sharesPrefixes);
        var (_, intact) = await WrittenFile.OpenAsync(bytes);
        var metadata = intact.RowGroups[0].Metadata.Columns;
        foreach (var column in new[] { 2, 3, 6 })
        {
            // A match of no distance behind most of the chunk's only page.
            var damaged = bytes.ToArray();
            var end = (int)(metadata[column].Start + metadata[column].CompressedSize);
            damaged.AsSpan(end - 3000, 2000).Clear();
            var (store, file) = await WrittenFile.OpenAsync(damaged);
            using var reader = file.OpenRowGroup(0, [column]);
            await reader.PrefetchAsync(store, default);
            Assert.Equal(Batch.MaxRows, reader.Column(0).Read(Batch.MaxRows).Length);
            reader.Column(0).Skip((int)reader.Column(0).RowsLeft - 10);
            var error = Assert.Throws<ParquetException>(() => reader.Column(0).Read(10));
            Assert.Equal(Columns[column].Name, error.Column);
        }
    }

    [Fact]
    public async Task Of_a_dictionary_that_hardly_repeats_only_the_beginning_is_needed_for_the_first_rows()
    {
        var bytes = await WriteAsync(sharesPrefixes: false, usesDictionary: true);
        var (_, intact) = await WrittenFile.OpenAsync(bytes);
        var real = Columns.IndexOf("real");
        var chunk = intact.RowGroups[0].Metadata.Columns[real];
        PageHeader[] pages = [];
        Assert.Equal(2, Find(bytes, chunk, ref pages));
        bytes.AsSpan((int)(chunk.Start + pages[0].BodyOffset) + pages[0].CompressedSize - 3000, 2000).Clear();
        var (store, file) = await WrittenFile.OpenAsync(bytes);
        using var reader = file.OpenRowGroup(0, [real]);
        await reader.PrefetchAsync(store, default);
        Assert.IsType<FlatVector<double>>(reader.Column(0).Read(Batch.MaxRows));
        Assert.Null(reader.Column(0).Dictionary);
        reader.Column(0).Skip((int)reader.Column(0).RowsLeft - 10);
        Assert.Throws<ParquetException>(() => reader.Column(0).Read(10));
    }

    private static unsafe int Find(byte[] bytes, ColumnChunkMetadata chunk, ref PageHeader[] pages)
    {
        fixed (byte* start = bytes)
        {
            return ChunkPages.Find(start + chunk.Start, chunk.CompressedSize, chunk, ref pages);
        }
    }

    [Fact]
    public unsafe void Bytes_are_there_as_far_as_they_were_asked_for()
    {
        var content = new byte[1 << 20];
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = (byte)(i / 1000 * 7 % 256);
        }
        var packed = new byte[Formats.Lz4Block.MaxCompressedLength(content.Length)];
        var length = Formats.Lz4Block.Compress(content, packed);
        using var page = new PageBytes();
        fixed (byte* source = packed)
        {
            page.Reset(ParquetCodec.Lz4Raw, source, length, content.Length);
            Assert.True(page.Available == page.Start);
            page.Ensure(page.Start + 1000);
            Assert.InRange(page.Available - page.Start, 1000, content.Length / 2);
            page.Ensure(page.Start + (content.Length / 2));
            Assert.InRange(page.Available - page.Start, content.Length / 2, content.Length - 1);
            Assert.True(content.AsSpan(0, content.Length / 2).SequenceEqual(new ReadOnlySpan<byte>(page.Start, content.Length / 2)));
            page.Ensure(page.End);
            Assert.True(content.AsSpan().SequenceEqual(new ReadOnlySpan<byte>(page.Start, content.Length)));

            // A page that is shorter than its header says shows it at its end only.
            page.Reset(ParquetCodec.Lz4Raw, source, length, content.Length + 1);
            page.Ensure(page.Start + 1000);
            var isRefused = false;
            try
            {
                page.Ensure(page.End);
            }
            catch (ParquetException)
            {
                isRefused = true;
            }
            Assert.True(isRefused);
        }
    }

    [Fact]
    public unsafe void What_could_not_be_compressed_is_not_copied()
    {
        var content = new byte[100_000];
        new Random(5).NextBytes(content);
        var packed = new byte[Formats.Lz4Block.MaxCompressedLength(content.Length)];
        var length = Formats.Lz4Block.Compress(content, packed);
        using var page = new PageBytes();
        fixed (byte* source = packed)
        {
            page.Reset(ParquetCodec.Lz4Raw, source, length, content.Length);
            Assert.True(page.Available == page.End && page.End == source + length);
            Assert.True(content.AsSpan().SequenceEqual(new ReadOnlySpan<byte>(page.Start, content.Length)));
        }
    }

    private static Task<byte[]> WriteAsync(bool sharesPrefixes, bool usesDictionary = false)
    {
        object?[][] columns =
        [
            [.. Enumerable.Range(0, Rows).Select(static i => (object?)Number(i))],
            [.. Enumerable.Range(0, Rows).Select(static i => i % 7 > 0 ? (object?)Number(i) : null)],
            [.. Enumerable.Range(0, Rows).Select(static i => (object?)$"value number {i * 7919L % 100003}")],
            [.. Enumerable.Range(0, Rows).Select(static i => i % 3 > 0 ? (object?)$"n{i * 7919L % 100003}" : null)],
            [.. Enumerable.Range(0, Rows).Select(static i => i % 5 > 0 ? (object?)(i % 2 == 0) : null)],
            [.. Enumerable.Range(0, Rows).Select(static i => (object?)(i % 50))],
            [.. Enumerable.Range(0, Rows).Select(static i => i % 7 > 0 ? (object?)(double)Number(i) : null)],
        ];
        var options = new ParquetWriterOptions
        {
            SharesPrefixes = sharesPrefixes, PageRows = Rows, PageBytes = 16 << 20, RowGroupRows = Rows, DictionaryBytes = 16 << 20,
            UsesDictionary = field => usesDictionary || field.Name == "level",
        };
        return WrittenFile.WriteAsync(Columns, columns, options);
    }

    /// <summary>Rows are what they are whether all are read, or some of them from the start, the middle and the end.</summary>
    private static async Task CheckAsync(byte[] bytes)
    {
        var (store, file) = await WrittenFile.OpenAsync(bytes);
        var group = Assert.Single(file.RowGroups);
        for (var column = 0; column < file.Schema.Count; column++)
        {
            using var reader = file.OpenRowGroup(group.Ordinal, [column]);
            await reader.PrefetchAsync(store, default);
            var random = new Random(column);
            var jump = new[] { 100, 10_000, 70_000 };
            for (var round = 0; round < 12; round++)
            {
                reader.Rewind();
                var row = 0;
                while (row < Rows && random.Next(8) > 0)
                {
                    var pass = Math.Min(random.Next(jump[round % 3]), Rows - row);
                    reader.Column(0).Skip(pass);
                    row += pass;
                    var count = Math.Min(random.Next(1, Batch.MaxRows + 1), Rows - row);
                    if (count == 0)
                    {
                        break;
                    }
                    var vector = reader.Column(0).Read(count);
                    foreach (var at in new[] { 0, count / 3, count / 2, count - 1 })
                    {
                        Assert.Equal(Expected(file.Schema[column].Name, row + at), vector.GetValue(at));
                    }
                    row += count;
                }
            }
        }
    }

    private static long Number(long i) => (i * 1000) + (i * i % 977);

    private static object? Expected(string column, long i) => column switch
    {
        "number" => Number(i),
        "nullable" => i % 7 > 0 ? Number(i) : null,
        "text" => $"value number {i * 7919L % 100003}",
        "sparse" => i % 3 > 0 ? $"n{i * 7919L % 100003}" : null,
        "flag" => i % 5 > 0 ? i % 2 == 0 : null,
        "real" => i % 7 > 0 ? (double)Number(i) : null,
        "level" => (int)(i % 50),
        _ => new object?[] { i, i + 1 },
    };
}
