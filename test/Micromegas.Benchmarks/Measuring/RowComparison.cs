using System.Globalization;
using Micromegas.Benchmarks.Statements;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>Whether two engines gave the same answer; a race between different answers would prove nothing.</summary>
internal static class RowComparison
{
    /// <summary>The first difference in words; null when there is none.</summary>
    public static string? Difference(IReadOnlyList<object?[]> ours, IReadOnlyList<object?[]> duckDb, RowCheck check)
    {
        if (ours.Count != duckDb.Count)
        {
            return $"{ours.Count} rows, DuckDB has {duckDb.Count}";
        }

        if (check is RowCheck.AnyOrder or RowCheck.FirstColumnInAnyOrder)
        {
            ours = Sorted(ours);
            duckDb = Sorted(duckDb);
        }

        for (var row = 0; row < ours.Count; row++)
        {
            if (ours[row].Length != duckDb[row].Length)
            {
                return $"{ours[row].Length} columns, DuckDB has {duckDb[row].Length}";
            }

            var columns = check is RowCheck.FirstColumn or RowCheck.FirstColumnInAnyOrder ? 1 : ours[row].Length;
            for (var column = 0; column < columns; column++)
            {
                if (!Equal(ours[row][column], duckDb[row][column]))
                {
                    return $"row {row}, column {column}: {Show(ours[row][column])}, DuckDB has {Show(duckDb[row][column])}";
                }
            }
        }

        return null;
    }

    private static List<object?[]> Sorted(IReadOnlyList<object?[]> rows) =>
        [.. rows.OrderBy(row => string.Join('\u001f', row.Select(Show)), StringComparer.Ordinal)];

    private static bool Equal(object? ours, object? duckDb) => (ours, duckDb) switch
    {
        (null, null) => true,
        (double left, double right) => left.Equals(right) || Math.Abs(left - right) <= 1e-9 * Math.Max(Math.Abs(left), Math.Abs(right)),
        (Int128 left, Int128 right) => left == right,
        (not null, not null) => ours.Equals(duckDb),
        _ => false,
    };

    private static string Show(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "NULL";
}
