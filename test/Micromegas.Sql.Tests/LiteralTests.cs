using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Tests;

/// <summary>spec/sql.md §5.3.</summary>
public sealed class LiteralTests
{
    [Theory]
    [InlineData("1", 1L)]
    [InlineData("007", 7L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Integers(string sql, long value) => Assert.Equal(new Int64Literal(value), RoundTrip.Expression(sql));

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5.0)]
    [InlineData("1e3", 1000.0)]
    [InlineData("1.5E-3", 0.0015)]
    [InlineData("18446744073709551616", 18446744073709551616.0)]
    [InlineData("-2.5", -2.5)]
    [InlineData("-18446744073709551615", -18446744073709551615.0)]
    public void Floats(string sql, double value) => Assert.Equal(value, Assert.IsType<Float64Literal>(RoundTrip.Expression(sql)).Value);

    [Fact]
    public void Unsigned() => Assert.Equal(new UInt64Literal(ulong.MaxValue), RoundTrip.Expression("18446744073709551615"));

    [Theory]
    [InlineData("'it''s'", "it's")]
    [InlineData("''", "")]
    [InlineData("'a\\nb'", "a\\nb")]
    [InlineData(@"E'a\n\t\\\''", "a\n\t\\'")]
    [InlineData(@"e'\x41\u00e9\U0001F600\101'''", "A\u00e9\U0001F600A'")]
    [InlineData(@"E'\uD83D\uDE00'", "\U0001F600")]
    [InlineData("$$it's$$", "it's")]
    [InlineData("$tag$a $$ b$tag$", "a $$ b")]
    [InlineData("'line\nbreak'", "line\nbreak")]
    [InlineData("'-- no comment'", "-- no comment")]
    public void Strings(string sql, string value) => Assert.Equal(new StringLiteral(value), RoundTrip.Expression(sql));

    [Theory]
    [InlineData("N'x'", StringPrefix.National, "x")]
    [InlineData("B'01'", StringPrefix.Bit, "01")]
    [InlineData(@"U&'\00e9\+01F600\\'", StringPrefix.Unicode, "\u00e9\U0001F600\\")]
    public void Prefixed_strings(string sql, StringPrefix prefix, string value) =>
        Assert.Equal(new StringLiteral(value) { Prefix = prefix }, RoundTrip.Expression(sql));

    [Theory]
    [InlineData("X'0aFF'", new byte[] { 10, 255 })]
    [InlineData("x'abc'", new byte[] { 0xa, 0xbc })]
    [InlineData("0x0aff", new byte[] { 10, 255 })]
    [InlineData("X''", new byte[0])]
    public void Binaries(string sql, byte[] value) =>
        Assert.Equal(value, Assert.IsType<BinaryLiteral>(RoundTrip.Expression(sql)).Value.AsSpan().ToArray());

    [Fact]
    public void Parameters()
    {
        Assert.Equal(new ParameterExpression('$', null, 12), RoundTrip.Expression("$12"));
        Assert.Equal(new ParameterExpression('$', "Name", 0), RoundTrip.Expression("$Name"));
        Assert.Equal(new ParameterExpression('@', "p0", 0), RoundTrip.Expression("@p0"));
        Assert.Equal(new ParameterExpression(':', "begin", 0), RoundTrip.Expression(":begin"));
        Assert.Equal(new ParameterExpression('?', null, 1), RoundTrip.Expression("?"));
        var pair = Assert.IsType<BinaryExpression>(RoundTrip.Expression("time<@end"));
        Assert.Equal(new ParameterExpression('@', "end", 0), pair.Right);
        Assert.Equal(BinaryOperator.ContainedBy, Assert.IsType<BinaryExpression>(RoundTrip.Expression("a <@ b")).Operator);
        var call = Assert.IsType<FunctionCall>(RoundTrip.Expression("f(?, ?::int, ? || 'x')"));
        Assert.Equal(2, Assert.IsType<ParameterExpression>(Assert.IsType<CastExpression>(call.Arguments[1].Value).Operand).Number);
    }

    [Theory]
    [InlineData("a[1]")]
    [InlineData("a[1:2]")]
    [InlineData("a[:2]")]
    [InlineData("a[1:]")]
    [InlineData("a[:]")]
    [InlineData("a[1:10:2]")]
    [InlineData("a[(:n)]")]
    [InlineData("a[1 : (:n)]")]
    [InlineData("(a::int[])[1]")]
    [InlineData("{a: :n, 'b c': [1, 2], \"D\": {x: 1}}")]
    [InlineData("MAP {'k': 1, 'l': :n}")]
    [InlineData("MAP {}")]
    [InlineData("[1, 2, [3]]")]
    [InlineData("[]")]
    [InlineData("ARRAY[1, 2,]")]
    [InlineData("(a, b)")]
    [InlineData("ROW(a)")]
    [InlineData("(x).f.g")]
    [InlineData("f(x).y[1].z")]
    [InlineData("{'a': {'b': 2}}['a']['b']")]
    [InlineData("struct(1 AS a, 2)")]
    [InlineData("DATE '2024-02-29'")]
    [InlineData("TIMESTAMP WITH TIME ZONE '2024-02-29T00:00:00Z'")]
    [InlineData("DECIMAL(10, 2) '1.25'")]
    [InlineData("DOUBLE PRECISION '1.5'")]
    [InlineData("INTERVAL '1' YEAR TO MONTH")]
    [InlineData("INTERVAL -5 DAY")]
    [InlineData("INTERVAL (-5)")]
    [InlineData("INTERVAL (a + 1) hours")]
    [InlineData("interval - 5")]
    [InlineData("INTERVAL $1 DAY")]
    [InlineData("CAST(a AS STRUCT<x INT, y ARRAY<ARRAY<TEXT>>>)")]
    [InlineData("CAST(a AS MAP<TEXT, INT UNSIGNED>)")]
    [InlineData("TRY_CAST(a AS BIGINT UNSIGNED)")]
    [InlineData("a::\"my type\"")]
    [InlineData("a::pg_catalog.int4")]
    [InlineData("a::numeric(10,-2)[3]")]
    public void Values(string sql) => RoundTrip.Expression(sql);

    [Fact]
    public void Names_fold_unless_quoted()
    {
        var column = Assert.IsType<ColumnReference>(RoundTrip.Expression("Foo.\"Bar\"\"x\".`Baz`.ÉcoLe.#tag$1"));
        Assert.Equal(["foo", "Bar\"x", "Baz", "École", "#tag$1"], column.Parts.Select(p => p.Value));
        Assert.Equal([false, true, true, false, false], column.Parts.Select(p => p.Quoted));
    }

    [Fact]
    public void Types_keep_what_was_written()
    {
        Assert.Equal(new SimpleTypeName("DOUBLE PRECISION", []), SqlParser.ParseType("double precision"));
        Assert.Equal(new SimpleTypeName("TIMESTAMP", [3]) { TimeZone = TimeZoneSuffix.With }, SqlParser.ParseType("timestamp(3) with time zone"));
        Assert.Equal(new SimpleTypeName("INT", []) { Unsigned = true }, SqlParser.ParseType("int unsigned"));
        Assert.Equal(new ArrayTypeName(new ArrayTypeName(new SimpleTypeName("INT", []), 3), null), SqlParser.ParseType("int[3][]"));
    }
}
