using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Which part of <see cref="FusedDoubles"/> a call is about.</summary>
internal enum FusedPart
{
    Sum,
    Average,
    Minimum,
    Maximum,

    /// <summary>The number of rows, whether they have a value or not.</summary>
    Rows,
}

/// <summary>
/// The state that several calls over the same column of Float64 share, so that one pass over (group, value) serves them all (design.md §4). Each call
/// has a <see cref="FusedAccumulator"/>, which exports, imports and finishes its own part; the first one adds the rows.
/// </summary>
internal sealed unsafe class FusedDoubles
{
    private readonly bool hasExtremes;
    private readonly bool hasRows;
    private GroupArray<State> states;
    private Selection? scratch;

    /// <param name="hasExtremes">Whether some call is about a minimum or maximum.</param>
    /// <param name="hasRows">Whether some call is about the number of rows.</param>
    public FusedDoubles(bool hasExtremes, bool hasRows)
    {
        this.hasExtremes = hasExtremes;
        this.hasRows = hasRows;
    }

    public long Bytes => states.Bytes;

    public State* States => states.Items;

    public void Resize(int groupCount) => states.Resize(groupCount, State.Empty);

    public void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        var rows = GroupRows.Present(arguments[..1], selection, rowCount, ref scratch);
        var items = states.Items;
        if (hasRows && rows is not null && rows != selection)
        {
            CountMissing(arguments[0], groups, selection, rowCount);
        }
        if (rows is not null || arguments[0] is not FlatVector<double> flat)
        {
            var reader = new FlatReader<double>(arguments[0]);
            foreach (var row in new RowSet(rows, rowCount, null))
            {
                items[groups[row]].Add(reader[row]);
            }
            return;
        }
        var values = flat.Values;
        if (hasExtremes)
        {
            for (var row = 0; row < rowCount; row++)
            {
                items[groups[row]].Add(values[row]);
            }
            return;
        }
        // One addition of two lanes: what a row costs is mostly loading and storing its state.
        for (var row = 0; row < rowCount; row++)
        {
            var state = (double*)(items + groups[row]);
            (Vector128.Load(state) + Vector128.Create(values[row], 1.0)).Store(state);
        }
    }

    public bool TryUpdateRuns(Vector argument, ReadOnlySpan<DictionaryRun> runs)
    {
        if (argument is not FlatVector<double> { MayHaveNulls: false } flat)
        {
            return false;
        }
        var start = 0;
        foreach (var run in runs)
        {
            Fold(ref states.Items[run.Code], flat.Span[start..run.End]);
            start = run.End;
        }
        return true;
    }

    public void Fold(ref State state, ReadOnlySpan<double> values)
    {
        var i = 0;
        if (values.Length >= Vector<double>.Count * 4)
        {
            var sums = Vector<double>.Zero;
            var smallest = new Vector<double>(double.NaN);
            var largest = smallest;
            for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
            {
                var some = new Vector<double>(values[i..]);
                sums += some;
                if (hasExtremes)
                {
                    smallest = MinFloat<double>.Combine(smallest, some);
                    largest = MaxFloat<double>.Combine(largest, some);
                }
            }
            state.Sum += System.Numerics.Vector.Sum(sums);
            state.Count += i;
            for (var lane = 0; hasExtremes && lane < Vector<double>.Count; lane++)
            {
                state.Minimum = MinFloat<double>.Combine(state.Minimum, smallest[lane]);
                state.Maximum = MaxFloat<double>.Combine(state.Maximum, largest[lane]);
            }
        }
        for (; i < values.Length; i++)
        {
            state.Add(values[i]);
        }
    }

    private void CountMissing(Vector argument, int* groups, Selection? selection, int rowCount)
    {
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            if (argument.IsNull(row))
            {
                states.Items[groups[row]].Missing++;
            }
        }
    }

    public void Dispose()
    {
        states.Dispose();
        scratch?.Dispose();
        scratch = null;
    }

    /// <summary>One group.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct State
    {
        public double Sum;

        /// <summary>Values, exact up to 2^53. Behind the sum and of its type, so that both are added to at once.</summary>
        public double Count;
        public double Minimum;
        public double Maximum;

        /// <summary>Rows without a value.</summary>
        public long Missing;

        /// <summary>Whether an imported minimum or maximum was there; rows are counted by <see cref="Count"/>.</summary>
        public bool IsImported;

        public static State Empty => new() { Minimum = double.NaN, Maximum = MaxFloat<double>.Neutral };

        public readonly bool IsSet => Count > 0 || IsImported;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(double value)
        {
            ref var both = ref Unsafe.As<double, Vector128<double>>(ref Sum);
            both += Vector128.Create(value, 1.0);
            // Nearly every value lies strictly between the extremes; ties, zeros of both signs and NaN take the long way.
            if (!(value > Minimum && value < Maximum))
            {
                Widen(value);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Widen(double value)
        {
            Minimum = MinFloat<double>.Combine(Minimum, value);
            Maximum = MaxFloat<double>.Combine(Maximum, value);
        }
    }
}

/// <summary>One call of several that share a <see cref="FusedDoubles"/>.</summary>
/// <param name="shared">The state.</param>
/// <param name="part">What the call is about.</param>
/// <param name="isFirst">Whether this call adds the rows and frees the state.</param>
/// <param name="importsSum">Whether this call brings the sum of exported state; one call must, and no more than one.</param>
/// <param name="importsCount">Whether this call brings the number of values; an average or, if there is none, a number of rows must, and no more than one.</param>
/// <param name="importsMissing">Whether this call brings the number of rows without a value; no more than one may.</param>
internal sealed unsafe class FusedAccumulator(FusedDoubles shared, FusedPart part, bool isFirst, bool importsSum, bool importsCount, bool importsMissing) : Accumulator
{
    public override IReadOnlyList<DataType> StateTypes { get; } =
        part == FusedPart.Average ? [DataType.Float64, DataType.Int64] : part == FusedPart.Rows ? [DataType.Int64, DataType.Int64] : [DataType.Float64];

    public override long MemoryBytes => isFirst ? shared.Bytes : 0;

    /// <summary>The part that an accumulator of the ordinary kind computes; null when it cannot be shared.</summary>
    public static FusedPart? PartOf(Accumulator accumulator) => accumulator switch
    {
        CountAccumulator => FusedPart.Rows,
        VectorReduceAccumulator<double, Sum<double>> => FusedPart.Sum,
        AverageAccumulator<double> => FusedPart.Average,
        VectorReduceAccumulator<double, MinFloat<double>> => FusedPart.Minimum,
        VectorReduceAccumulator<double, MaxFloat<double>> => FusedPart.Maximum,
        _ => null,
    };

    public override void Resize(int groupCount)
    {
        if (isFirst)
        {
            shared.Resize(groupCount);
        }
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        if (isFirst)
        {
            shared.Update(arguments, groups, selection, rowCount);
        }
    }

    public override bool TryUpdateRuns(ReadOnlySpan<Vector> arguments, ReadOnlySpan<DictionaryRun> runs, int rowCount) =>
        !isFirst || shared.TryUpdateRuns(arguments[0], runs);

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        var groups = stackalloc int[Math.Max(rowCount, 1)];
        new Span<int>(groups, rowCount).Clear();
        Update(arguments, groups, selection, rowCount);
    }

    public override Vector[] ExportState(int start, int count)
    {
        if (part is not (FusedPart.Rows or FusedPart.Average))
        {
            return [Finish(start, count)];
        }
        // An average is a sum and the number of values, a number of rows is that and the number of those without a value.
        var counts = FlatVector<long>.Allocate(DataType.Int64, count);
        var missing = part == FusedPart.Rows ? FlatVector<long>.Allocate(DataType.Int64, count) : null;
        var sums = part == FusedPart.Average ? FlatVector<double>.Allocate(DataType.Float64, count) : null;
        for (var i = 0; i < count; i++)
        {
            ref var state = ref shared.States[start + i];
            counts.Values[i] = (long)state.Count;
            if (sums is not null)
            {
                sums.Values[i] = state.Sum;
            }
            else
            {
                missing!.Values[i] = state.Missing;
            }
        }
        return sums is not null ? [sums, counts] : [counts, missing!];
    }

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        if (part == FusedPart.Rows)
        {
            ImportRows(new FlatReader<long>(state[0]), new FlatReader<long>(state[1]), groups, rowCount);
            return;
        }
        var values = new FlatReader<double>(state[0]);
        var counts = part == FusedPart.Average ? new FlatReader<long>(state[1]) : default;
        for (var row = 0; row < rowCount; row++)
        {
            if (state[0].IsNull(row))
            {
                continue;
            }
            ref var target = ref shared.States[groups[row]];
            switch (part)
            {
                case FusedPart.Average:
                    target.Sum += importsSum ? values[row] : 0;
                    target.Count += importsCount ? counts[row] : 0;
                    break;
                case FusedPart.Sum:
                    target.Sum += importsSum ? values[row] : 0;
                    target.IsImported = true;
                    break;
                case FusedPart.Minimum:
                    target.Minimum = MinFloat<double>.Combine(target.Minimum, values[row]);
                    target.IsImported = true;
                    break;
                default:
                    target.Maximum = MaxFloat<double>.Combine(target.Maximum, values[row]);
                    target.IsImported = true;
                    break;
            }
        }
    }

    public override Vector Finish(int start, int count)
    {
        if (part == FusedPart.Rows)
        {
            var counts = FlatVector<long>.Allocate(DataType.Int64, count);
            for (var i = 0; i < count; i++)
            {
                counts.Values[i] = (long)shared.States[start + i].Count + shared.States[start + i].Missing;
            }
            return counts;
        }
        var result = FlatVector<double>.Allocate(DataType.Float64, count);
        for (var i = 0; i < count; i++)
        {
            ref var state = ref shared.States[start + i];
            if (!state.IsSet)
            {
                Nulls.Set(result, i);
                continue;
            }
            result.Values[i] = part switch
            {
                FusedPart.Sum => state.Sum,
                FusedPart.Average => state.Sum / state.Count,
                FusedPart.Minimum => state.Minimum,
                _ => state.Maximum,
            };
        }
        return result;
    }

    internal override bool IsFixedSize => true;

    public override void Dispose()
    {
        base.Dispose();
        shared.Dispose();
    }

    private void ImportRows(FlatReader<long> present, FlatReader<long> missing, int* groups, int rowCount)
    {
        for (var row = 0; row < rowCount; row++)
        {
            ref var target = ref shared.States[groups[row]];
            target.Count += importsCount ? present[row] : 0;
            target.Missing += importsMissing ? missing[row] : 0;
        }
    }
}
