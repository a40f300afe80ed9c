using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>The rows of a frame: up to three pieces, in order, of the rows of a block.</summary>
internal struct FrameRows
{
    private int start0, end0, start1, end1, start2, end2;

    public int Pieces { get; private set; }

    public readonly (int Start, int End) this[int piece] => piece switch
    {
        0 => (start0, end0),
        1 => (start1, end1),
        _ => (start2, end2),
    };

    public void Add(int start, int end)
    {
        if (start >= end)
        {
            return;
        }
        switch (Pieces++)
        {
            case 0:
                (start0, end0) = (start, end);
                break;
            case 1:
                (start1, end1) = (start, end);
                break;
            default:
                (start2, end2) = (start, end);
                break;
        }
    }
}

/// <summary>Finds the frame of each row of a block, forward (spec/sql.md §5.10).</summary>
internal sealed class WindowFrames
{
    private readonly WindowFrame frame;
    private readonly WindowBlock block;
    private readonly long startOffset;
    private readonly long endOffset;
    private readonly RangeBound? startBound;
    private readonly RangeBound? endBound;
    private WindowCursor cursor;

    public WindowFrames(WindowFrame frame, WindowBlock block)
    {
        this.frame = frame;
        this.block = block;
        cursor = new WindowCursor(block);
        if (frame.Unit == FrameUnit.Range)
        {
            startBound = Bound(frame.Start);
            endBound = Bound(frame.End);
        }
        else
        {
            startOffset = Offset(frame.Start);
            endOffset = Offset(frame.End);
        }
    }

    /// <summary>Whether a frame is the whole partition.</summary>
    public static bool IsWhole(WindowFrame frame) => IsGrowing(frame) && frame.End.Kind == FrameBoundKind.UnboundedFollowing;

    /// <summary>Whether frames start with the partition and only ever grow.</summary>
    public static bool IsGrowing(WindowFrame frame) => frame.Start.Kind == FrameBoundKind.UnboundedPreceding && frame.Exclusion == FrameExclusion.None;

    public WindowCursor Cursor => cursor;

    /// <summary>A new block begins.</summary>
    public void Begin() => cursor = new WindowCursor(block);

    /// <summary>First row of the frame of a row, and the row behind its last; a frame without rows ends where it starts, or before.</summary>
    public (int Start, int End) Find(int row)
    {
        cursor.MoveTo(row);
        return frame.Unit switch
        {
            FrameUnit.Rows => (RowsStart(row), RowsEnd(row)),
            FrameUnit.Groups => (GroupsStart(), GroupsEnd()),
            _ => (RangeStart(row), RangeEnd(row)),
        };
    }

    /// <summary>The frame of a row without what it excludes.</summary>
    public FrameRows FindRows(int row)
    {
        var (start, end) = Find(row);
        var rows = default(FrameRows);
        switch (frame.Exclusion)
        {
            case FrameExclusion.CurrentRow:
                rows.Add(start, Math.Min(end, row));
                rows.Add(Math.Max(start, row + 1), end);
                break;
            case FrameExclusion.Group:
                rows.Add(start, Math.Min(end, cursor.GroupStart));
                rows.Add(Math.Max(start, cursor.GroupEnd), end);
                break;
            case FrameExclusion.Ties:
                rows.Add(start, Math.Min(end, cursor.GroupStart));
                rows.Add(Math.Max(start, row), Math.Min(end, row + 1));
                rows.Add(Math.Max(start, cursor.GroupEnd), end);
                break;
            default:
                rows.Add(start, end);
                break;
        }
        return rows;
    }

    private static long Offset(FrameBound bound) => bound.Offset switch
    {
        null => 0,
        // No partition has as many rows: what is larger is unbounded.
        BoundLiteral { Value.Value: ulong count } => (long)Math.Min(count, int.MaxValue),
        var other => throw new InvalidOperationException($"The frame offset {other} is not a row count."),
    };

    private RangeBound? Bound(FrameBound bound) => bound.Offset is BoundLiteral literal ? block.RangeKeys?.CreateBound(literal.Value) : null;

    private int RowsStart(int row) => frame.Start.Kind switch
    {
        FrameBoundKind.UnboundedPreceding => cursor.PartitionStart,
        FrameBoundKind.Preceding => (int)Math.Max(cursor.PartitionStart, row - startOffset),
        FrameBoundKind.CurrentRow => row,
        _ => (int)Math.Min(cursor.PartitionEnd, row + startOffset),
    };

    private int RowsEnd(int row) => frame.End.Kind switch
    {
        FrameBoundKind.Preceding => (int)Math.Max(cursor.PartitionStart, row - endOffset + 1),
        FrameBoundKind.CurrentRow => row + 1,
        FrameBoundKind.Following => (int)Math.Min(cursor.PartitionEnd, row + endOffset + 1),
        _ => cursor.PartitionEnd,
    };

    private int GroupsStart() => frame.Start.Kind switch
    {
        FrameBoundKind.UnboundedPreceding => cursor.PartitionStart,
        FrameBoundKind.Preceding => block.GroupStart((int)Math.Max(cursor.FirstGroup, cursor.Group - startOffset)),
        FrameBoundKind.CurrentRow => cursor.GroupStart,
        _ => block.GroupStart((int)Math.Min(cursor.GroupsEnd, cursor.Group + startOffset)),
    };

    private int GroupsEnd() => frame.End.Kind switch
    {
        FrameBoundKind.Preceding => block.GroupStart((int)Math.Max(cursor.FirstGroup, cursor.Group - endOffset + 1)),
        FrameBoundKind.CurrentRow => cursor.GroupEnd,
        FrameBoundKind.Following => block.GroupStart((int)Math.Min(cursor.GroupsEnd, cursor.Group + endOffset + 1)),
        _ => cursor.PartitionEnd,
    };

    private int RangeStart(int row) => frame.Start.Kind switch
    {
        FrameBoundKind.UnboundedPreceding => cursor.PartitionStart,
        FrameBoundKind.CurrentRow => cursor.GroupStart,
        // NULL is at no distance from anything but NULL.
        _ when startBound is null || block.RangeKeys!.IsNull(row) => cursor.GroupStart,
        var kind => Present(out var end) is var start ? startBound.Find(row, kind == FrameBoundKind.Preceding, false, start, end) : 0,
    };

    private int RangeEnd(int row) => frame.End.Kind switch
    {
        FrameBoundKind.UnboundedFollowing => cursor.PartitionEnd,
        FrameBoundKind.CurrentRow => cursor.GroupEnd,
        _ when endBound is null || block.RangeKeys!.IsNull(row) => cursor.GroupEnd,
        var kind => Present(out var end) is var start ? endBound.Find(row, kind == FrameBoundKind.Preceding, true, start, end) : 0,
    };

    /// <summary>The partition without its NULLs, which are the first or the last group.</summary>
    private int Present(out int end)
    {
        var keys = block.RangeKeys!;
        var start = cursor.PartitionStart;
        end = cursor.PartitionEnd;
        if (keys.IsNull(start))
        {
            start = block.GroupStart(cursor.FirstGroup + 1);
        }
        if (keys.IsNull(end - 1))
        {
            end = block.GroupStart(cursor.GroupsEnd - 1);
        }
        return start;
    }
}
