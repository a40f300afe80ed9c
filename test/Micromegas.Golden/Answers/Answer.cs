namespace Micromegas.Golden.Answers;

/// <summary>A recorded statement with upstream's answer: columns and rows, or the class of its refusal.</summary>
internal sealed record Answer
{
    public required string Id { get; init; }

    public required string Group { get; init; }

    public required string Sql { get; init; }

    /// <summary>Begin of the query range, ISO 8601; null for no range.</summary>
    public string? Begin { get; init; }

    /// <summary>End of the query range, ISO 8601; null for no range.</summary>
    public string? End { get; init; }

    public required CompareRule Compare { get; init; }

    public Refusal? Error { get; init; }

    public IReadOnlyList<AnswerColumn> Columns { get; init; } = [];

    public long RowCount { get; init; }

    /// <summary>Values in the form of <see cref="RecordedValue"/>; may be fewer than <see cref="RowCount"/>.</summary>
    public IReadOnlyList<object?[]> Rows { get; init; } = [];
}
