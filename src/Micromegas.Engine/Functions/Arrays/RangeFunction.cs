using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>range</c> (end excluded) and <c>generate_series</c> (end included) of integers, dates and timestamps.</summary>
internal sealed class RangeFunction(string name, bool isInclusive) : ScalarFunction(name)
{
    /// <summary>One row may hold millions of items: the token is looked at every so many.</summary>
    private const int TokenMask = (1 << 14) - 1;

    public override string Usage => "([start,] stop [, step])";

    public override string Summary => isInclusive ? "Values from start to stop." : "Values from start to before stop.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 3);
        var first = arguments.Types.FirstOrDefault(static type => type.Kind != TypeKind.Null)?.ValueType ?? DataType.Int64;
        if (arguments.Types.All(static type => Accept.Int64(type) is not null))
        {
            return new FunctionSignature([.. arguments.Types.Select(static _ => DataType.Int64)], DataType.List(DataType.Int64));
        }
        var item = first.Kind == TypeKind.Date32 && arguments.Count == 3 && arguments.Types[1].ValueType.Kind is TypeKind.Date32 or TypeKind.Null
            ? DataType.Date32
            : TimeArguments.Timestamp(first);
        return arguments.Count == 3 && item is not null && TimeArguments.Timestamp(arguments.Types[1]) is not null && TimeArguments.Interval(arguments.Types[2]) is { } step
            ? new FunctionSignature([item, item, step], DataType.List(item))
            : throw FunctionErrors.NoMatch(Name, arguments);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(
            new BuiltRowKernel(
                signature,
                signature.ReturnType.ItemField.Type.Kind == TypeKind.Int64
                    ? (a, row, output) => Integers(a, row, output, context.CancellationToken)
                    : (a, row, output) => Times(a, row, output, context.CancellationToken)),
            [.. arguments]);

    /// <summary>The integers of a row, none of whose arguments is null.</summary>
    internal IntegerSeries SeriesOf(RowArguments a, int row)
    {
        var start = a.Count > 1 ? a.Int64(0, row) : 0;
        var stop = a.Int64(a.Count > 1 ? 1 : 0, row);
        var step = a.Count > 2 ? a.Int64(2, row) : 1;
        if (step == 0)
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"Step can't be 0 for function {Name}");
        }
        var span = step > 0 ? (Int128)stop - start : (Int128)start - stop;
        var count = span < 0 || (span == 0 && !isInclusive) ? 0 : ((span - (isInclusive ? 0 : 1)) / Int128.Abs(step)) + 1;
        return new IntegerSeries(start, step, (long)Int128.Min(count, long.MaxValue));
    }

    private void Integers(RowArguments a, int row, VectorBuilder output, CancellationToken cancellationToken)
    {
        var list = (ListVectorBuilder)output;
        var items = (FlatVectorBuilder<long>)list.Items;
        var series = SeriesOf(a, row);
        ListParts.CheckCount(series.Count);
        for (var i = 0L; i < series.Count; i++)
        {
            if ((i & TokenMask) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            items.Append(series[i]);
        }
        list.EndList();
    }

    private void Times(RowArguments a, int row, VectorBuilder output, CancellationToken cancellationToken)
    {
        var list = (ListVectorBuilder)output;
        var type = a.Type(0);
        var isDate = type.Kind == TypeKind.Date32;
        var start = isDate ? new FlatReader<int>(a[0])[row] : a.Int64(0, row);
        var stop = isDate ? new FlatReader<int>(a[1])[row] : a.Int64(1, row);
        var step = new FlatReader<MonthDayNano>(a[2])[row];
        if (step == default)
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"Interval argument to {Name} must not be 0");
        }
        if (isDate && step is { Months: 0, Days: 0 })
        {
            Throw.Engine(SqlState.InvalidParameterValue, "Cannot generate date range less than 1 day.");
        }
        var isBackward = step.Months < 0 || (step.Months == 0 && (step.Days < 0 || (step.Days == 0 && step.Nanoseconds < 0)));
        var zone = type.TimeZone is null ? null : Zone.Find(type.TimeZone);
        var perDay = isDate ? 1 : TimeUnits.PerDay(type.Unit);
        var count = 0;
        for (var at = start; isBackward ? at > stop || (isInclusive && at == stop) : at < stop || (isInclusive && at == stop);)
        {
            ListParts.CheckCount(++count);
            if ((count & TokenMask) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
            list.Items.AppendValue(isDate ? (object)(int)at : at);
            var next = isDate ? Calendar.ShiftDate((int)at, step) : Calendar.Shift(at, perDay, step, zone);
            if (next == at)
            {
                break;
            }
            at = next;
        }
        list.EndList();
    }
}

/// <summary>Integers at equal distances.</summary>
internal readonly record struct IntegerSeries(long Start, long Step, long Count)
{
    public long this[long index] => unchecked(Start + (index * Step));
}
