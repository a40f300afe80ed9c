using System.Globalization;
using System.Numerics;

namespace Micromegas.Conformance.Differential;

/// <summary>Compares the answers of two engines: whole numbers exactly, others to ten digits, rows in any order unless the statement orders them.</summary>
internal static class RowComparison
{
    /// <summary>What differs; null when nothing does.</summary>
    public static string? Difference(IReadOnlyList<object?[]> ours, IReadOnlyList<object?[]> theirs, bool isOrdered)
    {
        if (ours.Count != theirs.Count)
        {
            return $"{ours.Count} rows, not {theirs.Count}";
        }
        if (!isOrdered)
        {
            ours = Sorted(ours);
            theirs = Sorted(theirs);
        }
        for (var i = 0; i < ours.Count; i++)
        {
            if (!AreEqual(ours[i], theirs[i]))
            {
                return isOrdered || !ArePermuted(ours, theirs) ? $"row {i}: {Text(ours[i])}, not {Text(theirs[i])}" : null;
            }
        }
        return null;
    }

    public static string Text(object?[] row) => string.Join(" | ", row.Select(Text));

    private static object?[][] Sorted(IReadOnlyList<object?[]> rows) =>
        [.. rows.OrderBy(static row => string.Join('|', row.Select(SortText)), StringComparer.Ordinal)];

    /// <summary>Rows that sort differently because their numbers differ in the last digits.</summary>
    private static bool ArePermuted(IReadOnlyList<object?[]> ours, IReadOnlyList<object?[]> theirs)
    {
        var left = theirs.ToList();
        foreach (var row in ours)
        {
            var index = left.FindIndex(other => AreEqual(row, other));
            if (index < 0)
            {
                return false;
            }
            left.RemoveAt(index);
        }
        return true;
    }

    private static bool AreEqual(object?[] ours, object?[] theirs) => ours.Length == theirs.Length && ours.Zip(theirs).All(static pair => AreEqual(pair.First, pair.Second));

    private static bool AreEqual(object? ours, object? theirs)
    {
        if (ours is null || theirs is null)
        {
            return ours is null && theirs is null;
        }
        if (Whole(ours) is { } x && Whole(theirs) is { } y)
        {
            return x == y;
        }
        if (Number(ours) is { } a && Number(theirs) is { } b)
        {
            return a == b || (double.IsNaN(a) && double.IsNaN(b)) || Math.Abs(a - b) <= 1e-10 * Math.Max(Math.Abs(a), Math.Abs(b)) || Math.Abs(a - b) < 1e-11;
        }
        return ours.Equals(theirs);
    }

    private static BigInteger? Whole(object value) => value switch
    {
        sbyte or short or int or long or byte or ushort or uint or ulong => new BigInteger(Convert.ToDecimal(value, CultureInfo.InvariantCulture)),
        Int128 wide => wide,
        BigInteger big => big,
        _ => null,
    };

    private static double? Number(object value) => value switch
    {
        double number => number,
        float number => number,
        decimal number => (double)number,
        _ => (double?)Whole(value),
    };

    private static string SortText(object? value) => value is not null && Number(value) is { } number ? (number == 0 ? "0" : number.ToString("E6", CultureInfo.InvariantCulture)) : Text(value);

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        TimeValue time => FuzzTable.Instant(time.Microseconds),
        string text => $"'{text}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
