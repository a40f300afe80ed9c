using System.Text;

namespace Micromegas.Sql.Tests;

public sealed class GoldenTests
{
    private const string EndColumn = "end as a column: upstream takes it everywhere but behind a comma of the select list";

    /// <summary>Statements that upstream refuses as syntax errors and our grammar takes on purpose.</summary>
    private static readonly Dictionary<(string File, int Id), string> s_accepted = new()
    {
        [("expressions.jsonl.gz", 583)] = "BETWEEN SYMMETRIC: PostgreSQL",
        [("expressions.jsonl.gz", 2662)] = "WITH a AS MATERIALIZED: PostgreSQL and DuckDB",
        [("expressions.jsonl.gz", 2722)] = "48 parentheses: we nest deeper",
        [("expressions.jsonl.gz", 2734)] = "more than 48 parentheses: we nest deeper",
        [("upstream.jsonl.gz", 687)] = EndColumn,
        [("upstream.jsonl.gz", 694)] = EndColumn,
        [("upstream.jsonl.gz", 1302)] = EndColumn,
    };

    [Theory]
    [InlineData("expressions.jsonl.gz")]
    [InlineData("lake.jsonl.gz")]
    [InlineData("ingest/answers.jsonl.gz")]
    public void Recorded_statements_parse_exactly_where_upstream_parses(string name) => Check(GoldenStatements.ReadGolden(name));

    [SharedFact("golden/upstream.jsonl.gz")]
    public void Upstream_statements_parse_exactly_where_upstream_parses() =>
        Check(GoldenStatements.Read(Path.Combine(GoldenStatements.Shared!, "golden/upstream.jsonl.gz")));

    private static void Check(IReadOnlyList<GoldenStatement> statements)
    {
        Assert.NotEmpty(statements);
        var failures = new StringBuilder();
        foreach (var statement in statements)
        {
            var refuse = statement.Error == "syntax" && !s_accepted.ContainsKey((statement.File, statement.Id));
            try
            {
                RoundTrip.Statement(statement.Sql);
                if (refuse)
                    failures.AppendLine($"{statement.Id} should be refused: {statement.Sql}");
            }
            catch (SqlSyntaxException error) when (refuse)
            {
                Assert.True(error.Line > 0 && error.Column > 0 && error.Position <= statement.Sql.Length);
            }
            catch (SqlSyntaxException error)
            {
                failures.AppendLine($"{statement.Id} {error.Message}: {statement.Sql}");
            }
            catch (InvalidOperationException error)
            {
                failures.AppendLine($"{statement.Id} {error.Message}");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }
}
