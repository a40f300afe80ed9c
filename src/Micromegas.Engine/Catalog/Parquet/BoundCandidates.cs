using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Parquet;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>
/// Collects where rows lie that a scan would deliver, with their values in the order of a <see cref="ScanBound"/>: once there are as many as the top-n wants, the bound is
/// known before any other column is read, and so are the few rows that are left to read.
/// </summary>
internal sealed class BoundCandidates(ScanBound bound) : IDisposable
{
    /// <summary>Rows that are kept or left out together: what is remembered stays small, whatever the order of the values.</summary>
    private const int Together = 64;

    private readonly AccessScratch scratch = new();
    private readonly long[] values = new long[2 * bound.RowsWanted];
    private readonly List<Piece> pieces = [];
    private int count;

    /// <summary>Forgets the rows of the row group before.</summary>
    public void Begin() => pieces.Clear();

    /// <summary>Adds rows.</summary>
    /// <param name="column">The column of the bound.</param>
    /// <param name="selection">Rows of it that the scan would deliver; null = all.</param>
    /// <param name="rows">How many it has.</param>
    /// <param name="first">Where the first of them lies in the row group.</param>
    public void Add(Vector column, Selection? selection, int rows, long first)
    {
        var access = VectorAccess.Of(column, scratch);
        switch (access.Plain)
        {
            case FlatVector<long> flat:
                Add(access, flat, selection, rows, first);
                break;
            case FlatVector<int> flat:
                Add(access, flat, selection, rows, first);
                break;
            default:
                pieces.Add(new Piece(first, first + rows, null));
                break;
        }
    }

    /// <summary>Offers what was collected since the last time.</summary>
    public void Publish()
    {
        bound.Offer(values.AsSpan(0, count));
        count = 0;
    }

    /// <summary>The rows that may still be in the result.</summary>
    public RowRanges Wanted()
    {
        pieces.RemoveAll(piece => piece.Best is { } best && bound.Value is { } limit && bound.IsBehind(best, limit));
        pieces.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        return RowRanges.Of(pieces.Select(static piece => (piece.Start, piece.End)), Together);
    }

    public void Dispose() => scratch.Dispose();

    private void Add<T>(in VectorAccess access, FlatVector<T> flat, Selection? selection, int rows, long first)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var selected = selection?.Count ?? rows;
        var last = bound.Descending ? long.MinValue : long.MaxValue;
        for (var i = 0; i < selected; i++)
        {
            var row = selection is null ? i : selection.Span[i];
            if (access.MayHaveNulls && access.IsNull(row))
            {
                Note(first + row, bound.NullsFirst ? null : last);
                continue;
            }
            var value = long.CreateTruncating(flat[access.IndexOf(row)]);
            Note(first + row, value);
            if (count == values.Length)
            {
                Publish();
            }
            values[count++] = value;
        }
    }

    /// <param name="row">A row.</param>
    /// <param name="value">Its value; null when it is wanted whatever the bound.</param>
    private void Note(long row, long? value)
    {
        if (pieces.Count == 0 || pieces[^1] is var last && (row < last.Start || row >= last.Start + Together))
        {
            pieces.Add(new Piece(row, row + 1, value));
            return;
        }
        var isBetter = last.Best is { } best && (value is not { } other || bound.IsBehind(best, other));
        pieces[^1] = new Piece(last.Start, row + 1, isBetter ? value : last.Best);
    }

    /// <param name="Start">The first row.</param>
    /// <param name="End">The row behind the last.</param>
    /// <param name="Best">Their first value in the order wanted; null when it is not known.</param>
    private readonly record struct Piece(long Start, long End, long? Best);
}
