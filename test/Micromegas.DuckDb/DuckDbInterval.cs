namespace Micromegas.DuckDb;

/// <summary>An interval's three independent parts.</summary>
public readonly record struct DuckDbInterval(int Months, int Days, long Microseconds);
