using Micromegas.Golden.Types;

namespace Micromegas.Conformance.Golden;

/// <summary>The Arrow C++ spelling of the recorded answers and that of <c>arrow_typeof</c> mean the same types.</summary>
public sealed class TypeSpellingTests
{
    [Theory]
    [InlineData("null", "Null")]
    [InlineData("bool", "Boolean")]
    [InlineData("int16", "Int16")]
    [InlineData("uint64", "UInt64")]
    [InlineData("float", "Float32")]
    [InlineData("double", "Float64")]
    [InlineData("string", "Utf8")]
    [InlineData("string_view", "Utf8")]
    [InlineData("large_string", "Utf8View")]
    [InlineData("string", "Dictionary(Int32, Utf8)")]
    [InlineData("dictionary<values=string, indices=int16, ordered=0>", "Utf8")]
    [InlineData("dictionary<values=list<item: string>, indices=int32, ordered=0>", "List(Utf8)")]
    [InlineData("binary", "Binary")]
    [InlineData("fixed_size_binary[16]", "FixedSizeBinary(16)")]
    [InlineData("date32[day]", "Date32")]
    [InlineData("date64[ms]", "Date64")]
    [InlineData("time32[s]", "Time32(s)")]
    [InlineData("time64[ns]", "Time64(ns)")]
    [InlineData("duration[ns]", "Duration(ns)")]
    [InlineData("timestamp[ms]", "Timestamp(ms)")]
    [InlineData("timestamp[us]", "Timestamp(µs)")]
    [InlineData("time64[us]", "Time64(µs)")]
    [InlineData("timestamp[ns, tz=+00:00]", "Timestamp(ns, \"+00:00\")")]
    [InlineData("timestamp[ns, tz=America/New_York]", "Timestamp(ns, \"America/New_York\")")]
    [InlineData("month_day_nano_interval", "Interval(MonthDayNano)")]
    [InlineData("decimal128(20, 0)", "Decimal128(20, 0)")]
    [InlineData("list<item: int64>", "List(Int64)")]
    [InlineData("list<tag: string not null>", "List(non-null Utf8, field: 'tag')")]
    [InlineData("fixed_size_list<item: int64>[3]", "FixedSizeList(3 x Int64)")]
    [InlineData("map<string, int64>", "Map(Utf8, Int64)")]
    [InlineData("map<string, int64>", "Map(\"entries\": non-null Struct(\"key\": non-null Utf8, \"value\": Int64), unsorted)")]
    [InlineData("struct<a: int64, b: string>", "Struct(\"a\": non-null Int64, \"b\": Utf8)")]
    [InlineData(
        "struct<start: double not null, bins: list<bin: uint64 not null> not null>",
        "Struct(\"start\": non-null Float64, \"bins\": non-null List(non-null UInt64, field: 'bin'))")]
    public void Both_spellings_name_one_type(string arrowCpp, string arrowTypeof) =>
        Assert.Equal(ArrowCppTypes.Parse(arrowCpp), ArrowTypeofTypes.Parse(arrowTypeof));

    [Theory]
    [InlineData("int64", "Int32")]
    [InlineData("int64", "UInt64")]
    [InlineData("timestamp[ns]", "Timestamp(ns, \"+00:00\")")]
    [InlineData("timestamp[ns]", "Timestamp(µs)")]
    [InlineData("timestamp[ns, tz=UTC]", "Timestamp(ns, \"+00:00\")")]
    [InlineData("decimal128(20, 0)", "Decimal128(20, 1)")]
    [InlineData("list<item: int64>", "List(Int32)")]
    [InlineData("struct<a: int64>", "Struct(\"b\": Int64)")]
    [InlineData("string", "Binary")]
    [InlineData("float", "Float64")]
    public void Different_types_stay_different(string arrowCpp, string arrowTypeof) =>
        Assert.NotEqual(ArrowCppTypes.Parse(arrowCpp), ArrowTypeofTypes.Parse(arrowTypeof));

    [Theory]
    [InlineData("")]
    [InlineData("int65")]
    [InlineData("list<item: int64")]
    [InlineData("timestamp[ns")]
    [InlineData("int64 ")]
    public void Unknown_text_is_refused(string text) => Assert.Throws<FormatException>(() => ArrowCppTypes.Parse(text));
}
