using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>
/// The query range as a filter on a view's rows: the earlier time column is at most its end, the later one at least its begin, both included
/// (spec/sql.md §0.2).
/// </summary>
/// <param name="MinColumn">Ordinal in the view's schema of the column compared with <paramref name="End"/>.</param>
/// <param name="MaxColumn">Ordinal of the column compared with <paramref name="Begin"/>; often the same.</param>
/// <param name="Begin">Nanoseconds since 1970 UTC; null for no bound.</param>
/// <param name="End">Nanoseconds since 1970 UTC; null for no bound.</param>
internal readonly record struct TimeFilter(int MinColumn, int MaxColumn, long? Begin, long? End)
{
    public static TimeFilter Create(ViewDefinition view, TimeRange range) =>
        new(view.Schema.IndexOf(view.MinTimeColumn), view.Schema.IndexOf(view.MaxTimeColumn), range.Begin, range.End);

    public bool IsOpen => Begin is null && End is null;

    public LakeTimeRange Range => new(Begin ?? long.MinValue, End ?? long.MaxValue);

    /// <summary>Ordinals of the columns that the filter looks at.</summary>
    public IEnumerable<int> Columns
    {
        get
        {
            if (End is not null)
            {
                yield return MinColumn;
            }
            if (Begin is not null && (End is null || MaxColumn != MinColumn))
            {
                yield return MaxColumn;
            }
        }
    }

    /// <summary>Selects the rows that pass. Nulls do not.</summary>
    public unsafe void Apply(Vector? minTimes, Vector? maxTimes, int rows, Selection into)
    {
        int* selected = into.Rows;
        int count = 0;
        for (int row = 0; row < rows; row++)
        {
            selected[count] = row;
            bool passes = (End is not { } end || (!minTimes!.IsNull(row) && Time(minTimes, row) <= end))
                && (Begin is not { } begin || (!maxTimes!.IsNull(row) && Time(maxTimes, row) >= begin));
            count += passes ? 1 : 0;
        }
        into.Count = count;
    }

    private static unsafe long Time(Vector vector, int row)
    {
        if (vector is FlatVector<long> flat)
        {
            return flat.Values[row];
        }
        Vector plain = vector.Resolve(ref row);
        return ((FlatVector<long>)plain).Values[row];
    }
}
