using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// <c>lag(x [, offset [, default]])</c> and <c>lead</c>: the value some rows before or behind, in the partition; a negative offset looks the other way, a null one
/// gives null. With IGNORE NULLS only rows with a value count.
/// </summary>
internal sealed unsafe class ShiftEvaluator : WindowEvaluator
{
    private readonly WindowColumns values;
    private readonly WindowColumns? defaults;
    private readonly WindowIntegers? offsets;
    private readonly PresentRows? present;
    private readonly VectorBuilder? builder;
    private readonly NativeList<int> targets = new();
    private readonly NativeList<byte> isOutside = new();
    private readonly bool isLag;
    private WindowCursor cursor;
    private Vector? built;

    public ShiftEvaluator(WindowCallSpec spec, WindowBlock block, SortState state)
        : base(spec, block, state)
    {
        isLag = spec.Call.Name == "lag";
        values = new WindowColumns([spec.Arguments[0]], block, Store);
        offsets = spec.Arguments.Count > 1 ? new WindowIntegers(spec.Arguments[1], block, Store) : null;
        present = spec.Call.IgnoreNulls ? new PresentRows(spec.Arguments[0], block, Store) : null;
        if (spec.Arguments.Count > 2 && spec.Arguments[2].Constant is not { IsNull: true })
        {
            defaults = new WindowColumns([spec.Arguments[2]], block, Store);
            builder = VectorBuilder.Create(Type);
        }
    }

    public override void Begin(WorkerContext worker)
    {
        cursor = new WindowCursor(Block);
        present?.Load(worker);
        Hold(present?.Bytes ?? 0);
    }

    public override Vector Evaluate(int start, int count, WorkerContext worker)
    {
        offsets?.Load(start, count);
        targets.Count = 0;
        isOutside.Count = 0;
        for (var i = 0; i < count; i++)
        {
            cursor.MoveTo(start + i);
            var offset = offsets is null ? 1 : offsets[i];
            var row = offset is null ? -1 : Target(start + i, isLag ? Negate(offset.Value) : offset.Value);
            targets.Add(row);
            isOutside.Add(offset is not null && row < 0 ? (byte)1 : (byte)0);
        }
        var taken = values.Take(targets.Items, count)[0];
        return defaults is not null && isOutside.Span.Contains((byte)1) ? PutDefaults(taken, start, count) : taken;
    }

    public override void Dispose()
    {
        base.Dispose();
        values.Dispose();
        defaults?.Dispose();
        offsets?.Dispose();
        present?.Dispose();
        builder?.Dispose();
        built?.Dispose();
        targets.Dispose();
        isOutside.Dispose();
    }

    private static long Negate(long value) => value == long.MinValue ? long.MaxValue : -value;

    /// <summary>The row at a distance, -1 when the partition has none.</summary>
    private int Target(int row, long distance)
    {
        if (distance == 0)
        {
            return row;
        }
        // Larger distances lead out of every partition.
        distance = Math.Clamp(distance, -(long)int.MaxValue, int.MaxValue);
        var target = row + distance;
        if (present is not null)
        {
            var index = distance < 0 ? present.CountBefore(row) + distance : present.CountBefore(row + 1) + distance - 1;
            target = index < 0 || index >= present.Count ? -1 : present[(int)index];
        }
        return target >= cursor.PartitionStart && target < cursor.PartitionEnd ? (int)target : -1;
    }

    private Vector PutDefaults(Vector taken, int start, int count)
    {
        var others = defaults!.Take(start, count)[0];
        built?.Dispose();
        built = null;
        for (var i = 0; i < count; i++)
        {
            builder!.Append(isOutside[i] != 0 ? others : taken, i);
        }
        return built = builder!.Build();
    }
}
