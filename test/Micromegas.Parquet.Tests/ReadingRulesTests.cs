using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Thrift;
using Micromegas.Storage;

namespace Micromegas.Parquet.Tests;

public class ReadingRulesTests
{
    private static readonly Schema Schema = new(new Field("a", DataType.Int64, false), new Field("b", DataType.Utf8));

    [Theory]
    [InlineData(ParquetCodec.Lzo, "LZO")]
    [InlineData(ParquetCodec.Lz4Hadoop, "LZ4 (Hadoop framing)")]
    [InlineData((ParquetCodec)77, "number 77")]
    public void Codecs_that_are_not_supported_are_refused_by_name(ParquetCodec codec, string name)
    {
        var error = Assert.Throws<ParquetUnsupportedException>(() => Codecs.Check(codec));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zstandard_without_its_library_says_what_to_install()
    {
        var error = Assert.Throws<ParquetUnsupportedException>(() => Codecs.Check(hasZstandard: false));
        Assert.Contains("libzstd1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encodings_that_are_not_supported_are_refused_by_name()
    {
        var bytes = await WrittenFile.WriteAsync(Schema, Columns(100), new ParquetWriterOptions { Codec = ParquetCodec.None, UsesDictionary = static _ => false });
        var (_, intact) = await WrittenFile.OpenAsync(bytes);
        // The encoding is the fourth number of the data page header: DELTA_BINARY_PACKED becomes BIT_PACKED.
        var chunk = intact.RowGroups[0].Columns[0].First;
        var page = PageHeader.Decode(bytes.AsSpan((int)chunk.Start), 0);
        var at = bytes.AsSpan((int)chunk.Start, (int)page.BodyOffset).IndexOf((ReadOnlySpan<byte>)[0x15, 2 * (int)ParquetEncoding.DeltaBinaryPacked]);
        bytes[chunk.Start + at + 1] = 2 * (int)ParquetEncoding.BitPacked;
        var (store, file) = await WrittenFile.OpenAsync(bytes);
        var error = await Assert.ThrowsAsync<ParquetUnsupportedException>(() => FileRows.ReadAllAsync(store, file));
        Assert.Contains("BIT_PACKED", error.Message, StringComparison.Ordinal);
        Assert.Equal("a", error.Column);
    }

    [Fact]
    public async Task Columns_must_be_fetched_and_can_be_fetched_one_by_one()
    {
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns(5000)));
        using var reader = file.OpenRowGroup(0, [1, 0]);
        Assert.Throws<InvalidOperationException>(() => reader.Column(0));
        await reader.PrefetchAsync(store, new[] { 1 }, default);
        Assert.Throws<InvalidOperationException>(() => reader.Column(0));
        Assert.Equal(0L, reader.Column(1).Read(10).GetValue(0));
        await reader.PrefetchAsync(store, default);
        Assert.Equal("text 0", reader.Column(0).Read(10).GetValue(0));
        // What was fetched before is not read again, and readers keep their place.
        Assert.Equal(10L, reader.Column(1).Read(10).GetValue(0));
    }

    [Fact]
    public async Task No_more_rows_are_given_than_there_are()
    {
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns(100)));
        using var reader = file.OpenRowGroup(0, [0]);
        await reader.PrefetchAsync(store, default);
        var column = reader.Column(0);
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Read(101));
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Read(0));
        column.Skip(60);
        Assert.Equal(40, column.RowsLeft);
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Skip(41));
        column.Skip(39);
        Assert.Equal(99L, column.Read(1).GetValue(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => column.Read(1));
    }

    [Fact]
    public async Task Pages_that_are_skipped_whole_are_not_even_decompressed()
    {
        var bytes = await WrittenFile.WriteAsync(Schema, Columns(5000), new ParquetWriterOptions { PageRows = 1000, UsesDictionary = static _ => false });
        var (store, intact) = await WrittenFile.OpenAsync(bytes);
        var index = await intact.ReadPageIndexAsync(store, 0, 1, default);
        Assert.Equal(5, index!.Pages.Count);
        // The last bytes of the second page are damaged: who skips it does not notice.
        var page = index.Pages[1];
        bytes.AsSpan((int)page.Offset + page.CompressedSize - 20, 20).Fill(0xff);
        var (damagedStore, file) = await WrittenFile.OpenAsync(bytes);
        using var reader = file.OpenRowGroup(0, [1]);
        await reader.PrefetchAsync(damagedStore, default);
        reader.Column(0).Skip((int)index.Pages[2].FirstRow);
        Assert.Equal($"text {index.Pages[2].FirstRow}", reader.Column(0).Read(5).GetValue(0));
        using var other = file.OpenRowGroup(0, [1]);
        await other.PrefetchAsync(damagedStore, default);
        other.Column(0).Skip((int)page.FirstRow + 1);
        Assert.Throws<ParquetException>(() => other.Column(0).Read(1));
    }

    [Fact]
    public async Task A_cancelled_or_failed_fetch_leaves_the_reader_usable()
    {
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, Columns(100)));
        using var reader = file.OpenRowGroup(0, [0]);
        await Assert.ThrowsAsync<ObjectNotFoundException>(async () => await reader.PrefetchAsync(new MemoryObjectStore(), default));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.PrefetchAsync(store, new CancellationToken(true)));
        await reader.PrefetchAsync(store, default);
        Assert.Equal(0L, reader.Column(0).Read(1).GetValue(0));
    }

    [Fact]
    public async Task What_is_no_parquet_file_is_refused()
    {
        await Assert.ThrowsAsync<ParquetException>(async () => await WrittenFile.OpenAsync([]));
        await Assert.ThrowsAsync<ParquetException>(async () => await WrittenFile.OpenAsync(new byte[100]));
        await Assert.ThrowsAsync<ObjectNotFoundException>(async () => await ParquetFile.OpenAsync(new MemoryObjectStore(), "none", null, default));
    }

    [Fact]
    public async Task An_empty_file_has_a_schema_and_no_rows()
    {
        var (_, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(Schema, [[], []]));
        Assert.Equal(Schema, file.Schema);
        Assert.Equal(0, file.RowCount);
        Assert.Empty(file.RowGroups);
    }

    [Fact]
    public void Metadata_survives_its_own_protocol()
    {
        var writer = new ThriftWriter();
        writer.BeginStructItem();
        writer.WriteBool(1, true);
        writer.WriteInt32(3, -5);
        writer.WriteInt64(40, long.MinValue);
        writer.WriteText(41, "é");
        writer.BeginList(42, ThriftType.Int64, 20);
        for (var i = 0; i < 20; i++)
        {
            writer.Int64Item(i * 1000);
        }
        writer.BeginStruct(43);
        writer.WriteInt8(1, -1);
        writer.EndStruct();
        writer.WriteBool(44, false);
        writer.EndStruct();
        var reader = new ThriftReader(writer.Written.Span);
        reader.BeginStruct();
        Assert.True(reader.NextField() && reader.Field == 1 && reader.ReadBool());
        Assert.True(reader.NextField() && reader.Field == 3 && reader.ReadInt32() == -5);
        Assert.True(reader.NextField() && reader.Field == 40 && reader.ReadInt64() == long.MinValue);
        Assert.True(reader.NextField() && reader.Field == 41 && reader.ReadText() == "é");
        Assert.True(reader.NextField() && reader.Field == 42 && reader.ReadList(ThriftType.Int64) == 20);
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(i * 1000, reader.ReadInt64Item());
        }
        Assert.True(reader.NextField() && reader.Field == 43);
        reader.Skip();
        Assert.True(reader.NextField() && reader.Field == 44 && !reader.ReadBool());
        Assert.False(reader.NextField());
        Assert.Equal(writer.Written.Length, reader.Position);
    }

    [Fact]
    public async Task A_null_in_a_required_column_becomes_the_default()
    {
        var written = new Schema(new Field("a", DataType.Int64, false), new Field("b", DataType.DictionaryUtf8, false), new Field("c", DataType.List(new Field("tag", DataType.Utf8, false)), false));
        var (store, file) = await WrittenFile.OpenAsync(await WrittenFile.WriteAsync(written, [[1L, null], [null, "x"], [null, new object?[] { "y", null }]]));
        var rows = await FileRows.ReadAllAsync(store, file);
        Assert.Equal(new object?[] { 1L, "", Array.Empty<object?>() }, rows[0]);
        Assert.Equal(new object?[] { 0L, "x", new object?[] { "y", "" } }, rows[1]);
    }

    [Fact]
    public void Types_without_a_place_in_parquet_are_refused_when_the_writer_is_made()
    {
        var error = Assert.Throws<ParquetUnsupportedException>(() =>
            new ParquetWriter(new Schema(new Field("i", DataType.IntervalMonthDayNano)), ParquetSink.To(Stream.Null)));
        Assert.Contains("Interval(MonthDayNano)", error.Message, StringComparison.Ordinal);
    }

    private static object?[][] Columns(int rows) =>
        [[.. Enumerable.Range(0, rows).Select(static i => (object)(long)i)], [.. Enumerable.Range(0, rows).Select(static i => (object)$"text {i}")]];
}
