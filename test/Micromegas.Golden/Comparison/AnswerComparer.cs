using System.Data.Common;
using System.Globalization;
using System.Numerics;
using Micromegas.Golden.Answers;
using Micromegas.Golden.Results;

namespace Micromegas.Golden.Comparison;

/// <summary>Compares what we answered with what is recorded, strictly by the rules of test/golden/README.md.</summary>
internal static class AnswerComparer
{
    public static Judgement Compare(Answer expected, Result actual)
    {
        if (actual.Exception is { } exception and not DbException)
        {
            return new(Verdict.Broken, $"{exception.GetType().Name}: {exception.Message}");
        }

        if (expected.Compare == CompareRule.Refused)
        {
            return CompareRefusal(expected, actual);
        }

        if (actual.Exception is DbException error)
        {
            return Judgement.Different($"error {error.SqlState}: {error.Message}");
        }

        return CompareColumns(expected, actual) ?? CompareRows(expected, actual) ?? Judgement.Same;
    }

    private static Judgement CompareRefusal(Answer expected, Result actual)
    {
        if (actual.Exception is not DbException error)
        {
            return new(Verdict.Answered, $"upstream refuses it ({expected.Error}), we give {actual.Rows.Count} rows");
        }

        if (actual.Refusal is not { } refusal)
        {
            return Judgement.Different($"expected a refusal ({expected.Error}), got error {error.SqlState}: {error.Message}");
        }

        if (refusal == expected.Error)
        {
            return Judgement.Same;
        }

        var difference = $"expected class {expected.Error}, got {refusal}: {error.Message}";
        return refusal == Refusal.Syntax || expected.Error == Refusal.Syntax
            ? Judgement.Different(difference)
            : new(Verdict.RefusedOtherwise, difference);
    }

    private static Judgement? CompareColumns(Answer expected, Result actual)
    {
        if (expected.Columns.Count != actual.Columns.Count)
        {
            return Judgement.Different($"expected {expected.Columns.Count} columns ({string.Join(", ", expected.Columns)}), got {actual.Columns.Count} ({string.Join(", ", actual.Columns)})");
        }

        for (var i = 0; i < expected.Columns.Count; i++)
        {
            if (expected.Columns[i] != actual.Columns[i])
            {
                return Judgement.Different($"column {i}: expected {expected.Columns[i]}, got {actual.Columns[i]}");
            }
        }

        return null;
    }

    private static Judgement? CompareRows(Answer expected, Result actual)
    {
        if (expected.RowCount != actual.Rows.Count)
        {
            return Judgement.Different($"expected {expected.RowCount} rows, got {actual.Rows.Count}");
        }

        var tolerance = Tolerance.For(expected.Sql);
        switch (expected.Compare)
        {
            case CompareRule.Shape:
                return null;
            case CompareRule.Set:
                return CompareSets(expected, actual, tolerance);
            default:
                for (var row = 0; row < expected.Rows.Count; row++)
                {
                    for (var column = 0; column < expected.Columns.Count; column++)
                    {
                        var (left, right) = (expected.Rows[row][column], actual.Rows[row][column]);
                        if (!Equal(left, right, tolerance))
                        {
                            return Judgement.Different($"row {row}, column {expected.Columns[column].Name}: expected {Show(left)}, got {Show(right)}");
                        }
                    }
                }

                return null;
        }
    }

    // Answers hold at most 300 rows, so each expected row may simply look for a partner.
    private static Judgement? CompareSets(Answer expected, Result actual, Tolerance tolerance)
    {
        var free = actual.Rows.ToList();
        foreach (var row in expected.Rows)
        {
            var partner = free.FindIndex(candidate => Equal(row, candidate, tolerance));
            if (partner < 0)
            {
                return Judgement.Different($"no row {Show(row)}; left over: {(free.Count > 0 ? Show(free[0]) : "none")}");
            }

            free.RemoveAt(partner);
        }

        return null;
    }

    private static bool Equal(object? expected, object? actual, Tolerance tolerance) => (expected, actual) switch
    {
        (null, null) => true,
        (double left, double right) => tolerance.Accepts(left, right),
        (Int128 left, Int128 right) => tolerance.Accepts(left, right),
        (object?[] left, object?[] right) => left.Length == right.Length && left.Zip(right).All(pair => Equal(pair.First, pair.Second, tolerance)),
        (not null, not null) => expected.Equals(actual),
        _ => false,
    };

    private static string Show(object? value) => value switch
    {
        null => "NULL",
        string text => $"'{(text.Length > 200 ? text[..200] + "…" : text)}'",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        Int128 or BigInteger => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        object?[] items => $"[{string.Join(", ", items.Select(Show))}]",
        _ => value.ToString() ?? "",
    };
}
