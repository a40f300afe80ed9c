namespace Micromegas.Golden.Answers;

/// <summary>An interval's three independent parts.</summary>
internal readonly record struct IntervalValue(int Months, int Days, long Nanoseconds);
