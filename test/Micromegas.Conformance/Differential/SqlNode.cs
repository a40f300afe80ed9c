using System.Text;

namespace Micromegas.Conformance.Differential;

/// <summary>The engines that statements are written for.</summary>
internal enum Dialect
{
    Micromegas,
    DuckDb,
    Postgres,
}

/// <summary>Types of generated expressions. Whole numbers are one type: what differs is only how wide they are stored.</summary>
internal enum SqlType
{
    Boolean,
    Integer,
    Double,
    Decimal,
    Text,
    Date,
    Timestamp,

    /// <summary>Not an expression: a query, a clause, a list.</summary>
    None,
}

/// <summary>A piece of a generated statement: text with <c>{0}</c>, <c>{1}</c> … for the pieces inside it, written for each dialect.</summary>
/// <param name="Type">The type of the expression.</param>
/// <param name="Forms">The text: one for all dialects, or one each.</param>
/// <param name="Kids">The pieces inside.</param>
internal sealed record SqlNode(SqlType Type, IReadOnlyList<string> Forms, IReadOnlyList<SqlNode> Kids)
{
    /// <summary>Whether the statement is still one without this piece.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Whether pieces may be left out as long as one remains; they are joined by <see cref="Forms"/>' only text.</summary>
    public bool IsList { get; init; }

    public static SqlNode Of(SqlType type, string form, params SqlNode[] kids) => new(type, [form], kids);

    /// <summary>A piece that DuckDB, or PostgreSQL too, spells differently.</summary>
    public static SqlNode Spelled(SqlType type, string ours, string duckDb, string postgres, params SqlNode[] kids) => new(type, [ours, duckDb, postgres], kids);

    public static SqlNode Text(string form, params SqlNode[] kids) => new(SqlType.None, [form], kids);

    public static SqlNode List(string separator, IEnumerable<SqlNode> items) => new(SqlType.None, [separator], [.. items]) { IsList = true };

    public static SqlNode Empty { get; } = Text("");

    public SqlNode Optional() => this with { IsOptional = true };

    public string Write(Dialect dialect)
    {
        var text = new StringBuilder();
        Write(dialect, text);
        return text.ToString();
    }

    /// <summary>Statements that are smaller in one place.</summary>
    public IEnumerable<SqlNode> Smaller()
    {
        if (IsOptional && Forms[0].Length > 0)
        {
            yield return Empty;
        }
        if (IsList && Kids.Count > 1)
        {
            for (var i = 0; i < Kids.Count; i++)
            {
                yield return this with { Kids = [.. Kids.Where((_, k) => k != i)] };
            }
        }
        if (Type != SqlType.None)
        {
            foreach (var kid in Descendants().Where(kid => kid.Type == Type))
            {
                yield return kid;
            }
        }
        for (var i = 0; i < Kids.Count; i++)
        {
            foreach (var smaller in Kids[i].Smaller())
            {
                yield return this with { Kids = [.. Kids.Select((kid, k) => k == i ? smaller : kid)] };
            }
        }
    }

    private IEnumerable<SqlNode> Descendants() => Kids.SelectMany(static kid => kid.Descendants().Prepend(kid));

    private void Write(Dialect dialect, StringBuilder text)
    {
        var form = Forms.Count == 1 ? Forms[0] : Forms[(int)dialect];
        if (IsList)
        {
            for (var i = 0; i < Kids.Count; i++)
            {
                text.Append(i == 0 ? "" : form);
                Kids[i].Write(dialect, text);
            }
            return;
        }
        for (var i = 0; i < form.Length; i++)
        {
            if (form[i] == '{' && i + 2 < form.Length && form[i + 2] == '}' && char.IsAsciiDigit(form[i + 1]))
            {
                Kids[form[i + 1] - '0'].Write(dialect, text);
                i += 2;
            }
            else
            {
                text.Append(form[i]);
            }
        }
    }
}
