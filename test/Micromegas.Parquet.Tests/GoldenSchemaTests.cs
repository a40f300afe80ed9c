using Micromegas.Columnar;

namespace Micromegas.Parquet.Tests;

/// <summary>The schemas of the recorded files are those of spec/lakehouse.md §3, and survive our own encoding.</summary>
public class GoldenSchemaTests
{
    private static readonly DataType DS = DataType.DictionaryUtf8;
    private static readonly DataType DB = DataType.Dictionary(DataType.Int32, DataType.Binary);
    private static readonly DataType TS = DataType.LakeTime;
    private static readonly DataType Tags = DataType.List(new Field("tag", DataType.Utf8, false));

    public static TheoryData<string, string[], DataType[]> Required => new()
    {
        {
            "log_entries",
            ["process_id", "stream_id", "block_id", "insert_time", "exe", "username", "computer", "time", "target", "level", "msg", "properties", "process_properties"],
            [DS, DS, DS, TS, DS, DS, DS, TS, DS, DataType.Int32, DataType.Utf8, DB, DB]
        },
        {
            "measures",
            ["process_id", "stream_id", "block_id", "insert_time", "exe", "username", "computer", "time", "target", "name", "unit", "value", "properties", "process_properties"],
            [DS, DS, DS, TS, DS, DS, DS, TS, DS, DS, DS, DataType.Float64, DB, DB]
        },
        {
            "thread_spans",
            ["id", "parent", "depth", "hash", "begin", "end", "duration", "name", "target", "filename", "line"],
            [DataType.Int64, DataType.Int64, DataType.UInt32, DataType.UInt32, TS, TS, DataType.Int64, DS, DS, DS, DataType.UInt32]
        },
        {
            "async_events",
            ["stream_id", "block_id", "time", "event_type", "span_id", "parent_span_id", "depth", "hash", "name", "filename", "target", "line"],
            [DS, DS, TS, DS, DataType.Int64, DataType.Int64, DataType.UInt32, DataType.UInt32, DS, DS, DS, DataType.UInt32]
        },
    };

    [Theory]
    [MemberData(nameof(Required))]
    public async Task Views_have_the_columns_of_the_specification(string view, string[] names, DataType[] types)
    {
        var expected = new Schema(names.Select((name, i) => new Field(name, types[i], false)).ToArray());
        Assert.Equal(expected, (await OpenAsync(view)).Schema);
    }

    [Fact]
    public async Task Nullable_and_nested_columns_are_recognized()
    {
        var blocks = (await OpenAsync("blocks")).Schema;
        Assert.Equal(29, blocks.Count);
        Assert.Equal(new Field("streams.tags", Tags), blocks[13]);
        Assert.All(blocks.Fields.Where(static field => field.Name != "streams.tags"), static field => Assert.False(field.Nullable));
        var spans = (await OpenAsync("otel_spans")).Schema;
        Assert.Equal(new Field("trace_id", DataType.FixedSizeBinary(16), false), spans[8]);
        Assert.Equal(new Field("parent_span_id", DataType.FixedSizeBinary(8)), spans[10]);
        Assert.Equal(new Field("is_outgoing", DataType.Boolean, false), (await OpenAsync("net_spans")).Schema[8]);
    }

    [Fact]
    public async Task Every_embedded_schema_survives_our_encoding()
    {
        foreach (var key in GoldenFiles.Keys)
        {
            var file = await ParquetFile.OpenAsync(GoldenFiles.Store, key, null, default);
            Assert.Equal("ARROW:schema", Assert.Single(file.KeyValueMetadata).Key);
            var embedded = ArrowSchemaMessage.Read(Convert.FromBase64String(file.KeyValueMetadata[0].Value));
            Assert.Equal(embedded, file.Schema);
            Assert.Equal(embedded, ArrowSchemaMessage.Read(ArrowSchemaMessage.Write(embedded)));
        }
    }

    private static async Task<ParquetFile> OpenAsync(string view) =>
        await ParquetFile.OpenAsync(GoldenFiles.Store, GoldenFiles.Keys.First(key => key.StartsWith($"views/{view}/", StringComparison.Ordinal)), null, default);
}
