using Micromegas.Columnar;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators;

/// <summary><c>range</c> and <c>generate_series</c> of integers as rows: the items are counted out as rows are asked for, and no list of them is made.</summary>
internal sealed unsafe class UnnestSeries(RangeFunction function, CompiledExpression[] arguments) : UnnestItems
{
    private readonly Vector[] values = new Vector[arguments.Length];
    private readonly RowArguments rows = new([.. arguments.Select(static argument => argument.Type)]);
    private readonly NativeList<long> items = new();
    private readonly FlatVector<long> output = new(DataType.Int64);
    private readonly NativeList<byte> missing = new();
    private IntegerSeries series;
    private bool hasMissing;

    public override void Evaluate(Batch batch)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            values[i] = arguments[i].Evaluate(batch, batch.Selection);
        }
        rows.Attach(values);
    }

    public override long Enter(int row)
    {
        series = default;
        if (!Array.Exists(values, value => value.IsNull(row)))
        {
            series = function.SeriesOf(rows, row);
        }
        return Length = series.Count;
    }

    public override void Clear()
    {
        items.Count = 0;
        missing.Count = 0;
        hasMissing = false;
    }

    public override void Add(long start, int count)
    {
        items.EnsureCapacity(items.Count + count);
        missing.EnsureCapacity(missing.Count + count);
        for (var i = start; i < start + count; i++)
        {
            var isMissing = i >= Length;
            items.Add(isMissing ? 0 : series[i]);
            missing.Add(isMissing ? (byte)1 : (byte)0);
            hasMissing |= isMissing;
        }
    }

    public override Vector Take(int count)
    {
        output.Prepare(count);
        items.Span.CopyTo(output.Span);
        if (hasMissing)
        {
            var bits = output.PrepareValidity(count);
            for (var i = 0; i < count; i++)
            {
                Bitmap.Assign(bits, i, missing[i] == 0);
            }
        }
        return output;
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var argument in arguments)
        {
            argument.Dispose();
        }
        items.Dispose();
        missing.Dispose();
        output.Dispose();
    }
}
