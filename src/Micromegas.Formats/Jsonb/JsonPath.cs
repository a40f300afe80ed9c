using System.Text;

namespace Micromegas.Formats;

/// <summary>A compiled JSONPath of the dialect of spec/sql.md §2.6 (lax mode). Immutable and thread-safe.</summary>
public sealed class JsonPath
{
    private readonly JsonPathStep[] steps;
    private readonly JsonPathPredicate? predicate;

    internal JsonPath(JsonPathStep[] steps, JsonPathPredicate? predicate)
    {
        this.steps = steps;
        this.predicate = predicate;
    }

    /// <summary>Compiles a path.</summary>
    /// <exception cref="JsonPathSyntaxException">The text is not a path.</exception>
    public static JsonPath Parse(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Parse(Encoding.UTF8.GetBytes(path));
    }

    /// <summary>Compiles a path from UTF-8.</summary>
    /// <exception cref="JsonPathSyntaxException">The text is not a path.</exception>
    public static JsonPath Parse(ReadOnlySpan<byte> utf8) => new JsonPathParser(utf8).Parse();

    /// <summary>Appends the first match as a document of its own; false when there is none.</summary>
    /// <exception cref="CorruptDataException">The document is damaged.</exception>
    public bool SelectFirst(ReadOnlySpan<byte> document, PooledBuffer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        JsonbValue root = JsonbValue.Open(document);
        JsonPathEvaluator evaluator = new(document, root);
        if (predicate is not null)
        {
            Answer(evaluator.Test(predicate, root), document).WriteDocument(output);
            return true;
        }

        List<JsonPathMatch> matches = [];
        evaluator.Select(steps, root, matches, 1);
        if (matches.Count == 0)
        {
            return false;
        }

        matches[0].In(document).WriteDocument(output);
        return true;
    }

    /// <summary>Adds one array of all matches to <paramref name="builder"/>.</summary>
    /// <exception cref="CorruptDataException">The document is damaged.</exception>
    public void SelectAll(ReadOnlySpan<byte> document, JsonbBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        JsonbValue root = JsonbValue.Open(document);
        JsonPathEvaluator evaluator = new(document, root);
        List<JsonPathMatch> matches = [];
        bool? answer = null;
        if (predicate is not null)
        {
            answer = evaluator.Test(predicate, root);
        }
        else
        {
            evaluator.Select(steps, root, matches, int.MaxValue);
        }

        builder.BeginArray();
        if (predicate is not null)
        {
            builder.AddValue(Answer(answer, document));
        }

        foreach (JsonPathMatch match in matches)
        {
            builder.AddValue(match.In(document));
        }

        builder.EndArray();
    }

    private static JsonbValue Answer(bool? answer, ReadOnlySpan<byte> document) =>
        new(document, answer switch { true => JsonbKind.True, false => JsonbKind.False, null => JsonbKind.Null }, 0, 0);
}

/// <summary>A text is not a JSONPath.</summary>
public sealed class JsonPathSyntaxException : FormatException
{
    /// <summary>Makes an exception without a position.</summary>
    public JsonPathSyntaxException()
    {
    }

    /// <summary>Makes an exception without a position.</summary>
    public JsonPathSyntaxException(string message) : base(message)
    {
    }

    /// <summary>Makes an exception without a position.</summary>
    public JsonPathSyntaxException(string message, Exception? innerException) : base(message, innerException)
    {
    }

    internal JsonPathSyntaxException(string message, int position) : base($"{message} at byte {position}")
    {
        Position = position;
    }

    /// <summary>Byte of the path where the fault was noticed.</summary>
    public int Position { get; }
}
