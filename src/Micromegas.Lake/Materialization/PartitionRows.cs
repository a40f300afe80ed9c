using System.Runtime.InteropServices;
using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization;

/// <summary>Rows on their way into a partition file.</summary>
/// <param name="Rows">The view's columns; null when a source gave none.</param>
/// <param name="Times">First and last event time that the rows contribute to the partition's record; null without rows.</param>
/// <param name="Owner">Frees the rows; null where they are borrowed until the next ones are asked for.</param>
internal readonly record struct PartitionRows(Batch? Rows, LakeTimeRange? Times, IDisposable? Owner) : IDisposable
{
    /// <summary>Whether these rows have little in common with those before, so that they had better begin a row group.</summary>
    public bool BeginsRowGroup { get; init; }

    /// <summary>Rows whose bounds are those of the view's time columns (spec/lakehouse.md §3.17).</summary>
    public static PartitionRows Measured(ViewDefinition view, Batch rows, IDisposable? owner = null)
    {
        if (rows.SelectedCount == 0)
        {
            return new PartitionRows(null, null, owner);
        }
        LakeTimeRange early = Bounds(rows, view.Schema.IndexOf(view.MinTimeColumn));
        LakeTimeRange late = view.MaxTimeColumn == view.MinTimeColumn ? early : Bounds(rows, view.Schema.IndexOf(view.MaxTimeColumn));
        return new PartitionRows(rows, new LakeTimeRange(early.Begin, late.End), owner);
    }

    public void Dispose() => Owner?.Dispose();

    private static unsafe LakeTimeRange Bounds(Batch rows, int column)
    {
        Vector vector = rows.Columns[column];
        long least = long.MaxValue;
        long greatest = long.MinValue;
        if (rows.Selection is null && vector is FlatVector<long> { MayHaveNulls: false } flat)
        {
            foreach (long time in new ReadOnlySpan<long>(flat.Values, rows.RowCount))
            {
                least = Math.Min(least, time);
                greatest = Math.Max(greatest, time);
            }
            return new LakeTimeRange(least, greatest);
        }
        for (int i = 0; i < rows.SelectedCount; i++)
        {
            int row = rows.Selection is { } selection ? selection.Span[i] : i;
            if (!vector.IsNull(row))
            {
                Vector plain = vector.Resolve(ref row);
                long time = ((FlatVector<long>)plain)[row];
                least = Math.Min(least, time);
                greatest = Math.Max(greatest, time);
            }
        }

        // Rows without any time lie nowhere: any bound is true of them.
        return least > greatest ? new LakeTimeRange(0, 0) : new LakeTimeRange(least, greatest);
    }
}
