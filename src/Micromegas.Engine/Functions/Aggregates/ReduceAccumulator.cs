using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Folds values of one type into one of the same type: sums, extremes, bit operations.</summary>
internal interface IReduction<T>
    where T : unmanaged
{
    /// <summary>What changes nothing when folded in.</summary>
    static abstract T Neutral { get; }

    static abstract T Combine(T state, T value);
}

/// <summary>A reduction whose values fold register by register.</summary>
internal interface IVectorReduction<T> : IReduction<T>
    where T : unmanaged
{
    static abstract Vector<T> Combine(Vector<T> state, Vector<T> value);
}

/// <summary>Null for a group without values.</summary>
internal unsafe class ReduceAccumulator<T, TReduction> : Accumulator
    where T : unmanaged
    where TReduction : struct, IReduction<T>
{
    private readonly DataType type;
    private GroupArray<T> values;
    private GroupArray<byte> isSet;
    private Selection? scratch;

    public ReduceAccumulator(DataType type)
    {
        this.type = type;
        StateTypes = [type];
    }

    public override IReadOnlyList<DataType> StateTypes { get; }

    public override long MemoryBytes => values.Bytes + isSet.Bytes;

    public override void Resize(int groupCount)
    {
        values.Resize(groupCount, TReduction.Neutral);
        isSet.Resize(groupCount);
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        var rows = GroupRows.Present(arguments[..1], selection, rowCount, ref scratch);
        var state = values.Items;
        var set = isSet.Items;
        if (arguments[0] is FlatVector<T> flat)
        {
            var source = flat.Values;
            if (rows is null)
            {
                for (var row = 0; row < rowCount; row++)
                {
                    var group = groups[row];
                    state[group] = TReduction.Combine(state[group], source[row]);
                    set[group] = 1;
                }
                return;
            }
            foreach (var row in rows.Span)
            {
                var group = groups[row];
                state[group] = TReduction.Combine(state[group], source[row]);
                set[group] = 1;
            }
            return;
        }
        var reader = new FlatReader<T>(arguments[0]);
        foreach (var row in new RowSet(rows, rowCount, null))
        {
            var group = groups[row];
            state[group] = TReduction.Combine(state[group], reader[row]);
            set[group] = 1;
        }
    }

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        var rows = GroupRows.Present(arguments[..1], selection, rowCount, ref scratch);
        var count = rows?.Count ?? rowCount;
        if (count == 0)
        {
            return;
        }
        isSet.Items[0] = 1;
        ref var state = ref values.Items[0];
        if (rows is null && arguments[0] is FlatVector<T> flat)
        {
            state = TReduction.Combine(state, Fold(flat.Span));
            return;
        }
        if (rows is not null && arguments[0] is FlatVector<T> some)
        {
            state = TReduction.Combine(state, Fold(some.Values, rows.Span));
            return;
        }
        var reader = new FlatReader<T>(arguments[0]);
        var folded = state;
        foreach (var row in Rows(rows, rowCount))
        {
            folded = TReduction.Combine(folded, reader[row]);
        }
        state = folded;
    }

    public override bool TryUpdateRuns(ReadOnlySpan<Vector> arguments, ReadOnlySpan<DictionaryRun> runs, int rowCount)
    {
        if (arguments[0] is not FlatVector<T> { MayHaveNulls: false } flat)
        {
            return false;
        }
        var state = values.Items;
        var set = isSet.Items;
        var start = 0;
        foreach (var run in runs)
        {
            state[run.Code] = TReduction.Combine(state[run.Code], Fold(flat.Span[start..run.End]));
            set[run.Code] = 1;
            start = run.End;
        }
        return true;
    }

    public override Vector[] ExportState(int start, int count) => [Finish(start, count)];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount) => Update(state, groups, null, rowCount);

    public override Vector Finish(int start, int count) => GroupVectors.Flat<T>(type, values.Slice(start, count), isSet.Slice(start, count));

    internal override bool IsFixedSize => true;

    public override void Dispose()
    {
        base.Dispose();
        values.Dispose();
        isSet.Dispose();
        scratch?.Dispose();
    }

    /// <summary>Folds values that are all present.</summary>
    protected virtual T Fold(ReadOnlySpan<T> source)
    {
        var folded = TReduction.Neutral;
        foreach (var value in source)
        {
            folded = TReduction.Combine(folded, value);
        }
        return folded;
    }

    /// <summary>Folds some rows of values that are all present there.</summary>
    protected virtual T Fold(T* source, ReadOnlySpan<int> rows)
    {
        var folded = TReduction.Neutral;
        foreach (var row in rows)
        {
            folded = TReduction.Combine(folded, source[row]);
        }
        return folded;
    }

    private static RowSet Rows(Selection? rows, int rowCount) => new(rows, rowCount, null);
}

/// <summary>Folds whole columns register by register.</summary>
internal sealed class VectorReduceAccumulator<T, TReduction>(DataType type) : ReduceAccumulator<T, TReduction>(type)
    where T : unmanaged
    where TReduction : struct, IVectorReduction<T>
{
    // Four at a time: none waits for the one before.
    protected override unsafe T Fold(T* source, ReadOnlySpan<int> rows)
    {
        var first = TReduction.Neutral;
        var (second, third, fourth) = (first, first, first);
        var i = 0;
        for (; i <= rows.Length - 4; i += 4)
        {
            first = TReduction.Combine(first, source[rows[i]]);
            second = TReduction.Combine(second, source[rows[i + 1]]);
            third = TReduction.Combine(third, source[rows[i + 2]]);
            fourth = TReduction.Combine(fourth, source[rows[i + 3]]);
        }
        for (; i < rows.Length; i++)
        {
            first = TReduction.Combine(first, source[rows[i]]);
        }
        return TReduction.Combine(TReduction.Combine(first, second), TReduction.Combine(third, fourth));
    }

    protected override T Fold(ReadOnlySpan<T> source)
    {
        var folded = TReduction.Neutral;
        var i = 0;
        if (source.Length >= Vector<T>.Count * 4)
        {
            var first = new Vector<T>(folded);
            var second = first;
            for (; i <= source.Length - (Vector<T>.Count * 2); i += Vector<T>.Count * 2)
            {
                first = TReduction.Combine(first, new Vector<T>(source[i..]));
                second = TReduction.Combine(second, new Vector<T>(source[(i + Vector<T>.Count)..]));
            }
            first = TReduction.Combine(first, second);
            for (var lane = 0; lane < Vector<T>.Count; lane++)
            {
                folded = TReduction.Combine(folded, first[lane]);
            }
        }
        for (; i < source.Length; i++)
        {
            folded = TReduction.Combine(folded, source[i]);
        }
        return folded;
    }
}
