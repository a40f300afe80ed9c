using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Micromegas.Formats.Tests;

/// <summary>Upstream's answers to expressions over JSON literals, asked of the functions below SQL.</summary>
public sealed partial class JsonbGoldenTests
{
    [Fact]
    public void Functions_of_parsed_literals_answer_as_upstream()
    {
        int checkedCount = 0;
        foreach (JsonElement answer in GoldenData.Answers("expressions.jsonl.gz"))
        {
            Match match = FunctionOfLiteral().Match(answer.GetProperty("sql").GetString()!);
            if (!match.Success || !answer.TryGetProperty("rows", out JsonElement rows))
            {
                continue;
            }

            string expected = rows[0][0].GetRawText();
            string actual = Evaluate(match.Groups["f"].Value, Unquote(match.Groups["json"].Value));
            Assert.True(Same(expected, actual), $"{answer.GetProperty("sql")}: expected {expected}, got {actual}");
            checkedCount++;
        }

        Assert.InRange(checkedCount, 100, int.MaxValue);
    }

    [Fact]
    public void Paths_answer_as_upstream()
    {
        int checkedCount = 0;
        foreach (JsonElement answer in GoldenData.Answers("expressions.jsonl.gz"))
        {
            string sql = answer.GetProperty("sql").GetString()!;
            Match match = PathOfLiteral().Match(sql);
            if (!match.Success)
            {
                continue;
            }

            checkedCount++;
            string path = Unquote(match.Groups["path"].Value);
            if (!answer.TryGetProperty("rows", out JsonElement rows))
            {
                Assert.Throws<JsonPathSyntaxException>(() => JsonPath.Parse(path));
                continue;
            }

            using JsonbBuilder builder = new();
            using PooledBuffer found = new();
            Assert.True(JsonbText.TryParse(Encoding.UTF8.GetBytes(Unquote(match.Groups["json"].Value)), builder));
            byte[] document = builder.Finish().ToArray();
            string? actual = null;
            if (match.Groups["first"].Success)
            {
                actual = JsonPath.Parse(path).SelectFirst(document, found) ? Text(found.WrittenSpan) : null;
            }
            else
            {
                builder.Reset();
                JsonPath.Parse(path).SelectAll(document, builder);
                actual = Text(builder.Finish());
            }

            Assert.Equal((sql, rows[0][0].GetString()), (sql, actual));
        }

        Assert.InRange(checkedCount, 30, int.MaxValue);
    }

    private static string Evaluate(string function, string json)
    {
        using JsonbBuilder builder = new();
        if (!JsonbText.TryParse(Encoding.UTF8.GetBytes(json), builder))
        {
            return "null";
        }

        ReadOnlySpan<byte> document = builder.Finish();
        JsonbValue value = JsonbValue.Open(document);
        switch (function)
        {
            case "encode":
                return JsonSerializer.Serialize(Convert.ToHexStringLower(document));
            case "jsonb_format_json":
                return JsonSerializer.Serialize(Text(document));
            case "jsonb_as_string":
                return value.Kind == JsonbKind.String ? JsonSerializer.Serialize(Encoding.UTF8.GetString(value.Utf8)) : "null";
            case "jsonb_as_i64":
                return value.TryGetInt64(out long integer) ? integer.ToString(CultureInfo.InvariantCulture) : "null";
            case "jsonb_as_f64":
                return !value.TryGetDouble(out double real) ? "null"
                    : double.IsFinite(real) ? real.ToString(CultureInfo.InvariantCulture) : double.IsNaN(real) ? "\"NaN\"" : real > 0 ? "\"inf\"" : "\"-inf\"";
            case "jsonb_array_length":
                return value.Kind == JsonbKind.Array ? value.Count.ToString(CultureInfo.InvariantCulture) : "null";
            case "jsonb_object_keys":
                List<string> keys = [];
                foreach (JsonbMember member in value.Members)
                {
                    keys.Add(Encoding.UTF8.GetString(member.Key));
                }

                return value.Kind == JsonbKind.Object ? JsonSerializer.Serialize(keys) : "null";
            default:
                throw new InvalidOperationException(function);
        }
    }

    private static bool Same(string expected, string actual)
    {
        if (double.TryParse(expected, CultureInfo.InvariantCulture, out double x) && double.TryParse(actual, CultureInfo.InvariantCulture, out double y))
        {
            return x.Equals(y);
        }

        return JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, JsonDocument.Parse(actual).RootElement);
    }

    private static string Text(ReadOnlySpan<byte> document)
    {
        using PooledBuffer text = new();
        JsonbText.FormatDocument(document, text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    private static string Unquote(string literal) => literal.Replace("''", "'", StringComparison.Ordinal);

    [GeneratedRegex(@"^SELECT (?<f>encode|jsonb_\w+)\((arrow_cast\()?jsonb_parse\('(?<json>(?:[^']|'')*)'\)(, 'Binary'\), 'hex')?\) AS v$", RegexOptions.ExplicitCapture)]
    private static partial Regex FunctionOfLiteral();

    [GeneratedRegex(@"^SELECT jsonb_format_json\(jsonb_path_query(?<first>_first)?\(jsonb_parse\('(?<json>(?:[^']|'')*)'\), '(?<path>(?:[^']|'')*)'\)\) AS v$", RegexOptions.ExplicitCapture)]
    private static partial Regex PathOfLiteral();
}
