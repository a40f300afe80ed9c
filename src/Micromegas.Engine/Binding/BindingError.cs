using System.Diagnostics.CodeAnalysis;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Errors of the binder, with the place in the text and the nearest name.</summary>
internal sealed class BindingError(string sql)
{
    public EngineException At(SyntaxNode node, string sqlState, string message, string? hint = null) => At(node.Span, sqlState, message, hint);

    public EngineException At(SourceSpan span, string sqlState, string message, string? hint = null)
    {
        var (line, column) = Position(span.Start);
        return new EngineException(sqlState, message) { Line = line, Column = column, Hint = hint };
    }

    /// <summary>An error of a function or cast that knows no place, put at the node that called it.</summary>
    public EngineException Locate(EngineException error, SyntaxNode node)
    {
        if (error.Line != 0)
        {
            return error;
        }
        var (line, column) = Position(node.Span.Start);
        return new EngineException(error.SqlState, error.Message, error) { Line = line, Column = column, Hint = error.Hint };
    }

    public EngineException Unsupported(SyntaxNode node, string what) => At(node, SqlState.FeatureNotSupported, $"{what} is not supported.");

    /// <summary>"Did you mean …" for the candidate that takes the fewest edits, if it is near enough.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static string? Nearest(string? name, IEnumerable<string> candidates)
    {
        if (name is null)
        {
            return null;
        }
        string? best = null;
        var bestDistance = (name.Length / 3) + 2;
        foreach (var candidate in candidates)
        {
            var distance = EditDistance(name, candidate);
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }
        return best is null ? "" : $"Did you mean '{best}'?";
    }

    private (int Line, int Column) Position(int offset)
    {
        offset = Math.Min(offset, sql.Length);
        var line = 1;
        var start = 0;
        for (var i = 0; i < offset; i++)
        {
            if (sql[i] == '\n')
            {
                line++;
                start = i + 1;
            }
        }
        return (line, offset - start + 1);
    }

    private static int EditDistance(string a, string b)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
            }
            (previous, current) = (current, previous);
        }
        return previous[b.Length];
    }
}
