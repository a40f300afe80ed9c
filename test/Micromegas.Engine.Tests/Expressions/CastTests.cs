using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Tests.Expressions;

/// <summary>Casts with the values that upstream gave (golden groups cast, try_cast, render, column-*).</summary>
public class CastTests
{
    private static readonly DataType Tsn = DataType.TimestampNanosecond;

    public static TheoryData<string, object?, string, object?> Texts() => new()
    {
        { "Float64", 1.0, "", "1.0" },
        { "Float64", 1e15, "", "1000000000000000.0" },
        { "Float64", 1e16, "", "1e16" },
        { "Float64", 1e20, "", "1e20" },
        { "Float64", 1e21, "", "1e21" },
        { "Float64", 1e-5, "", "0.00001" },
        { "Float64", 1e-6, "", "1e-6" },
        { "Float64", 1e-7, "", "1e-7" },
        { "Float64", 1.5e16, "", "1.5e16" },
        { "Float64", 0.1, "", "0.1" },
        { "Float64", 123456789.123, "", "123456789.123" },
        { "Float64", -0.0, "", "-0.0" },
        { "Float64", 5e-324, "", "5e-324" },
        { "Float64", 1.7976931348623157e308, "", "1.7976931348623157e308" },
        { "Float64", 12345678901234567890.0, "", "1.2345678901234567e19" },
        { "Float64", 1234567.0, "", "1234567.0" },
        { "Float64", double.PositiveInfinity, "", "inf" },
        { "Float64", double.NegativeInfinity, "", "-inf" },
        { "Float64", double.NaN, "", "NaN" },
        { "Float32", 1f / 3, "", "0.33333334" },
        { "Float32", 1234.567f, "", "1234.567" },
        { "Int64", -7L, "", "-7" },
        { "Boolean", true, "", "true" },
        { "Date32", 19782, "", "2024-02-29" },
        { "Date32", -1, "", "1969-12-31" },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Values_print(string type, object? value, string reserved, object? expected)
    {
        Assert.Equal("", reserved);
        Assert.Equal(expected, Cast(new Scalar(TypeOf(type), value), DataType.Utf8View));
    }

    [Fact]
    public void Times_print()
    {
        Assert.Equal("2024-01-01T00:00:00.000000001", Cast(new Scalar(Tsn, 1704067200000000001), DataType.Utf8));
        Assert.Equal("2024-12-29T00:00:00.500", Cast(new Scalar(Tsn, 1735430400500000000), DataType.Utf8));
        Assert.Equal("2000-02-29T12:00:00", Cast(new Scalar(Tsn, 951825600000000000), DataType.Utf8));
        Assert.Equal("2024-01-31T03:00:00.123Z", Cast(new Scalar(DataType.LakeTime, 1706670000123000000), DataType.Utf8));
        Assert.Equal("2024-02-29T18:04:56+05:30", Cast(new Scalar(DataType.Timestamp(TimeUnit.Second, "+05:30"), 1709210096L), DataType.Utf8));
        Assert.Equal("1 days 2 hours", Cast(new Scalar(DataType.IntervalMonthDayNano, new MonthDayNano(0, 1, 7_200_000_000_000)), DataType.Utf8));
        Assert.Equal(
            "13 mons 1 days 1 hours 1 mins 1.001001001 secs",
            Cast(new Scalar(DataType.IntervalMonthDayNano, new MonthDayNano(13, 1, 3661_001_001_001)), DataType.Utf8));
        Assert.Equal("0 secs", Cast(new Scalar(DataType.IntervalMonthDayNano, default(MonthDayNano)), DataType.Utf8));
        Assert.Equal(
            "63 days 15 hours 0 mins 0.000000000 secs",
            Cast(new Scalar(DataType.Duration(TimeUnit.Nanosecond), ((63L * 24) + 15) * 3_600_000_000_000), DataType.Utf8));
        Assert.Equal("14:38:50.000000010", Cast(new Scalar(DataType.Time64(TimeUnit.Nanosecond), 52_730_000_000_010), DataType.Utf8));
        Assert.Equal("1.50", Cast(new Scalar(DataType.Decimal128(10, 2), (Int128)150), DataType.Utf8));
        Assert.Equal("-0.05", Cast(new Scalar(DataType.Decimal128(10, 2), (Int128)(-5)), DataType.Utf8));
        Assert.Equal("[1, , 3]", Cast(new Scalar(DataType.List(DataType.Int64), new object?[] { 1L, null, 3L }), DataType.Utf8));
    }

    [Theory]
    [InlineData("12", "Int32", 12)]
    [InlineData("+12", "Int64", 12L)]
    [InlineData("-128", "Int8", (sbyte)-128)]
    [InlineData("18446744073709551615", "UInt64", ulong.MaxValue)]
    [InlineData("1e3", "Float64", 1000.0)]
    [InlineData("inf", "Float64", double.PositiveInfinity)]
    [InlineData("NaN", "Float64", double.NaN)]
    [InlineData(" Yes ", "Boolean", true)]
    [InlineData("of", "Boolean", false)]
    [InlineData("2024-02-29", "Date32", 19782)]
    [InlineData("20240229", "Date32", 19782)]
    [InlineData("2024-2-9", "Date32", 19762)]
    [InlineData("2024-02-29 12:34:56.789", "Date32", 19782)]
    [InlineData("2024-02-29T12:34:56+02:00", "Timestamp", 1709202896000000000)]
    [InlineData("2024-02-29 12:34:56.123456789123", "Timestamp", 1709210096123456789)]
    [InlineData("2024-07-01T00:00:00 America/New_York", "Timestamp", 1719806400000000000)]
    [InlineData("12:34", "Time64", 45_240_000_000_000)]
    [InlineData("1:00:00.5 PM", "Time64", 46_800_500_000_000)]
    public void Text_reads(string text, string type, object expected) => Assert.Equal(expected, Cast(Scalar.Of(text), TypeOf(type)));

    [Theory]
    [InlineData(" 12 ", "Int64")]
    [InlineData("-7.9", "Int8")]
    [InlineData("300", "Int8")]
    [InlineData("-1", "UInt8")]
    [InlineData("", "Int32")]
    [InlineData("", "Float64")]
    [InlineData("abc", "Float64")]
    [InlineData("1e3", "Decimal")]
    [InlineData("1.2.3", "Decimal")]
    [InlineData("12", "Timestamp")]
    [InlineData("2024-02-30", "Date32")]
    [InlineData("2024-02-29", "Time64")]
    [InlineData("t", "Time64")]
    [InlineData("12", "Boolean")]
    [InlineData("2300-01-01T00:00:00", "Timestamp")]
    [InlineData("2024-03-10T02:30:00 America/New_York", "Timestamp")]
    public void Bad_text_is_a_data_error_or_null(string text, string type)
    {
        var error = Assert.Throws<EngineException>(() => Cast(Scalar.Of(text), TypeOf(type)));
        Assert.StartsWith("22", error.SqlState, StringComparison.Ordinal);
        Assert.Null(Cast(Scalar.Of(text), TypeOf(type), isTry: true));
    }

    [Fact]
    public void Numbers_convert()
    {
        Assert.Equal(2, Cast(Scalar.Of(2.5), DataType.Int32));
        Assert.Equal(-2, Cast(Scalar.Of(-2.5), DataType.Int32));
        Assert.Null(Cast(Scalar.Of(1e20), DataType.Int64, isTry: true));
        Assert.Null(Cast(Scalar.Of(double.NaN), DataType.Int8, isTry: true));
        Assert.Null(Cast(Scalar.Of(-1L), DataType.UInt64, isTry: true));
        Assert.Null(Cast(Scalar.Of(9.3e18), DataType.Int64, isTry: true));
        Assert.Equal(long.MinValue, Cast(Scalar.Of(-9223372036854775808.0), DataType.Int64));
        Assert.Equal(true, Cast(Scalar.Of(3000000000L), DataType.Boolean));
        Assert.Equal((Int128)250, Cast(Scalar.Of(2.5), DataType.Decimal128(10, 2)));
        Assert.Equal((Int128)13, Cast(Scalar.Of(1.25), DataType.Decimal128(10, 1)));
        Assert.Null(Cast(Scalar.Of(3000000000L), DataType.Decimal128(10, 2), isTry: true));
        Assert.Equal((Int128)(-124), Cast(new Scalar(DataType.Decimal128(10, 3), (Int128)(-1235)), DataType.Decimal128(10, 2)));
        Assert.Equal(12.345, Cast(new Scalar(DataType.Decimal128(10, 3), (Int128)12345), DataType.Float64));
        Assert.Equal(12L, Cast(new Scalar(DataType.Decimal128(10, 3), (Int128)12345), DataType.Int64));
        Assert.Equal(Int256.FromBigInteger(250), Cast(Scalar.Of(2.5), DataType.Decimal256(40, 2)));
        Assert.Equal(2L, Cast(Scalar.Of(2.5), DataType.Timestamp(TimeUnit.Millisecond)));
        Assert.Equal(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, Cast(Scalar.Of(-1L), DataType.Binary));
    }

    [Fact]
    public void Times_convert()
    {
        Assert.Equal(19782, Cast(new Scalar(Tsn, 1709210096123456789), DataType.Date32));
        Assert.Equal(-1, Cast(new Scalar(Tsn, -1L), DataType.Date32));
        Assert.Equal(1709210096123L, Cast(new Scalar(Tsn, 1709210096123456789), DataType.Timestamp(TimeUnit.Millisecond)));
        Assert.Equal(45_296_123_456_789, Cast(new Scalar(Tsn, 1709210096123456789), DataType.Time64(TimeUnit.Nanosecond)));
        Assert.Equal(1709164800000000000, Cast(new Scalar(DataType.Date32, 19782), Tsn));
        Assert.Equal(
            1719806400000000000,
            Cast(new Scalar(Tsn, 1719792000000000000), DataType.Timestamp(TimeUnit.Nanosecond, "America/New_York")));
        Assert.Equal(
            1719792000000000000,
            Cast(new Scalar(DataType.Timestamp(TimeUnit.Nanosecond, "America/New_York"), 1719806400000000000), Tsn));
        Assert.Equal(86_400_000_000_000, Cast(new Scalar(DataType.IntervalMonthDayNano, new MonthDayNano(0, 1, 0)), DataType.Duration(TimeUnit.Nanosecond)));
        Assert.Null(Cast(new Scalar(DataType.IntervalMonthDayNano, new MonthDayNano(1, 0, 0)), DataType.Duration(TimeUnit.Nanosecond), isTry: true));
        var seconds = CastRules.SqlCast(new BoundLiteral(Scalar.Of(1704067200L)), Tsn, false);
        Assert.Equal(1704067200000000000, TestData.Constant(seconds));
    }

    [Theory]
    [InlineData("-7.9", -7, -27, 0L)]
    [InlineData("1 month 2 days 3 hours", 1, 2, 10_800_000_000_000)]
    [InlineData("1.5 day", 0, 1, 43_200_000_000_000)]
    [InlineData("1h", 0, 0, 3_600_000_000_000)]
    [InlineData("5 days 3 nanoseconds", 0, 5, 3L)]
    [InlineData("1 century 1 decade", 1320, 0, 0L)]
    public void Interval_text_reads(string text, int months, int days, long nanoseconds) =>
        Assert.Equal(new MonthDayNano(months, days, nanoseconds), Cast(Scalar.Of(text), DataType.IntervalMonthDayNano));

    [Theory]
    [InlineData("")]
    [InlineData("true")]
    [InlineData(" ")]
    [InlineData("1 day 2 days")]
    [InlineData("1 5 day")]
    public void Bad_interval_text(string text) => Assert.Null(Cast(Scalar.Of(text), DataType.IntervalMonthDayNano, isTry: true));

    [Fact]
    public void A_lone_number_is_seconds_in_a_literal() =>
        Assert.Equal(new MonthDayNano(0, 0, 5_000_000_000), IntervalText.Parse("5", IntervalUnit.Second));

    [Fact]
    public void Nested_values_cast_by_item_and_member()
    {
        var list = new Scalar(DataType.List(DataType.Int32), new object?[] { 1, null, 3 });
        Assert.Equal(new object?[] { 1L, null, 3L }, Cast(list, DataType.List(DataType.Int64)));
        var from = DataType.Struct(new Field("a", DataType.Int32), new Field("b", DataType.Utf8));
        var to = DataType.Struct(new Field("b", DataType.Utf8View), new Field("a", DataType.Float64));
        Assert.Equal(new object?[] { "x", 1.0 }, Cast(new Scalar(from, new object?[] { 1, "x" }), to));
        Assert.Equal(new object?[] { 5L }, Cast(Scalar.Of(5L), DataType.List(DataType.Int64)));
    }

    [Theory]
    [InlineData("Boolean", "Decimal", false)]
    [InlineData("Date32", "Int16", false)]
    [InlineData("Date32", "Time64", false)]
    [InlineData("Interval", "Int64", false)]
    [InlineData("Binary", "Int64", false)]
    [InlineData("Int64", "Interval", false)]
    [InlineData("Float64", "Binary", false)]
    [InlineData("Float64", "Time64", false)]
    [InlineData("Decimal", "Date32", false)]
    [InlineData("Timestamp", "Interval", false)]
    [InlineData("Timestamp", "Float32", true)]
    [InlineData("Int64", "Binary", true)]
    [InlineData("Utf8", "Interval", true)]
    public void Refused_pairs(string from, string to, bool expected) => Assert.Equal(expected, CastRules.CanCast(TypeOf(from), TypeOf(to)));

    [Fact]
    public void Every_pair_that_is_allowed_has_a_kernel()
    {
        string[] names =
        [
            "Boolean", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float16", "Float32", "Float64", "Decimal",
            "Decimal256", "Utf8", "LargeUtf8", "Binary", "FixedSizeBinary", "Date32", "Date64", "Time32", "Time64", "Timestamp", "Zoned",
            "Duration", "Interval", "DayTime", "YearMonth", "List", "Struct", "Map", "Dictionary", "Jsonb",
        ];
        foreach (var from in names)
        {
            foreach (var to in names)
            {
                if (CastRules.CanCast(TypeOf(from), TypeOf(to)))
                {
                    Assert.Null(Cast(new Scalar(TypeOf(from), null), TypeOf(to)));
                }
            }
        }
    }

    private static object? Cast(Scalar value, DataType target, bool isTry = false) =>
        TestData.Constant(new BoundCast(new BoundLiteral(value), target, isTry));

    private static DataType TypeOf(string name) => name switch
    {
        "Boolean" => DataType.Boolean,
        "Int8" => DataType.Int8,
        "Int16" => DataType.Int16,
        "Int32" => DataType.Int32,
        "Int64" => DataType.Int64,
        "UInt8" => DataType.UInt8,
        "UInt16" => DataType.UInt16,
        "UInt32" => DataType.UInt32,
        "UInt64" => DataType.UInt64,
        "Float16" => DataType.Float16,
        "Float32" => DataType.Float32,
        "Float64" => DataType.Float64,
        "Decimal" => DataType.Decimal128(10, 2),
        "Decimal256" => DataType.Decimal256(50, 2),
        "Utf8" => DataType.Utf8,
        "LargeUtf8" => DataType.LargeUtf8,
        "Binary" => DataType.Binary,
        "FixedSizeBinary" => DataType.FixedSizeBinary(4),
        "Jsonb" => DataType.Jsonb,
        "Date32" => DataType.Date32,
        "Date64" => DataType.Date64,
        "Time32" => DataType.Time32(TimeUnit.Second),
        "Time64" => DataType.Time64(TimeUnit.Nanosecond),
        "Timestamp" => Tsn,
        "Zoned" => DataType.Timestamp(TimeUnit.Millisecond, "Europe/Berlin"),
        "Duration" => DataType.Duration(TimeUnit.Millisecond),
        "Interval" => DataType.IntervalMonthDayNano,
        "DayTime" => DataType.IntervalDayTime,
        "YearMonth" => DataType.IntervalYearMonth,
        "List" => DataType.List(DataType.Int64),
        "Struct" => DataType.Struct(new Field("a", DataType.Int64)),
        "Map" => DataType.Map(DataType.Utf8, DataType.Int64),
        "Dictionary" => DataType.DictionaryUtf8,
        _ => throw new ArgumentException(name),
    };
}
