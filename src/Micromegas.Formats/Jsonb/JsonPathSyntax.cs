namespace Micromegas.Formats;

/// <summary>One accessor of a path.</summary>
internal abstract record JsonPathStep;

internal sealed record MemberStep(byte[] Name) : JsonPathStep;

internal sealed record AllMembersStep : JsonPathStep;

internal sealed record AllElementsStep : JsonPathStep;

internal sealed record IndexStep(IndexRange[] Ranges) : JsonPathStep;

/// <summary><c>.**{min to max}</c>: values at these depths below the item, the item itself being depth 0.</summary>
internal sealed record DescendantsStep(int MinDepth, int MaxDepth) : JsonPathStep;

internal sealed record FilterStep(JsonPathPredicate Predicate) : JsonPathStep;

/// <summary>An index, or a range of them; an end relative to <c>last</c> holds its (non-positive) distance.</summary>
internal readonly record struct IndexRange(IndexBound From, IndexBound To);

internal readonly record struct IndexBound(long Offset, bool FromLast)
{
    public long Resolve(int count) => FromLast ? count - 1 + Offset : Offset;
}

internal abstract record JsonPathPredicate;

internal sealed record LogicalPredicate(bool IsAnd, JsonPathPredicate Left, JsonPathPredicate Right) : JsonPathPredicate;

internal sealed record ComparisonPredicate(JsonPathComparison Operator, JsonPathExpression Left, JsonPathExpression Right) : JsonPathPredicate;

internal sealed record ExistsPredicate(PathExpression Path) : JsonPathPredicate;

internal sealed record StartsWithPredicate(JsonPathExpression Path, byte[] Prefix) : JsonPathPredicate;

internal abstract record JsonPathExpression;

/// <summary>A path from the item under test (<c>@</c>) or from the root (<c>$</c>).</summary>
internal sealed record PathExpression(bool FromRoot, JsonPathStep[] Steps) : JsonPathExpression;

/// <summary>A literal as a scalar JSONB document.</summary>
internal sealed record LiteralExpression(byte[] Document) : JsonPathExpression;

internal sealed record ArithmeticExpression(byte Operator, JsonPathExpression Left, JsonPathExpression Right) : JsonPathExpression;

internal sealed record SignExpression(bool Negative, JsonPathExpression Operand) : JsonPathExpression;

internal enum JsonPathComparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>Place of a matched value in its document.</summary>
internal readonly record struct JsonPathMatch(JsonbKind Kind, int Start, int Length)
{
    public static JsonPathMatch Of(JsonbValue value) => new(value.Kind, value.Start, value.Length);

    public JsonbValue In(ReadOnlySpan<byte> document) => new(document, Kind, Start, Length);
}
