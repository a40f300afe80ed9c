using System.Numerics;
using System.Runtime.Intrinsics;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>Drops rows that a top-n above has no use for any more, by the one column that its <see cref="ScanBound"/> is about.</summary>
internal sealed unsafe class BoundFilter(ScanBound bound) : IDisposable
{
    private readonly AccessScratch scratch = new();

    public int TableOrdinal => bound.TableOrdinal;

    public bool IsDescending => bound.Descending;

    /// <summary>Puts the rows that may be wanted into <paramref name="result"/> and gives their number.</summary>
    public int Filter(Vector values, int count, Selection result)
    {
        var access = VectorAccess.Of(values, scratch);
        result.Count = bound.Value is not { } limit ? -1 : access.Plain switch
        {
            FlatVector<long> flat when limit >= long.MinValue && limit <= long.MaxValue => Filter(access, flat, (long)limit, count, result),
            FlatVector<int> flat when limit >= int.MinValue && limit <= int.MaxValue => Filter(access, flat, (int)limit, count, result),
            _ => -1,
        };
        if (result.Count < 0)
        {
            result.Count = count;
            for (var row = 0; row < count; row++)
            {
                result.Rows[row] = row;
            }
        }
        return result.Count;
    }

    public void Dispose() => scratch.Dispose();

    private int Filter<T>(in VectorAccess access, FlatVector<T> flat, T limit, int count, Selection result)
        where T : unmanaged, IComparable<T>
    {
        var kept = 0;
        var row = 0;
        if (Vector512.IsHardwareAccelerated && access.IsDirect && !access.MayHaveNulls)
        {
            // Few rows or none are wanted of most batches.
            var limits = Vector512.Create(limit);
            for (; row <= count - Vector512<T>.Count; row += Vector512<T>.Count)
            {
                var values = Vector512.Load(flat.Values + row);
                var wanted = (bound.Descending ? Vector512.GreaterThanOrEqual(values, limits) : Vector512.LessThanOrEqual(values, limits)).ExtractMostSignificantBits();
                for (; wanted != 0; wanted &= wanted - 1)
                {
                    result.Rows[kept++] = row + BitOperations.TrailingZeroCount(wanted);
                }
            }
        }
        for (; row < count; row++)
        {
            result.Rows[kept] = row;
            bool isWanted;
            if (access.MayHaveNulls && access.IsNull(row))
            {
                isWanted = bound.NullsFirst;
            }
            else
            {
                var order = flat[access.IndexOf(row)].CompareTo(limit);
                isWanted = bound.Descending ? order >= 0 : order <= 0;
            }
            kept += isWanted ? 1 : 0;
        }
        return kept;
    }
}
