using System.IO.Compression;
using System.Text.Json;
using Micromegas.Golden.Types;

namespace Micromegas.Golden.Answers;

/// <summary>Reads answer files: one JSON object a line, plain or gzip (form: test/golden/README.md).</summary>
internal static class AnswerFile
{
    public static IReadOnlyList<Answer> Read(string path)
    {
        using var file = File.OpenRead(path);
        using var content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
        using var lines = new StreamReader(content);
        var answers = new List<Answer>();
        while (lines.ReadLine() is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }

            using var json = JsonDocument.Parse(line);
            answers.Add(ReadAnswer(json.RootElement));
        }

        return answers;
    }

    /// <summary>The name by which deviations and floors refer to a file: <c>lake</c> for <c>…/lake.jsonl.gz</c>.</summary>
    public static string NameOf(string path) => Path.GetFileName(path).Split('.')[0];

    private static Answer ReadAnswer(JsonElement json)
    {
        var columns = new List<AnswerColumn>();
        if (json.TryGetProperty("columns", out var recorded))
        {
            columns.AddRange(recorded.EnumerateArray().Select(column => new AnswerColumn(column[0].GetString()!, ArrowCppTypes.Parse(column[1].GetString()!))));
        }

        var rows = new List<object?[]>();
        if (json.TryGetProperty("rows", out var recordedRows))
        {
            rows.AddRange(recordedRows.EnumerateArray().Select(row => columns.Select((column, i) => RecordedValue.Read(row[i], column.Type)).ToArray()));
        }

        return new Answer
        {
            Id = json.GetProperty("id").ToString(),
            Group = json.GetProperty("group").GetString()!,
            Sql = json.GetProperty("sql").GetString()!,
            Begin = OptionalText(json, "begin"),
            End = OptionalText(json, "end"),
            Compare = ReadRule(json.GetProperty("compare").GetString()!),
            Error = OptionalText(json, "error") is { } error ? ReadRefusal(error) : null,
            Columns = columns,
            RowCount = json.TryGetProperty("row_count", out var count) ? count.GetInt64() : 0,
            Rows = rows,
        };
    }

    private static string? OptionalText(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static CompareRule ReadRule(string text) => text switch
    {
        "rows" => CompareRule.Rows,
        "first-rows" => CompareRule.FirstRows,
        "set" => CompareRule.Set,
        "shape" => CompareRule.Shape,
        "refused" => CompareRule.Refused,
        _ => throw new FormatException($"'{text}' is not a rule of comparison."),
    };

    private static Refusal ReadRefusal(string text) => text switch
    {
        "syntax" => Refusal.Syntax,
        "bind" => Refusal.Bind,
        "unsupported" => Refusal.Unsupported,
        "data" => Refusal.Data,
        _ => throw new FormatException($"'{text}' is not a class of refusal."),
    };
}
