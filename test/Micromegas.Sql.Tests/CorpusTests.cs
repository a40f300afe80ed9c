using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Micromegas.Sql.Tests;

/// <summary>Statements of upstream's project and of PostgreSQL clients.</summary>
public sealed partial class CorpusTests
{
    /// <summary>Entries of queries.sql marked as queries or definitions that are none, with the reason.</summary>
    private static readonly Dictionary<int, string> s_refused = new()
    {
        [472] = "GROUP BY … ASC: refused upstream",
        [473] = "GROUP BY … ASC: refused upstream",
        [1197] = "holds the ellipsis $1..$11",
        [1201] = "CREATE TABLE (LIKE …): PostgreSQL only",
    };

    private static readonly Dictionary<int, string> s_refusedOfClients = new()
    {
        [120] = "a mistake sent on purpose",
        [201] = "the recorder's note instead of a statement",
    };

    [SharedFact("spec/queries.sql")]
    public void Upstream_corpus_parses()
    {
        var text = File.ReadAllText(Path.Combine(GoldenStatements.Shared!, "spec/queries.sql"));
        var failures = new StringBuilder();
        var count = 0;
        foreach (var entry in Separator().Split(text))
        {
            if (Header().Match(entry) is not { Success: true } header || header.Groups[2].Value is not ("query" or "ddl"))
                continue;
            count++;
            var id = int.Parse(header.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
            Try(entry[(header.Index + header.Length)..], id, failures, s_refused.ContainsKey(id));
        }

        Assert.True(failures.Length == 0, failures.ToString());
        Assert.True(count > 800, $"{count} entries");
    }

    [SharedFact("spec/pg-catalog-queries.jsonl")]
    public void Statements_of_PostgreSQL_clients_parse()
    {
        var failures = new StringBuilder();
        var seen = new HashSet<string>();
        foreach (var line in File.ReadLines(Path.Combine(GoldenStatements.Shared!, "spec/pg-catalog-queries.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            if (!json.RootElement.TryGetProperty("sql", out var sql) || !seen.Add(sql.GetString()!))
                continue;
            var id = json.RootElement.GetProperty("id").GetInt32();
            var refuse = s_refusedOfClients.ContainsKey(id);
            try
            {
                foreach (var statement in SqlParser.ParseStatements(sql.GetString()!))
                    RoundTrip.Statement(SqlPrinter.Print(statement));
                if (refuse)
                    failures.AppendLine($"{id} should be refused: {sql}");
            }
            catch (SqlSyntaxException) when (refuse)
            {
                continue;
            }
            catch (Exception error) when (error is SqlSyntaxException or InvalidOperationException)
            {
                failures.AppendLine($"{id} {error.Message}: {sql}");
            }
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    private static void Try(string sql, int id, StringBuilder failures, bool refuse)
    {
        try
        {
            RoundTrip.Statement(sql);
            if (refuse)
                failures.AppendLine($"{id} should be refused: {sql}");
        }
        catch (SqlSyntaxException) when (refuse)
        {
            return;
        }
        catch (Exception error) when (error is SqlSyntaxException or InvalidOperationException)
        {
            failures.AppendLine($"{id} {error.Message}: {sql}");
        }
    }

    [GeneratedRegex(@"^;\s*$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^--# (\d+) \| tier=\S+ \| kind=(\w+).*$", RegexOptions.Multiline)]
    private static partial Regex Header();
}
