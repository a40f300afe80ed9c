using System.Text;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Tests;

/// <summary>Deep nesting is refused, long chains are not, on the stack of an ordinary thread.</summary>
public sealed class LimitTests
{
    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("f(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("NOT ", "a", "")]
    [InlineData("- ", "a", "")]
    [InlineData("a + (", "1", ")")]
    [InlineData("(SELECT ", "1", ")")]
    [InlineData("CASE WHEN ", "a", " THEN 1 END")]
    [InlineData("a[", "1", "]")]
    [InlineData("{a: ", "1", "}")]
    [InlineData("CAST(", "1", " AS INT)")]
    [InlineData("a IN (", "1", ")")]
    [InlineData("", "a", "::int")]
    [InlineData("", "a", "[1]")]
    [InlineData("", "(a)", ".b")]
    [InlineData("", "a", " IS NULL")]
    [InlineData("", "a", " LIKE b")]
    [InlineData("", "a", " BETWEEN 1 AND 2")]
    [InlineData("", "a", " = ANY (b)")]
    [InlineData("sum(a) OVER (ORDER BY ", "b", ")")]
    [InlineData("f(1, x -> ", "b", ")")]
    [InlineData("CAST(a AS ARRAY<", "INT", ">)")]
    public void Deep_expressions_are_a_typed_error(string open, string core, string close)
    {
        if (core == "INT")
        {
            (open, close) = ("ARRAY<", ">");
            Assert.Throws<SqlSyntaxException>(() => SqlParser.ParseType(Repeat(open, 100_000) + core + Repeat(close, 100_000)));
            Assert.NotNull(SqlParser.ParseType(Repeat(open, 60) + core + Repeat(close, 60)));
            return;
        }

        var error = Assert.Throws<SqlSyntaxException>(() => SqlParser.ParseExpression(Repeat(open, 100_000) + core + Repeat(close, 100_000)));
        Assert.Contains("deeply", error.Message, StringComparison.Ordinal);
        RoundTrip.Expression(Repeat(open, 60) + core + Repeat(close, 60));
    }

    [Theory]
    [InlineData("SELECT * FROM (", "SELECT 1", ")")]
    [InlineData("(", "SELECT 1", ")")]
    [InlineData("EXPLAIN ", "SELECT 1", "")]
    [InlineData("SELECT * FROM ((", "a JOIN b ON true", ") JOIN c ON true)")]
    [InlineData("SELECT 1 UNION (", "SELECT 1", ")")]
    [InlineData("WITH a AS (", "SELECT 1", ") SELECT 1")]
    [InlineData("SELECT * FROM t GROUP BY GROUPING SETS (", "a", ")")]
    [InlineData("", "FROM t", " |> SELECT a")]
    public void Deep_statements_are_a_typed_error(string open, string core, string close)
    {
        if (open.StartsWith("SELECT * FROM t GROUP BY", StringComparison.Ordinal))
        {
            Assert.Throws<SqlSyntaxException>(() => SqlParser.ParseStatement("SELECT * FROM t GROUP BY " + Repeat("GROUPING SETS (", 100_000)));
            return;
        }

        var error = Assert.Throws<SqlSyntaxException>(() => SqlParser.ParseStatement(Repeat(open, 100_000) + core + Repeat(close, 100_000)));
        Assert.Contains("deeply", error.Message, StringComparison.Ordinal);
        RoundTrip.Statement(Repeat(open, 40) + core + Repeat(close, 40));
    }

    [Fact]
    public void Nesting_within_the_limit_survives_a_small_stack()
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    RoundTrip.Expression(Repeat("(1 + f(a AND (b = c * ", 49) + "1" + Repeat(")))", 49));
                    RoundTrip.Expression(Repeat("(", 199) + "1" + Repeat(")", 199));
                }
                catch (Exception error) when (error is SqlSyntaxException or InvalidOperationException)
                {
                    failure = error;
                }
            },
            maxStackSize: 1 << 20);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    [Theory]
    [InlineData(" AND ")]
    [InlineData(" + ")]
    [InlineData(" || ")]
    public void Long_chains_parse_print_and_compare(string op)
    {
        const int Terms = 50_000;
        var sql = string.Join(op, Enumerable.Range(0, Terms).Select(i => $"a{i}"));
        var chain = RoundTrip.Expression(sql);
        var count = 1;
        for (var node = chain; node is BinaryExpression binary; node = binary.Left)
            count++;
        Assert.Equal(Terms, count);
        Assert.Equal(sql, SqlPrinter.Print(chain));
    }

    [Fact]
    public void Long_chains_of_mixed_levels()
    {
        var sql = string.Join(" OR ", Enumerable.Range(0, 20_000).Select(i => $"a = {i} AND b IS NULL"));
        RoundTrip.Expression(sql);
    }

    [Fact]
    public void Long_unions_and_joins()
    {
        RoundTrip.Statement(string.Join(" UNION ALL ", Enumerable.Range(0, 20_000).Select(i => $"SELECT {i}")));
        RoundTrip.Statement("SELECT * FROM t" + Repeat(" JOIN u ON a = b", 900));
        Assert.Throws<SqlSyntaxException>(() => SqlParser.ParseStatement("SELECT * FROM t" + Repeat(" JOIN u ON a = b", 2000)));
    }

    [Fact]
    public void Long_lists()
    {
        RoundTrip.Statement("SELECT a IN (" + string.Join(',', Enumerable.Range(0, 100_000)) + ")");
        RoundTrip.Statement("VALUES " + string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"({i}, 'x')")));
    }
}
