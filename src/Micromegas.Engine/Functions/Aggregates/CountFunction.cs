using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>count(*)</c>, <c>count(x)</c>, <c>count(x, y)</c>: rows in which every argument is present.</summary>
internal sealed class CountFunction() : AggregateFunction("count")
{
    public override string Usage => "(*) or (x, …)";

    public override string Summary => "Number of rows in which every argument is not null.";

    public override FunctionSignature Resolve(FunctionArguments arguments) => new(arguments.Types, DataType.Int64, false);

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) => new CountAccumulator();
}

internal sealed unsafe class CountAccumulator : Accumulator
{
    private const int FewGroups = 512;

    private GroupArray<long> counts;
    private int groupCount;
    private Selection? scratch;

    public override IReadOnlyList<DataType> StateTypes { get; } = [DataType.Int64];

    public override long MemoryBytes => counts.Bytes;

    public override void Resize(int count)
    {
        groupCount = count;
        counts.Resize(count);
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        selection = GroupRows.Present(arguments, selection, rowCount, ref scratch);
        var items = counts.Items;
        if (selection is not null)
        {
            foreach (var row in selection.Span)
            {
                items[groups[row]]++;
            }
        }
        else if (groupCount <= FewGroups && rowCount >= 4 * groupCount)
        {
            CountFew(items, groups, rowCount);
        }
        else
        {
            for (var row = 0; row < rowCount; row++)
            {
                items[groups[row]]++;
            }
        }
    }

    public override bool TryUpdateRuns(ReadOnlySpan<Vector> arguments, ReadOnlySpan<DictionaryRun> runs, int rowCount)
    {
        foreach (var argument in arguments)
        {
            if (argument.MayHaveNulls)
            {
                return false;
            }
        }
        var items = counts.Items;
        var start = 0;
        foreach (var run in runs)
        {
            items[run.Code] += run.End - start;
            start = run.End;
        }
        return true;
    }

    /// <summary>Four counters a group in turn, so that a group that repeats does not wait for its own counter to be written.</summary>
    [SkipLocalsInit]
    private void CountFew(long* items, int* groups, int rowCount)
    {
        var partial = stackalloc int[4 * FewGroups];
        var second = partial + groupCount;
        var third = second + groupCount;
        var fourth = third + groupCount;
        new Span<int>(partial, 4 * groupCount).Clear();
        var row = 0;
        for (; row <= rowCount - 4; row += 4)
        {
            partial[groups[row]]++;
            second[groups[row + 1]]++;
            third[groups[row + 2]]++;
            fourth[groups[row + 3]]++;
        }
        for (; row < rowCount; row++)
        {
            partial[groups[row]]++;
        }
        var group = 0;
        for (; group <= groupCount - Vector256<int>.Count; group += Vector256<int>.Count)
        {
            var sums = Vector256.Load(partial + group) + Vector256.Load(second + group) + Vector256.Load(third + group) + Vector256.Load(fourth + group);
            var (low, high) = Vector256.Widen(sums);
            (Vector256.Load(items + group) + low).Store(items + group);
            (Vector256.Load(items + group + Vector256<long>.Count) + high).Store(items + group + Vector256<long>.Count);
        }
        for (; group < groupCount; group++)
        {
            items[group] += partial[group] + second[group] + third[group] + fourth[group];
        }
    }

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        if (selection is null && arguments is [FlatVector or BinaryVector or BitVector] && arguments[0].Validity != null)
        {
            counts.Items[0] += Bitmap.CountOnes(arguments[0].Validity, rowCount);
            return;
        }
        counts.Items[0] += GroupRows.Present(arguments, selection, rowCount, ref scratch)?.Count ?? rowCount;
    }

    internal override void UpdateCounted(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount, long* times)
    {
        var items = counts.Items;
        foreach (var row in new RowSet(GroupRows.Present(arguments, selection, rowCount, ref scratch), rowCount, null))
        {
            items[groups == null ? 0 : groups[row]] += times[row];
        }
    }

    public override Vector[] ExportState(int start, int count) => [Finish(start, count)];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        var reader = new FlatReader<long>(state[0]);
        for (var row = 0; row < rowCount; row++)
        {
            counts.Items[groups[row]] += reader[row];
        }
    }

    public override Vector Finish(int start, int count) => GroupVectors.Flat<long>(DataType.Int64, counts.Slice(start, count));

    internal override bool IsFixedSize => true;

    public override void Dispose()
    {
        base.Dispose();
        counts.Dispose();
        scratch?.Dispose();
    }
}
