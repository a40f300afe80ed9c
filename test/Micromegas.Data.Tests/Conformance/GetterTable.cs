using System.Data.Common;
using System.Numerics;
using System.Text.Json;

namespace Micromegas.Data.Tests.Conformance;

/// <summary>
/// Every getter against every type: what a getter gives is listed; every getter that a row does not list must refuse with an
/// <see cref="InvalidCastException"/> that names the column and its type.
/// </summary>
internal static class GetterTable
{
    internal delegate object? Getter(MicromegasDataReader reader);

    /// <summary>All ways to ask for a value. GetX and GetFieldValue&lt;X&gt; must agree, as must their asynchronous and nullable forms.</summary>
    internal static readonly Dictionary<string, Getter[]> Getters = new()
    {
        ["bool"] = Of(static r => r.GetBoolean(0)),
        ["byte"] = Of(static r => r.GetByte(0)),
        ["sbyte"] = Of<sbyte>(),
        ["short"] = Of(static r => r.GetInt16(0)),
        ["ushort"] = Of<ushort>(),
        ["int"] = Of(static r => r.GetInt32(0)),
        ["uint"] = Of<uint>(),
        ["long"] = Of(static r => r.GetInt64(0)),
        ["ulong"] = Of<ulong>(),
        ["Int128"] = Of<Int128>(),
        ["BigInteger"] = Of<BigInteger>(),
        ["Half"] = Of<Half>(),
        ["float"] = Of(static r => r.GetFloat(0)),
        ["double"] = Of(static r => r.GetDouble(0)),
        ["decimal"] = Of(static r => r.GetDecimal(0)),
        ["char"] = Of(static r => r.GetChar(0)),
        ["string"] = OfReference(static r => r.GetString(0)),
        ["Guid"] = Of(static r => r.GetGuid(0)),
        ["DateTime"] = Of(static r => r.GetDateTime(0)),
        ["DateTimeOffset"] = Of<DateTimeOffset>(),
        ["NanoTimestamp"] = Of(static r => r.GetNanoTimestamp(0)),
        ["DateOnly"] = Of<DateOnly>(),
        ["TimeOnly"] = Of<TimeOnly>(),
        ["TimeSpan"] = Of(static r => r.GetTimeSpan(0)),
        ["Interval"] = Of<MicromegasInterval>(),
        ["bytes"] = OfReference(static r => r.GetFieldValue<byte[]>(0)),
        ["memory"] = [static r => Convert.ToHexString(r.GetFieldValue<ReadOnlyMemory<byte>>(0).Span)],
        ["stream"] = [static r => Drain(r.GetStream(0)), static r => Drain(r.GetFieldValue<Stream>(0))],
        ["text"] = [static r => r.GetTextReader(0).ReadToEnd(), static r => r.GetFieldValue<TextReader>(0).ReadToEnd()],
        ["json"] = [static r => r.GetFieldValue<JsonElement>(0).GetRawText(), static r => r.GetFieldValue<JsonDocument>(0).RootElement.GetRawText()],
    };

    /// <summary>An expression, its type name, the CLR type of GetValue, and what the getters give; "!" stands for an overflow.</summary>
    internal sealed record Row(string Sql, string TypeName, object Value, Dictionary<string, object> Answers);

    private const string Overflow = "!";

    internal static IEnumerable<Row> Rows { get; } =
    [
        Int("TINYINT", "Int8", (sbyte)-128, -128),
        Int("TINYINT", "Int8", (sbyte)127, 127),
        Int("SMALLINT", "Int16", short.MinValue, short.MinValue),
        Int("SMALLINT", "Int16", short.MaxValue, short.MaxValue),
        Int("INT", "Int32", int.MinValue, int.MinValue),
        Int("INT", "Int32", int.MaxValue, int.MaxValue),
        Int("INT", "Int32", 0, 0),
        Int("BIGINT", "Int64", long.MinValue, long.MinValue),
        Int("BIGINT", "Int64", long.MaxValue, long.MaxValue),
        Int("TINYINT UNSIGNED", "UInt8", (byte)255, 255),
        Int("SMALLINT UNSIGNED", "UInt16", ushort.MaxValue, ushort.MaxValue),
        Int("INT UNSIGNED", "UInt32", uint.MaxValue, uint.MaxValue),
        Int("BIGINT UNSIGNED", "UInt64", ulong.MaxValue, ulong.MaxValue),
        new("true", "Boolean", true, new() { ["bool"] = true }),
        new("false", "Boolean", false, new() { ["bool"] = false }),
        new("CAST(1.5 AS REAL)", "Float32", 1.5f, new() { ["float"] = 1.5f, ["double"] = 1.5 }),
        new("CAST(1.5 AS DOUBLE)", "Float64", 1.5, new() { ["double"] = 1.5 }),
        new("arrow_cast(1.5, 'Float16')", "Float16", (Half)1.5, new() { ["Half"] = (Half)1.5, ["float"] = 1.5f, ["double"] = 1.5 }),
        new("CAST('12.00' AS DECIMAL(10,2))", "Decimal128(10, 2)", 12.00m, new()
        {
            ["decimal"] = 12.00m, ["string"] = "12.00", ["text"] = "12.00", ["double"] = 12.0, ["float"] = 12f, ["byte"] = (byte)12, ["sbyte"] = (sbyte)12, ["short"] = (short)12,
            ["ushort"] = (ushort)12, ["int"] = 12, ["uint"] = 12u, ["long"] = 12L, ["ulong"] = 12ul, ["Int128"] = (Int128)12, ["BigInteger"] = new BigInteger(12),
        }),
        new("'a'", "Utf8", "a", new() { ["string"] = "a", ["char"] = 'a', ["text"] = "a", ["bytes"] = "a"u8.ToArray(), ["memory"] = "61", ["stream"] = "61" }),
        new("'5fff281d-7235-490f-b933-a5cb2f98c62d'", "Utf8", "5fff281d-7235-490f-b933-a5cb2f98c62d", new()
        {
            ["string"] = "5fff281d-7235-490f-b933-a5cb2f98c62d", ["text"] = "5fff281d-7235-490f-b933-a5cb2f98c62d", ["Guid"] = Guid.Parse("5fff281d-7235-490f-b933-a5cb2f98c62d"),
            ["bytes"] = "5fff281d-7235-490f-b933-a5cb2f98c62d"u8.ToArray(),
            ["memory"] = Convert.ToHexString("5fff281d-7235-490f-b933-a5cb2f98c62d"u8), ["stream"] = Convert.ToHexString("5fff281d-7235-490f-b933-a5cb2f98c62d"u8),
        }),
        new("X'0102'", "Binary", "bytes", new() { ["bytes"] = new byte[] { 1, 2 }, ["memory"] = "0102", ["stream"] = "0102" }),
        new("arrow_cast('2026-11-22T16:54:00.123456789', 'Timestamp(Nanosecond, Some(\"+00:00\"))')", "Timestamp(ns, \"+00:00\")", Instant, new()
        {
            ["DateTime"] = Instant, ["DateTimeOffset"] = new DateTimeOffset(Instant), ["NanoTimestamp"] = NanoTimestamp.Parse("2026-11-22T16:54:00.123456789Z"),
            ["DateOnly"] = new DateOnly(2026, 11, 22), ["long"] = 1795366440123456789L,
        }),
        new("DATE '1969-12-31'", "Date32", new DateTime(1969, 12, 31, 0, 0, 0, DateTimeKind.Utc), new()
        {
            ["DateTime"] = new DateTime(1969, 12, 31, 0, 0, 0, DateTimeKind.Utc), ["DateTimeOffset"] = new DateTimeOffset(1969, 12, 31, 0, 0, 0, default),
            ["NanoTimestamp"] = NanoTimestamp.Parse("1969-12-31T00:00:00Z"), ["DateOnly"] = new DateOnly(1969, 12, 31), ["long"] = -1L,
        }),
        new("TIME '23:59:59.999'", "Time64(ns)", new TimeSpan(0, 23, 59, 59, 999), new()
        {
            ["TimeSpan"] = new TimeSpan(0, 23, 59, 59, 999), ["TimeOnly"] = new TimeOnly(23, 59, 59, 999), ["long"] = 86_399_999_000_000L,
        }),
        new("INTERVAL '1 day'", "Interval(MonthDayNano)", new MicromegasInterval(0, 1, 0), new() { ["Interval"] = new MicromegasInterval(0, 1, 0), ["TimeSpan"] = TimeSpan.FromDays(1) }),
        new("make_array(1, 2)", "List(Int64)", "array", new() { ["json"] = "[1,2]" }),
        new("named_struct('a', 1, 'b', 'x')", "Struct(\"a\": Int64, \"b\": Utf8)", "struct", new() { ["json"] = "{\"a\":1,\"b\":\"x\"}" }),
    ];

    private static DateTime Instant => new DateTime(2026, 11, 22, 16, 54, 0, DateTimeKind.Utc).AddTicks(1234567);

    // What fits is given, the rest overflows; floating-point numbers and decimals take every integer.
    private static Row Int(string type, string name, object value, BigInteger n)
    {
        var answers = new Dictionary<string, object>
        {
            ["Int128"] = (Int128)n, ["BigInteger"] = n, ["float"] = (float)(Int128)n, ["double"] = (double)(Int128)n, ["decimal"] = (decimal)n,
        };
        Add("sbyte", sbyte.MinValue, sbyte.MaxValue, static n => (sbyte)n);
        Add("byte", byte.MinValue, byte.MaxValue, static n => (byte)n);
        Add("short", short.MinValue, short.MaxValue, static n => (short)n);
        Add("ushort", ushort.MinValue, ushort.MaxValue, static n => (ushort)n);
        Add("int", int.MinValue, int.MaxValue, static n => (int)n);
        Add("uint", uint.MinValue, uint.MaxValue, static n => (uint)n);
        Add("long", long.MinValue, long.MaxValue, static n => (long)n);
        Add("ulong", ulong.MinValue, ulong.MaxValue, static n => (ulong)n);
        return new($"CAST('{n}' AS {type})", name, value, answers);

        void Add(string getter, BigInteger min, BigInteger max, Func<BigInteger, object> convert) => answers[getter] = n >= min && n <= max ? convert(n) : Overflow;
    }

    private static Getter[] Of<T>(params Getter[] more)
        where T : struct
        => [.. more, static r => r.GetFieldValue<T>(0), static r => r.GetFieldValue<T?>(0), static r => r.GetFieldValueAsync<T>(0).GetAwaiter().GetResult()];

    private static Getter[] Of<T>(Func<MicromegasDataReader, T> getter)
        where T : struct
        => Of<T>(new Getter[] { r => getter(r) });

    private static Getter[] OfReference<T>(Func<MicromegasDataReader, T> getter)
        where T : class
        => [r => getter(r), static r => r.GetFieldValue<T>(0), static r => r.GetFieldValueAsync<T>(0).GetAwaiter().GetResult()];

    private static string Drain(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return Convert.ToHexString(copy.ToArray());
    }
}
