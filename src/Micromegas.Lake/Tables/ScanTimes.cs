using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Micromegas.Parquet;

namespace Micromegas.Lake.Tables;

/// <summary>What a scan's query range and predicates say of the view's time columns.</summary>
/// <param name="Filter">The query range: rows that do not pass must not be delivered.</param>
/// <param name="Wanted">Event times that both the range and the predicates allow.</param>
/// <param name="Predicates">Per time column what the predicates allow; the engine filters again.</param>
internal sealed record ScanTimes(TimeFilter Filter, TimeRange Wanted, IReadOnlyList<(int Column, TimeRange Range)> Predicates)
{
    public static ScanTimes Create(ViewDefinition view, ScanRequest request)
    {
        TimeFilter filter = TimeFilter.Create(view, request.Context.Range);
        var predicates = new List<(int Column, TimeRange Range)>();
        TimeRange wanted = request.Context.Range;
        for (int i = 0; i < view.Schema.Count; i++)
        {
            if (view.Schema[i].Type.Kind != TypeKind.Timestamp)
            {
                continue;
            }
            TimeRange range = PredicateRange.Of(request.Predicates, request.TableColumns[i]);
            if (range.IsAll)
            {
                continue;
            }
            predicates.Add((i, range));

            // A row's earlier time bounds from above only, its later one from below.
            wanted = wanted.Intersect(new TimeRange(i == filter.MaxColumn ? range.Begin : null, i == filter.MinColumn ? range.End : null));
        }
        return new ScanTimes(filter, wanted, predicates);
    }

    /// <summary>Both ends included; null for all times.</summary>
    public LakeTimeRange? WantedRange => ToLakeRange(Wanted);

    /// <summary>
    /// Which partitions can hold rows by their recorded event times. Upstream records the first and last event of a block instead of the least and greatest and
    /// accepts what the query range loses by that; predicates must not lose rows, so there only our own records count (spec/lakehouse.md §3.17).
    /// </summary>
    public LakeTimeRange? ForPartitions(LakeSharing sharing) =>
        sharing == LakeSharing.Exclusive ? WantedRange : ToLakeRange(new TimeRange(Filter.Begin, Filter.End));

    /// <summary>Whether a row group can hold rows that are wanted.</summary>
    public bool MayMatch(ParquetFile file, ParquetRowGroup group, ViewDefinition view)
    {
        foreach ((int column, TimeRange range) in Predicates)
        {
            if (!MayMatch(Bounds(file, group, view, column), range))
            {
                return false;
            }
        }
        return MayMatch(Bounds(file, group, view, Filter.MinColumn), new TimeRange(null, Filter.End))
            && MayMatch(Bounds(file, group, view, Filter.MaxColumn), new TimeRange(Filter.Begin, null));
    }

    /// <summary>The filter that a row group still needs: none when all of its rows lie in the query range.</summary>
    public TimeFilter FilterFor(ParquetFile file, ParquetRowGroup group, ViewDefinition view)
    {
        (long? Min, long? Max, bool HasNulls) low = Bounds(file, group, view, Filter.MinColumn);
        (long? Min, long? Max, bool HasNulls) high = Bounds(file, group, view, Filter.MaxColumn);
        return Filter with
        {
            End = !low.HasNulls && low.Max <= Filter.End ? null : Filter.End,
            Begin = !high.HasNulls && high.Min >= Filter.Begin ? null : Filter.Begin,
        };
    }

    private static bool MayMatch((long? Min, long? Max, bool HasNulls) bounds, TimeRange range) =>
        !(bounds.Min > range.End) && !(bounds.Max < range.Begin);

    private static (long? Min, long? Max, bool HasNulls) Bounds(ParquetFile file, ParquetRowGroup group, ViewDefinition view, int column)
    {
        int ordinal = file.Schema.IndexOf(view.Schema[column].Name);
        if (ordinal < 0)
        {
            return (null, null, true);
        }
        ColumnStatistics statistics = group.Columns[ordinal].Statistics;
        return (statistics.Min?.Value as long?, statistics.Max?.Value as long?, file.Schema[ordinal].Nullable && statistics.NullCount != 0);
    }

    private static LakeTimeRange? ToLakeRange(TimeRange range) =>
        range.IsAll ? null : new LakeTimeRange(range.Begin ?? long.MinValue, range.End ?? long.MaxValue);
}
