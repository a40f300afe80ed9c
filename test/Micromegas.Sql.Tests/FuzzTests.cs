using System.Text;

namespace Micromegas.Sql.Tests;

/// <summary>Recorded statements with tokens dropped, doubled, swapped and replaced: a tree that prints and parses again, or a typed error.</summary>
public sealed class FuzzTests
{
    private static readonly string[] s_tokens =
    [
        "(", ")", "[", "]", "{", "}", ",", ";", ".", ":", "::", "?", "$1", "@p", ":n", "*", "-", "+", "~", "=", "<", ">", ">>", "->", "->>", "=>", ":=",
        "'s'", "\"q\"", "`b`", "1", "2.5", "1e5", "X'0a'", "$$d$$", "E'\\n'", "SELECT", "FROM", "WHERE", "GROUP", "BY", "ORDER", "LIMIT", "UNION", "ALL",
        "AS", "NOT", "IN", "IS", "NULL", "CASE", "WHEN", "THEN", "END", "OVER", "INTERVAL", "DATE", "CAST", "EXISTS", "ANY", "LIKE", "BETWEEN", "AND",
        "OR", "JOIN", "ON", "USING", "LATERAL", "VALUES", "WITH", "DISTINCT", "FILTER", "ARRAY", "MAP", "TRIM", "POSITION", "EXTRACT", "EXCEPT",
        "EXCLUDE", "REPLACE", "|>", "/*", "--", "'", "\"", "\u00e9", "\ud800", "x", "INSERT", "INTO", "SET", "CREATE", "TABLE", "VIEW", "EXPLAIN",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mutated_statements(int seed)
    {
        var statements = GoldenStatements.ReadGolden("expressions.jsonl.gz").Concat(GoldenStatements.ReadGolden("lake.jsonl.gz"))
            .Select(s => s.Sql).Where(s => s.Length < 1500 && IsLexable(s)).ToArray();
        var random = new Random(seed);
        var accepted = 0;
        for (var i = 0; i < 10_000; i++)
            accepted += Run(Mutate(statements[random.Next(statements.Length)], random), seed) ? 1 : 0;
        Assert.True(accepted > 500, $"{accepted} accepted");
    }

    [Theory]
    [InlineData(3)]
    public void Random_tokens(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder("SELECT ");
            for (var n = random.Next(1, 20); n > 0; n--)
                text.Append(s_tokens[random.Next(s_tokens.Length)]).Append(random.Next(8) == 0 ? "" : " ");
            Run(text.ToString(), seed);
        }
    }

    private static bool Run(string sql, int seed)
    {
        try
        {
            SqlParser.ParseStatement(sql);
        }
        catch (SqlSyntaxException error)
        {
            Assert.True(error.Line > 0 && error.Column > 0 && error.Position <= sql.Length);
            return false;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}: {sql}", error);
        }

        try
        {
            RoundTrip.Statement(sql);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}: {sql}\n{error.Message}", error);
        }

        return true;
    }

    private static string Mutate(string sql, Random random)
    {
        var tokens = Lexing.Lexer.Tokenize(sql).TakeWhile(t => t.Kind != Lexing.TokenKind.End).Select(t => sql.Substring(t.Start, t.Length)).ToList();
        for (var n = random.Next(1, 4); n > 0 && tokens.Count > 1; n--)
        {
            var at = random.Next(tokens.Count);
            switch (random.Next(5))
            {
                case 0:
                    tokens.RemoveAt(at);
                    break;
                case 1:
                    tokens.Insert(at, tokens[random.Next(tokens.Count)]);
                    break;
                case 2:
                    var other = random.Next(tokens.Count);
                    (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                    break;
                case 3:
                    tokens[at] = s_tokens[random.Next(s_tokens.Length)];
                    break;
                default:
                    tokens.Insert(at, s_tokens[random.Next(s_tokens.Length)]);
                    break;
            }
        }

        return string.Join(' ', tokens);
    }

    private static bool IsLexable(string sql)
    {
        try
        {
            Lexing.Lexer.Tokenize(sql);
            return true;
        }
        catch (SqlSyntaxException)
        {
            return false;
        }
    }
}
