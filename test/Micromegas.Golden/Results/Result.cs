using System.Data.Common;
using Micromegas.Golden.Answers;

namespace Micromegas.Golden.Results;

/// <summary>What a statement gave when we ran it: columns and rows, or the exception that it ended with.</summary>
internal sealed record Result
{
    public IReadOnlyList<AnswerColumn> Columns { get; init; } = [];

    public IReadOnlyList<object?[]> Rows { get; init; } = [];

    public Exception? Exception { get; init; }

    /// <summary>The class of the refusal; null when there was none, or when the exception is no refusal of the statement.</summary>
    public Refusal? Refusal => Exception is DbException { SqlState: { Length: 5 } state } ? ClassOf(state) : null;

    private static Refusal? ClassOf(string state) => state switch
    {
        "42601" => Answers.Refusal.Syntax,
        "0A000" or "25006" => Answers.Refusal.Unsupported,
        _ when state.StartsWith("42", StringComparison.Ordinal) => Answers.Refusal.Bind,
        _ when state.StartsWith("22", StringComparison.Ordinal) => Answers.Refusal.Data,
        _ => null,
    };
}
