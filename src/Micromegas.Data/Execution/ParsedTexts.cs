using System.Collections.Concurrent;
using Micromegas.Engine;
using Micromegas.Sql.Syntax;

namespace Micromegas.Data.Execution;

/// <summary>
/// The statements of texts that were parsed before. Syntax trees are immutable and depend on nothing but the text, so that they never become stale;
/// programs repeat a handful of texts.
/// </summary>
internal static class ParsedTexts
{
    private const int MostTexts = 512;

    // Longer texts are generated (lists of values) and seldom come twice.
    private const int LongestText = 16 * 1024;
    private static readonly ConcurrentDictionary<string, IReadOnlyList<Statement>> Cache = new(StringComparer.Ordinal);

    /// <exception cref="EngineException">The text does not parse (42601).</exception>
    internal static IReadOnlyList<Statement> Parse(string sql)
    {
        if (Cache.TryGetValue(sql, out var statements))
        {
            return statements;
        }

        statements = SqlEngine.Parse(sql);
        if (sql.Length <= LongestText)
        {
            // Texts with their values written in would fill the cache with what is never asked again: then it starts anew.
            if (Cache.Count >= MostTexts)
            {
                Cache.Clear();
            }

            Cache[sql] = statements;
        }

        return statements;
    }
}
