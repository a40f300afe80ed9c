namespace Micromegas.Engine.Binding;

/// <summary>Guesses the keyword behind a syntax error.</summary>
internal static class SyntaxHints
{
    private static readonly string[] Keywords =
    [
        "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "QUALIFY", "ORDER", "LIMIT", "OFFSET", "JOIN", "LEFT", "RIGHT", "INNER", "OUTER", "CROSS", "USING", "UNION",
        "INTERSECT", "EXCEPT", "DISTINCT", "BETWEEN", "EXISTS", "INSERT", "INTO", "VALUES", "UPDATE", "DELETE", "CREATE", "TABLE", "VIEW", "WITH", "WINDOW", "EXPLAIN",
        "DESCRIBE", "SHOW", "INTERVAL", "PARTITION", "CASE", "WHEN", "THEN", "ELSE",
    ];

    /// <summary>A keyword that the word at the error, or the one before it, may have been meant to be.</summary>
    public static string? Of(string sql, int position)
    {
        var end = Math.Clamp(position, 0, sql.Length);
        var next = end;
        while (next < sql.Length && IsWord(sql[next]))
        {
            next++;
        }
        if (Keyword(sql[end..next]) is { } keyword)
        {
            return $"Did you mean {keyword}?";
        }
        // SELECT a FORM t: the alias 'form' is fine, only what follows is not.
        while (end > 0 && !IsWord(sql[end - 1]))
        {
            end--;
        }
        var start = end;
        while (start > 0 && IsWord(sql[start - 1]))
        {
            start--;
        }
        return Keyword(sql[start..end]) is { } before ? $"Did you mean {before}?" : null;
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private static string? Keyword(string word)
    {
        var upper = word.ToUpperInvariant();
        return upper.Length < 3 || Array.IndexOf(Keywords, upper) >= 0
            ? null
            : Keywords.Select(keyword => (Keyword: keyword, Distance: Functions.EditDistance.Between<char>(upper, keyword)))
                .Where(near => near.Distance <= (upper.Length > 4 || IsSwapped(upper, near.Keyword) ? 2 : 1))
                .OrderBy(static near => near.Distance)
                .Select(static near => near.Keyword)
                .FirstOrDefault();
    }

    /// <summary>The same letters in another order.</summary>
    private static bool IsSwapped(string word, string keyword) => word.Length == keyword.Length && word.Order().SequenceEqual(keyword.Order());
}
