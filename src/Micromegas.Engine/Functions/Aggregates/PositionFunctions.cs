using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>first_value</c> and <c>last_value</c>: of the rows in their order; nulls count.</summary>
internal sealed class FirstLastFunction(string name, bool isLast) : AggregateFunction(name)
{
    public override string Usage => "(x [ORDER BY …])";

    public override string Summary => isLast ? "The value of the last row." : "The value of the first row.";

    public override bool IsOrderSensitive => true;

    public override bool SkipsNulls => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        return new FunctionSignature(arguments.Types, arguments.Types[0]);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        new PositionAccumulator(signature.ReturnType, isLast ? -1 : 1);
}

/// <summary><c>nth_value(x, n)</c>: of the n-th row, from 1; negative n counts from the end.</summary>
internal sealed class NthValueFunction() : AggregateFunction("nth_value")
{
    public override string Usage => "(x, n [ORDER BY …])";

    public override string Summary => "The value of the n-th row.";

    public override bool IsOrderSensitive => true;

    public override bool SkipsNulls => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        if (arguments.Constants[1]?.Value is not (long or int) || Convert.ToInt64(arguments.Constants[1]!.Value, CultureInfo.InvariantCulture) == 0)
        {
            throw FunctionErrors.BadArgument("nth_value wants a constant n other than 0.");
        }
        return new FunctionSignature([arguments.Types[0], DataType.Int64], arguments.Types[0]);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        new PositionAccumulator(signature.ReturnType, Convert.ToInt64(arguments.Constants[1]!.Value, CultureInfo.InvariantCulture));
}

/// <summary>
/// Keeps the value at a position of each group. The first and the last need one value a group; any other position keeps the
/// values up to it. Parts merge in the order in which they are imported.
/// </summary>
internal sealed unsafe class PositionAccumulator : Accumulator
{
    private readonly DataType type;
    private readonly long position;
    private readonly ValueCells? single;
    private readonly ListCells? many;

    public PositionAccumulator(DataType type, long position)
    {
        this.type = type;
        this.position = position;
        if (position is 1 or -1)
        {
            single = new ValueCells(type);
            StateTypes = [type, DataType.Boolean];
        }
        else
        {
            many = new ListCells(type);
            StateTypes = [DataType.List(type)];
        }
    }

    public override IReadOnlyList<DataType> StateTypes { get; }

    public override long MemoryBytes => single?.Bytes ?? many!.Bytes;

    public override void Resize(int groupCount)
    {
        single?.Resize(groupCount);
        many?.Resize(groupCount);
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount) =>
        Add(arguments[0], groups, selection, rowCount);

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        var count = selection?.Count ?? rowCount;
        if (single is not null && count > 0)
        {
            if (position == 1 && single.IsSet(0))
            {
                return;
            }
            var at = position == 1 ? 0 : count - 1;
            single.Set(0, arguments[0], selection is null ? at : selection.Rows[at]);
            return;
        }
        Add(arguments[0], null, selection, rowCount);
    }

    public override Vector[] ExportState(int start, int count) =>
        single is not null ? [single.Export(start, count), single.ExportIsSet(start, count)] : [many!.Export(start, count)];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        if (many is not null)
        {
            many.Import(state[0], groups, rowCount, Limit);
            return;
        }
        var isSet = new BitReader(state[1]);
        for (var row = 0; row < rowCount; row++)
        {
            if (isSet[row])
            {
                Offer(groups[row], state[0], row);
            }
        }
    }

    public override Vector Finish(int start, int count)
    {
        if (single is not null)
        {
            return single.Export(start, count);
        }
        using var output = VectorBuilder.Create(type, count);
        for (var group = start; group < start + count; group++)
        {
            var items = many![group];
            var at = position > 0 ? position - 1 : items.Length + position;
            if (at >= 0 && at < items.Length)
            {
                output.Append(items, (int)at);
            }
            else
            {
                output.AppendNull();
            }
        }
        return output.Build();
    }

    public override void Dispose()
    {
        base.Dispose();
        single?.Dispose();
        many?.Dispose();
    }

    private int Limit => position > 0 ? (int)Math.Min(position, int.MaxValue) : int.MaxValue;

    private void Add(Vector vector, int* groups, Selection? selection, int rowCount)
    {
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            Offer(groups == null ? 0 : groups[row], vector, row);
        }
    }

    private void Offer(int group, Vector vector, int row)
    {
        if (many is not null)
        {
            many.Append(group, vector, row, Limit);
        }
        else if (position == -1 || !single!.IsSet(group))
        {
            single!.Set(group, vector, row);
        }
    }
}
