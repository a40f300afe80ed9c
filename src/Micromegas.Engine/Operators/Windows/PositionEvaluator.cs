using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// <c>first_value</c>, <c>last_value</c> and <c>nth_value(x, n)</c> of the frame; negative n counts from its end, as the aggregate of that name does.
/// With IGNORE NULLS only rows with a value count.
/// </summary>
internal sealed unsafe class PositionEvaluator : WindowEvaluator
{
    private readonly WindowColumns values;
    private readonly WindowIntegers? positions;
    private readonly PresentRows? present;
    private readonly WindowFrames frames;
    private readonly NativeList<int> found = new();
    private readonly bool isLast;

    public PositionEvaluator(WindowCallSpec spec, WindowBlock block, SortState state)
        : base(spec, block, state)
    {
        isLast = spec.Call.Name == "last_value";
        values = new WindowColumns([spec.Arguments[0]], block, Store);
        positions = spec.Call.Name == "nth_value" ? new WindowIntegers(spec.Arguments[1], block, Store) : null;
        present = spec.Call.IgnoreNulls ? new PresentRows(spec.Arguments[0], block, Store) : null;
        frames = new WindowFrames(spec.Call.Frame, block);
    }

    public override void Begin(WorkerContext worker)
    {
        frames.Begin();
        present?.Load(worker);
        Hold(present?.Bytes ?? 0);
    }

    public override Vector Evaluate(int start, int count, WorkerContext worker)
    {
        positions?.Load(start, count);
        found.Count = 0;
        for (var i = 0; i < count; i++)
        {
            var rows = frames.FindRows(start + i);
            var row = -1;
            if (positions is null)
            {
                row = isLast ? FromEnd(rows, 1) : FromStart(rows, 1);
            }
            else if (positions[i] is { } position)
            {
                // There is no row 0, as upstream has it.
                row = position == 0 ? -1 : position > 0 ? FromStart(rows, position) : FromEnd(rows, position == long.MinValue ? long.MaxValue : -position);
            }
            found.Add(row);
        }
        return values.Take(found.Items, count)[0];
    }

    public override void Dispose()
    {
        base.Dispose();
        values.Dispose();
        positions?.Dispose();
        present?.Dispose();
        found.Dispose();
    }

    private int FromStart(in FrameRows rows, long position)
    {
        for (var piece = 0; piece < rows.Pieces; piece++)
        {
            var (start, count) = Counted(rows[piece]);
            if (position <= count)
            {
                return At(start + (int)position - 1);
            }
            position -= count;
        }
        return -1;
    }

    private int FromEnd(in FrameRows rows, long position)
    {
        for (var piece = rows.Pieces - 1; piece >= 0; piece--)
        {
            var (start, count) = Counted(rows[piece]);
            if (position <= count)
            {
                return At(start + count - (int)position);
            }
            position -= count;
        }
        return -1;
    }

    /// <summary>The rows of a piece that count: all, or those with a value, as places in the list of these.</summary>
    private (int Start, int Count) Counted((int Start, int End) piece)
    {
        if (present is null)
        {
            return (piece.Start, piece.End - piece.Start);
        }
        var start = present.CountBefore(piece.Start);
        return (start, present.CountBefore(piece.End) - start);
    }

    private int At(int place) => present is null ? place : present[place];
}
