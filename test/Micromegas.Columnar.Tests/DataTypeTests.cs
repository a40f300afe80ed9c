namespace Micromegas.Columnar.Tests;

public class DataTypeTests
{
    public static TheoryData<DataType, string> Texts => new()
    {
        { DataType.Null, "Null" },
        { DataType.Boolean, "Boolean" },
        { DataType.UInt32, "UInt32" },
        { DataType.LakeTime, "Timestamp(ns, \"+00:00\")" },
        { DataType.Timestamp(TimeUnit.Microsecond), "Timestamp(µs)" },
        { DataType.Time32(TimeUnit.Second), "Time32(s)" },
        { DataType.Duration(TimeUnit.Millisecond), "Duration(ms)" },
        { DataType.Decimal128(38, 10), "Decimal128(38, 10)" },
        { DataType.Decimal(50, -2), "Decimal256(50, -2)" },
        { DataType.Jsonb, "Binary" },
        { DataType.DictionaryUtf8, "Dictionary(Int32, Utf8)" },
        { DataType.DictionaryJsonb, "Dictionary(Int32, Binary)" },
        { DataType.FixedSizeBinary(16), "FixedSizeBinary(16)" },
        { DataType.IntervalMonthDayNano, "Interval(MonthDayNano)" },
        { DataType.List(DataType.Int64), "List(Int64)" },
        { DataType.List(new Field("tag", DataType.Utf8, false)), "List(non-null Utf8, field: 'tag')" },
        { DataType.FixedSizeList(new Field("item", DataType.Float32), 3), "FixedSizeList(3 x Float32)" },
        { DataType.Struct(new Field("a", DataType.Int32), new Field("b", DataType.Utf8, false)), "Struct(\"a\": Int32, \"b\": non-null Utf8)" },
        { DataType.Map(DataType.Utf8, DataType.Int64), "Map(\"entries\": non-null Struct(\"key\": non-null Utf8, \"value\": Int64), unsorted)" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Prints_what_arrow_typeof_prints(DataType type, string text) => Assert.Equal(text, type.ToString());

    [Fact]
    public void Equality_is_structural()
    {
        Assert.Equal(DataType.Timestamp(TimeUnit.Nanosecond, "+00:00"), DataType.LakeTime);
        Assert.Equal(DataType.LakeTime.GetHashCode(), DataType.Timestamp(TimeUnit.Nanosecond, "+00:00").GetHashCode());
        Assert.NotEqual(DataType.Timestamp(TimeUnit.Nanosecond, "UTC"), DataType.LakeTime);
        Assert.NotEqual(DataType.TimestampNanosecond, DataType.LakeTime);
        Assert.NotEqual(DataType.Jsonb, DataType.Binary);
        Assert.NotEqual(DataType.List(new Field("tag", DataType.Utf8)), DataType.List(DataType.Utf8));
        Assert.NotEqual(DataType.List(new Field("item", DataType.Utf8, false)), DataType.List(DataType.Utf8));
        Assert.NotEqual(DataType.Dictionary(DataType.Int8, DataType.Utf8), DataType.DictionaryUtf8);
        Assert.NotEqual(DataType.Decimal128(10, 2), DataType.Decimal128(10, 3));
        Assert.True(DataType.FixedSizeBinary(4) == DataType.FixedSizeBinary(4));
        Assert.True(DataType.FixedSizeBinary(4) != DataType.FixedSizeBinary(5));
    }

    [Fact]
    public void A_dictionary_is_stored_as_its_values_are()
    {
        Assert.Equal(StorageKind.Bytes, DataType.DictionaryUtf8.Storage);
        Assert.Equal(StorageKind.Flat, DataType.Dictionary(DataType.Int8, DataType.Int64).Storage);
        Assert.Equal(8, DataType.Dictionary(DataType.Int8, DataType.Int64).FlatSize);
        Assert.Equal(DataType.Utf8, DataType.DictionaryUtf8.ValueType);
    }

    [Fact]
    public void Schemas_find_and_project_by_ordinal()
    {
        var schema = new Schema(new Field("a", DataType.Int32), new Field("b", DataType.Utf8), new Field("a", DataType.Int64));
        Assert.Equal(0, schema.IndexOf("a"));
        Assert.Equal(-1, schema.IndexOf("A"));
        Assert.Equal(new Schema(new Field("a", DataType.Int64), new Field("b", DataType.Utf8)), schema.Project([2, 1]));
        Assert.NotEqual(schema, schema.Project([0, 1]));
    }
}
