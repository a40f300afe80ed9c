using System.Globalization;
using Micromegas.Columnar;

namespace Micromegas.Engine.Catalog;

/// <summary>The smallest and largest value of a column in a piece of a scan.</summary>
/// <param name="Min">No value is below.</param>
/// <param name="Max">No value is above.</param>
/// <param name="MayHaveNulls">Whether there may be nulls too.</param>
public readonly record struct ValueRange(Scalar Min, Scalar Max, bool MayHaveNulls);

/// <summary>
/// What a top-n above a scan knows while it runs: rows whose value of one column lies behind <see cref="Value"/> in the order wanted cannot be in the
/// result any more. A scan may leave out such rows, and reads what promises the first rows first. Only columns of integers and times. Thread-safe.
/// </summary>
public sealed class ScanBound
{
    private readonly Lock gate = new();
    private readonly List<long> offered = [];
    private volatile object? value;

    /// <param name="tableOrdinal">The column, in the table's schema.</param>
    /// <param name="descending">Whether large values come first.</param>
    /// <param name="nullsFirst">Whether nulls come first.</param>
    public ScanBound(int tableOrdinal, bool descending, bool nullsFirst)
    {
        TableOrdinal = tableOrdinal;
        Descending = descending;
        NullsFirst = nullsFirst;
    }

    public int TableOrdinal { get; }

    public bool Descending { get; }

    public bool NullsFirst { get; }

    /// <summary>The last value that can still be in the result; <see langword="null"/> while nothing is known.</summary>
    public Int128? Value => (Int128?)value;

    /// <summary>
    /// Rows that the top-n keeps, when every row that the scan delivers reaches it and they are few: then a scan may <see cref="Offer"/> what it finds. 0 otherwise.
    /// </summary>
    public int RowsWanted { get; init; }

    /// <summary>Whether columns of a type can be bounded.</summary>
    public static bool IsSupported(DataType type) =>
        type.IsInteger || type.IsTemporal || type.Kind == TypeKind.Duration;

    /// <summary>Moves the bound to a value, if that is tighter.</summary>
    public void Tighten(Scalar bound)
    {
        if (ToNumber(bound) is { } number)
        {
            lock (gate)
            {
                Tighten(number);
            }
        }
    }

    /// <summary>Adds values of rows that the scan would deliver, each row's at most once; as soon as there are enough, they bound the rest.</summary>
    public void Offer(ReadOnlySpan<long> values)
    {
        if (RowsWanted == 0)
        {
            return;
        }
        lock (gate)
        {
            offered.AddRange(values);
            if (offered.Count < RowsWanted)
            {
                return;
            }
            offered.Sort();
            if (Descending)
            {
                offered.Reverse();
            }
            offered.RemoveRange(RowsWanted, offered.Count - RowsWanted);
            Tighten(offered[^1]);
        }
    }

    private void Tighten(Int128 number)
    {
        if (Value is not { } known || IsBehind(known, number))
        {
            value = number;
        }
    }

    /// <summary>Whether a piece with such values has only rows that cannot be in the result.</summary>
    public bool Excludes(ValueRange range) =>
        Value is { } bound
        && !(range.MayHaveNulls && NullsFirst)
        && ToNumber(Descending ? range.Max : range.Min) is { } best
        && IsBehind(best, bound);

    /// <summary>Whether a value cannot be in the result.</summary>
    public bool IsBehind(Int128 candidate, Int128 bound) => Descending ? candidate < bound : candidate > bound;

    /// <summary>Puts the pieces that promise the first rows first; those of unknown range before all others.</summary>
    public IReadOnlyList<Morsel> Order(IEnumerable<Morsel> morsels)
    {
        var known = morsels.Select(morsel => (Morsel: morsel, Best: Best(morsel))).ToArray();
        return
        [
            .. known.Where(static item => item.Best is null).Select(static item => item.Morsel),
            .. (Descending ? known.Where(static item => item.Best is not null).OrderByDescending(static item => item.Best)
                : known.Where(static item => item.Best is not null).OrderBy(static item => item.Best)).Select(static item => item.Morsel),
        ];
    }

    private Int128? Best(Morsel morsel) =>
        morsel.RangeOf(TableOrdinal) is { } range && !(range.MayHaveNulls && NullsFirst) ? ToNumber(Descending ? range.Max : range.Min) : null;

    /// <summary>A value of a supported type as a number; null for none.</summary>
    internal static Int128? ToNumber(Scalar scalar) => scalar.Value switch
    {
        null => null,
        ulong number => number,
        Int128 or bool or string or byte[] or float or double or Half => null,
        IConvertible number => number.ToInt64(CultureInfo.InvariantCulture),
        _ => null,
    };
}
