using System.Runtime.Intrinsics;

namespace Micromegas.Engine.Functions;

/// <summary>Times mostly come in order: many rows in a row lie in the same bin, or none, and comparing tells how many.</summary>
internal static unsafe class BinRows
{
    /// <summary>Gives rows the value of their bin, up to the first whose time lies outside.</summary>
    /// <param name="times">The times.</param>
    /// <param name="results">Gets the value.</param>
    /// <param name="row">The first row.</param>
    /// <param name="count">All rows.</param>
    /// <param name="low">The first time of the bin.</param>
    /// <param name="high">Its last.</param>
    /// <param name="value">The value.</param>
    /// <returns>The first row that is not in the bin.</returns>
    public static int Fill(long* times, long* results, int row, int count, long low, long high, long value)
    {
        // Where every row has a bin of its own, the first comparison ends the work.
        if (row < count && times[row] >= low && times[row] <= high)
        {
            var lows = Vector256.Create(low);
            var highs = Vector256.Create(high);
            var values = Vector256.Create(value);
            for (; row <= count - Vector256<long>.Count; row += Vector256<long>.Count)
            {
                var some = Vector256.Load(times + row);
                if (Vector256.LessThanAny(some, lows) || Vector256.GreaterThanAny(some, highs))
                {
                    break;
                }
                values.Store(results + row);
            }
        }
        for (; row < count && times[row] >= low && times[row] <= high; row++)
        {
            results[row] = value;
        }
        return row;
    }
}
