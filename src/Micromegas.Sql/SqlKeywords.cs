using Micromegas.Sql.Lexing;

namespace Micromegas.Sql;

/// <summary>The words of the language.</summary>
public static class SqlKeywords
{
    /// <summary>The keywords, in capitals and in order, that are no names everywhere: whoever writes SQL quotes them.</summary>
    public static IReadOnlyList<string> Reserved { get; } =
    [
        .. Enum.GetValues<Keyword>()
            .Where(static word => ReservedWords.InExpression(word) || ReservedWords.AsColumnAlias(word) || ReservedWords.AsTableAlias(word) || ReservedWords.AsTable(word))
            .Select(KeywordTable.Spell)
            .Order(StringComparer.Ordinal),
    ];
}
