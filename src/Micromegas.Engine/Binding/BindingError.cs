using Micromegas.Engine.Functions;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Errors of the binder, with the place in the text and a hint: the nearest name, the candidates, or what to write instead.</summary>
/// <param name="sql">The text.</param>
/// <param name="fixedPlace">Where all errors are said to be: for a text that the user did not write here (a view, a macro).</param>
internal sealed class BindingError(string sql, TextPlace? fixedPlace = null)
{
    /// <summary>Names that a hint lists when none is near.</summary>
    private const int Listed = 8;

    private int[]? lineStarts;

    public EngineException At(SyntaxNode node, string sqlState, string message, string? hint = null) => At(node.Span, sqlState, message, hint);

    public EngineException At(SourceSpan span, string sqlState, string message, string? hint = null) =>
        PlaceOf(span).Locate(new EngineException(sqlState, message) { Hint = hint });

    /// <summary>An error of a function or cast that knows no place, put at the node that called it.</summary>
    public EngineException Locate(EngineException error, SyntaxNode node) => PlaceOf(node.Span).Locate(error);

    public EngineException Unsupported(SyntaxNode node, string what, string? hint = null) => At(node, SqlState.FeatureNotSupported, $"{what} is not supported.", hint);

    /// <summary>Where a node starts.</summary>
    public TextPlace PlaceOf(SyntaxNode node) => PlaceOf(node.Span);

    /// <summary>"Did you mean …" for the candidate that takes the fewest edits, if it is near enough; else the candidates, or <paramref name="otherwise"/>.</summary>
    public static string? Nearest(string? name, IEnumerable<string> candidates, string? otherwise = null)
    {
        if (name is null)
        {
            return otherwise;
        }
        var names = candidates.Distinct().ToList();
        string? best = null;
        // One edit in three letters, or else another name that the name is a part of.
        var bestDistance = Math.Max(1, (name.Length + 2) / 3) + 1;
        foreach (var candidate in names)
        {
            var distance = EditDistance.Between<char>(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < bestDistance && distance < Math.Max(name.Length, candidate.Length))
            {
                (best, bestDistance) = (candidate, distance);
            }
        }
        best ??= name.Length > 2 ? names.Find(candidate => candidate.Contains(name, StringComparison.OrdinalIgnoreCase)) : null;
        return best is not null ? $"Did you mean '{best}'?" : otherwise ?? Candidates(names);
    }

    /// <summary>A list of what there is; null when there is nothing.</summary>
    public static string? Candidates(IReadOnlyCollection<string> names) => names.Count == 0
        ? null
        : $"Candidates: {string.Join(", ", names.Take(Listed))}{(names.Count > Listed ? ", …" : ".")}";

    private TextPlace PlaceOf(SourceSpan span)
    {
        if (fixedPlace is { } place)
        {
            return place;
        }
        var starts = lineStarts ??= LineStarts();
        var offset = Math.Min(span.Start, sql.Length);
        var line = Array.BinarySearch(starts, offset);
        line = line < 0 ? ~line - 1 : line;
        return new TextPlace(line + 1, offset - starts[line] + 1);
    }

    private int[] LineStarts()
    {
        var starts = new List<int> { 0 };
        for (var i = sql.IndexOf('\n', StringComparison.Ordinal); i >= 0; i = sql.IndexOf('\n', i + 1))
        {
            starts.Add(i + 1);
        }
        return [.. starts];
    }
}
