using System.Collections.Frozen;
using System.Text;

namespace Micromegas.Sql.Lexing;

/// <summary>Finds keywords in any case.</summary>
internal static class KeywordTable
{
    private static readonly FrozenDictionary<string, Keyword> s_keywords =
        Enum.GetValues<Keyword>().Where(k => k != Keyword.None).ToFrozenDictionary(Spell, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, Keyword>.AlternateLookup<ReadOnlySpan<char>> s_lookup =
        s_keywords.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly int s_longest = s_keywords.Keys.Max(k => k.Length);

    public static Keyword Find(ReadOnlySpan<char> word) =>
        word.Length <= s_longest && s_lookup.TryGetValue(word, out var keyword) ? keyword : Keyword.None;

    /// <summary>The keyword as written in SQL: <c>CurrentDate</c> is <c>CURRENT_DATE</c>.</summary>
    public static string Spell(Keyword keyword)
    {
        var name = keyword.ToString();
        var text = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(name[i]))
                text.Append('_');
            text.Append(char.ToUpperInvariant(name[i]));
        }

        return text.ToString();
    }
}
