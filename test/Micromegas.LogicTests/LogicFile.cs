namespace Micromegas.LogicTests;

/// <summary>
/// An <c>.slt</c> file: records divided by empty lines, each a directive, a statement and, after <c>----</c>, a line a row with values divided by
/// tabs. Lines that begin with <c>#</c> before a directive are comments.
/// </summary>
internal sealed record LogicFile(string Name, IReadOnlyList<LogicRecord> Records)
{
    private const string Divider = "----";

    public static LogicFile Read(string path) => Parse(Path.GetFileName(path), File.ReadAllLines(path));

    /// <exception cref="FormatException">The text is no such file; the message names the line.</exception>
    public static LogicFile Parse(string name, IReadOnlyList<string> lines)
    {
        var records = new List<LogicRecord>();
        for (var i = 0; i < lines.Count;)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#')
            {
                i++;
                continue;
            }
            var begin = i;
            while (i < lines.Count && lines[i].Length > 0)
            {
                i++;
            }
            records.Add(Record(name, begin + 1, [.. lines.Skip(begin).Take(i - begin)]));
        }
        return new LogicFile(name, records);
    }

    private static LogicRecord Record(string name, int line, List<string> text)
    {
        var words = text[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var divider = text.IndexOf(Divider);
        var sql = string.Join('\n', text.Skip(1).Take((divider < 0 ? text.Count : divider) - 1));
        if (sql.Length == 0)
        {
            throw new FormatException($"{name}:{line}: a record without a statement");
        }
        return (words, divider) switch
        {
            (["statement", "ok"], < 0) => new SetupRecord(line, sql),
            (["statement", "error", var state], < 0) => new ErrorRecord(line, sql, state),
            (["query", var types], > 0) => Query(types, sorted: false),
            (["query", var types, "rowsort"], > 0) => Query(types, sorted: true),
            _ => throw new FormatException($"{name}:{line}: '{text[0]}' is no directive, or its rows are missing or too many"),
        };

        QueryRecord Query(string types, bool sorted)
        {
            var rows = text.Skip(divider + 1).Select(row => row.Split('\t')).ToArray();
            if (types.Any(letter => !LogicValue.Letters.Contains(letter)) || rows.Any(row => row.Length != types.Length))
            {
                throw new FormatException($"{name}:{line}: the types '{types}' and the rows do not agree");
            }
            return new QueryRecord(line, sql, types, sorted, rows);
        }
    }
}
