using System.Numerics;
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
    private GroupArray<long> counts = new();
    private Selection? scratch;

    public override IReadOnlyList<DataType> StateTypes { get; } = [DataType.Int64];

    public override long MemoryBytes => counts.Bytes;

    public override void Resize(int groupCount) => counts.Resize(groupCount);

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        var items = counts.Items;
        selection = GroupRows.Present(arguments, selection, rowCount, ref scratch);
        if (selection is null)
        {
            for (var row = 0; row < rowCount; row++)
            {
                items[groups[row]]++;
            }
            return;
        }
        foreach (var row in selection.Span)
        {
            items[groups[row]]++;
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

    public override void Dispose()
    {
        base.Dispose();
        scratch?.Dispose();
    }
}
