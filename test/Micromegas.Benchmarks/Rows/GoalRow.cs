using Micromegas.Benchmarks.Data;
using Micromegas.Benchmarks.Statements;

namespace Micromegas.Benchmarks.Rows;

/// <summary>One row of the table of goals: statements over files, under some setting.</summary>
/// <param name="Name">What <c>--row</c> selects it by.</param>
/// <param name="Title">Title of its table.</param>
/// <param name="Files">The tables.</param>
/// <param name="Statements">What is asked.</param>
internal sealed record GoalRow(string Name, string Title, TableFiles Files, IReadOnlyList<BenchmarkStatement> Statements)
{
    public int Threads { get; init; } = 2;

    /// <summary>Whether files and footers are kept from statement to statement.</summary>
    public bool KeepsFooters { get; init; } = true;

    /// <summary>The goal, in words.</summary>
    public string Goal { get; init; } = "";
}
