using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Tests;

/// <summary>spec/sql.md §5.4, by comparison with the fully parenthesized form.</summary>
public sealed class PrecedenceTests
{
    [Theory]
    [InlineData("a OR b AND c", "a OR (b AND c)")]
    [InlineData("a AND b OR c", "(a AND b) OR c")]
    [InlineData("NOT a AND b", "(NOT a) AND b")]
    [InlineData("NOT a = b", "NOT (a = b)")]
    [InlineData("NOT a IS NULL", "NOT (a IS NULL)")]
    [InlineData("NOT a IN (1) OR b", "(NOT (a IN (1))) OR b")]
    [InlineData("a IS NULL = b", "(a IS NULL) = b")]
    [InlineData("a = b IS NULL", "(a = b) IS NULL")]
    [InlineData("a LIKE b IS TRUE", "(a LIKE b) IS TRUE")]
    [InlineData("a = b LIKE c", "(a = b) LIKE c")]
    [InlineData("a LIKE b || c", "a LIKE (b || c)")]
    [InlineData("a < b = c", "(a < b) = c")]
    [InlineData("a = b BETWEEN c AND d", "(a = b) BETWEEN c AND d")]
    [InlineData("a BETWEEN b + 1 AND c AND d", "(a BETWEEN (b + 1) AND c) AND d")]
    [InlineData("a BETWEEN 1 AND 2 OR b", "(a BETWEEN 1 AND 2) OR b")]
    [InlineData("a IN (1, 2) AND b", "(a IN (1, 2)) AND b")]
    [InlineData("a + 1 IN (1)", "(a + 1) IN (1)")]
    [InlineData("a ~ b || c", "a ~ (b || c)")]
    [InlineData("a | b ^ c & d", "a | (b ^ (c & d))")]
    [InlineData("a & b XOR c", "a & (b XOR c)")]
    [InlineData("a << 1 + 2", "a << (1 + 2)")]
    [InlineData("a ^ b << c", "(a ^ b) << c")]
    [InlineData("a + b * c", "a + (b * c)")]
    [InlineData("a || b + c", "(a || b) + c")]
    [InlineData("a || b * c", "(a || b) * c")]
    [InlineData("a - b - c", "(a - b) - c")]
    [InlineData("a / b % c // d", "((a / b) % c) // d")]
    [InlineData("-a * b", "(-a) * b")]
    [InlineData("a * -b", "a * (-b)")]
    [InlineData("-a::int", "-(a::int)")]
    [InlineData("-a + b", "(-a) + b")]
    [InlineData("-a[1]", "-(a[1])")]
    [InlineData("a::int::text", "(a::int)::text")]
    [InlineData("a * b AT TIME ZONE 'UTC'", "a * (b AT TIME ZONE 'UTC')")]
    [InlineData("a AT TIME ZONE 'UTC'::text", "a AT TIME ZONE ('UTC'::text)")]
    [InlineData("a + b AT TIME ZONE c", "a + (b AT TIME ZONE c)")]
    [InlineData("a @> b AND c", "(a @> b) AND c")]
    [InlineData("a @> b = c", "a @> (b = c)")]
    [InlineData("a @> b IS NULL", "a @> (b IS NULL)")]
    [InlineData("a ->> 'k' = 'v'", "(a ->> 'k') = 'v'")]
    [InlineData("a -> 'k' ->> 'l' LIKE 'v'", "((a -> 'k') ->> 'l') LIKE 'v'")]
    [InlineData("a IS DISTINCT FROM b AND c", "(a IS DISTINCT FROM b) AND c")]
    [InlineData("a IS NOT DISTINCT FROM b + 1", "a IS NOT DISTINCT FROM (b + 1)")]
    [InlineData("a <=> b AND c", "(a <=> b) AND c")]
    [InlineData("a = ANY (b) AND c", "(a = ANY (b)) AND c")]
    [InlineData("a == b", "a = b")]
    [InlineData("a != b", "a <> b")]
    [InlineData("a NOT LIKE b AND c", "(a NOT LIKE b) AND c")]
    [InlineData("a NOT BETWEEN 1 AND 2 AND c", "(a NOT BETWEEN 1 AND 2) AND c")]
    [InlineData("INTERVAL '1 day' * 2", "(INTERVAL '1 day') * 2")]
    [InlineData("INTERVAL '1' DAY + a", "(INTERVAL '1' DAY) + a")]
    [InlineData("CASE WHEN a THEN b END + 1", "(CASE WHEN a THEN b END) + 1")]
    public void Binds_as_parenthesized(string sql, string parenthesized)
    {
        var expected = SqlParser.ParseExpression(parenthesized);
        Assert.Equal(expected, RoundTrip.Expression(sql));
        Assert.Equal(SqlPrinter.Print(expected), SqlPrinter.Print(SqlParser.ParseExpression(sql)));
    }

    [Fact]
    public void A_minus_belongs_to_the_number_behind_it()
    {
        Assert.Equal(new Int64Literal(long.MinValue), SqlParser.ParseExpression("-9223372036854775808"));
        Assert.Equal(new UInt64Literal(9223372036854775808), SqlParser.ParseExpression("9223372036854775808"));
        Assert.Equal(new Int64Literal(-5), SqlParser.ParseExpression("- 5"));
        Assert.Equal(new UnaryExpression(UnaryOperator.Negate, new Int64Literal(5)), RoundTrip.Expression("-(5)"));
        Assert.IsType<UnaryExpression>(RoundTrip.Expression("-5::int"));
        Assert.IsType<CastExpression>(RoundTrip.Expression("(-5)::int"));
        Assert.Equal(new UnaryExpression(UnaryOperator.Negate, new Int64Literal(-5)), RoundTrip.Expression("- -5"));
    }

    [Fact]
    public void Spans_cover_what_was_read()
    {
        const string Sql = "  a + (b * c) ";
        var sum = Assert.IsType<BinaryExpression>(SqlParser.ParseExpression(Sql));
        Assert.Equal("a + (b * c)", Sql.Substring(sum.Span.Start, sum.Span.Length));
        Assert.Equal("b * c", Sql.Substring(sum.Right.Span.Start, sum.Right.Span.Length));
    }
}
