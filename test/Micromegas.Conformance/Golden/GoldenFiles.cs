using Micromegas.Golden.Answers;
using Micromegas.Golden.Results;
using Micromegas.Testing;

namespace Micromegas.Conformance.Golden;

/// <summary>The checked-in answer files, read once.</summary>
internal static class GoldenFiles
{
    private static readonly Lazy<IReadOnlyList<Answer>> All = new(() =>
        [.. Read("expressions.jsonl.gz"), .. Read("lake.jsonl.gz"), .. Read(Path.Combine("ingest", "answers.jsonl.gz"))]);

    public static IReadOnlyList<Answer> Answers => All.Value;

    /// <summary>What a program that answers exactly as recorded would give.</summary>
    public static Result Perfect(Answer answer) => answer.Error is { } error
        ? new Result { Exception = new RecordedRefusal(error) }
        : new Result
        {
            Columns = [.. answer.Columns],
            // Some rules record fewer rows than there are; the others are not looked at.
            Rows = [.. answer.Rows.Select(row => (object?[])row.Clone()), .. Enumerable.Repeat(Array.Empty<object?>(), (int)answer.RowCount - answer.Rows.Count)],
        };

    private static IReadOnlyList<Answer> Read(string file) => AnswerFile.Read(Repository.PathOf("test", "golden", file));
}
