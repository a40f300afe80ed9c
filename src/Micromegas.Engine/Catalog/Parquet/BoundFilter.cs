using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>Drops rows that a top-n above has no use for any more, by the one column that its <see cref="ScanBound"/> is about.</summary>
internal sealed unsafe class BoundFilter(ScanBound bound) : IDisposable
{
    private readonly AccessScratch scratch = new();

    public int TableOrdinal => bound.TableOrdinal;

    /// <summary>Whether a row with such a value is not wanted any more.</summary>
    public bool Excludes(long value) => bound.Value is { } limit && bound.IsBehind(value, limit);

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
        for (var row = 0; row < count; row++)
        {
            result.Rows[kept] = row;
            bool wanted;
            if (access.MayHaveNulls && access.IsNull(row))
            {
                wanted = bound.NullsFirst;
            }
            else
            {
                var order = flat[access.IndexOf(row)].CompareTo(limit);
                wanted = bound.Descending ? order >= 0 : order <= 0;
            }
            kept += wanted ? 1 : 0;
        }
        return kept;
    }
}
