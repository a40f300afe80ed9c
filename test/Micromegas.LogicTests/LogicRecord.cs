namespace Micromegas.LogicTests;

/// <summary>One record of an <c>.slt</c> file.</summary>
/// <param name="Line">Line of its directive, from 1.</param>
/// <param name="Sql">The statement.</param>
internal abstract record LogicRecord(int Line, string Sql);

/// <summary><c>statement ok</c>: makes or fills a table of the file.</summary>
internal sealed record SetupRecord(int Line, string Sql) : LogicRecord(Line, Sql);

/// <summary><c>statement error STATE</c>: the statement is refused with this SqlState, or one that begins so.</summary>
internal sealed record ErrorRecord(int Line, string Sql, string SqlState) : LogicRecord(Line, Sql);

/// <summary><c>query TYPES [rowsort]</c>: the statement gives these rows.</summary>
/// <param name="Line">Line of its directive, from 1.</param>
/// <param name="Sql">The statement.</param>
/// <param name="Types">A letter a column: see <see cref="LogicValue"/>.</param>
/// <param name="Sorted">Whether the rows may come in any order; both sides are sorted then.</param>
/// <param name="Rows">The expected rows, values as in the file.</param>
internal sealed record QueryRecord(int Line, string Sql, string Types, bool Sorted, IReadOnlyList<string[]> Rows) : LogicRecord(Line, Sql);
