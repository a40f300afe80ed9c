using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>
/// Collects the first values, in the order of a <see cref="ScanBound"/>, of rows that a scan would deliver: once there are as many as the top-n wants, the bound is known
/// before any other column is read.
/// </summary>
internal sealed class BoundCandidates(ScanBound bound) : IDisposable
{
    private readonly AccessScratch scratch = new();
    private readonly long[] values = new long[2 * bound.RowsWanted];
    private int count;

    /// <summary>Adds the values of some rows.</summary>
    /// <returns>The first of them in the order wanted; null when it is not known, or when all are null.</returns>
    public long? Add(Vector column, Selection? selection, int rows)
    {
        var access = VectorAccess.Of(column, scratch);
        return access.Plain switch
        {
            FlatVector<long> flat => Add(access, flat, selection, rows),
            FlatVector<int> flat => Add(access, flat, selection, rows),
            _ => null,
        };
    }

    /// <summary>Offers what was collected since the last time.</summary>
    public void Publish()
    {
        bound.Offer(values.AsSpan(0, count));
        count = 0;
    }

    public void Dispose() => scratch.Dispose();

    private long? Add<T>(in VectorAccess access, FlatVector<T> flat, Selection? selection, int rows)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        long? first = null;
        var selected = selection?.Count ?? rows;
        for (var i = 0; i < selected; i++)
        {
            var row = selection is null ? i : selection.Span[i];
            if (access.MayHaveNulls && access.IsNull(row))
            {
                if (bound.NullsFirst)
                {
                    return null;
                }
                continue;
            }
            var value = long.CreateTruncating(flat[access.IndexOf(row)]);
            if (first is not { } known || bound.IsBehind(known, value))
            {
                first = value;
            }
            if (count == values.Length)
            {
                Publish();
            }
            values[count++] = value;
        }
        return first;
    }
}
