using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>
/// <c>to_timestamp</c> and its forms by unit: from text (with formats that are tried in order), numbers, dates and timestamps.
/// Numbers count seconds in <c>to_timestamp</c>, else ticks of the result.
/// </summary>
internal sealed class ToTimestampFunction(string name, TimeUnit unit, bool countsSeconds) : ScalarFunction(name)
{
    public override string Usage => "(x [, format, …])";

    public override string Summary => countsSeconds ? "A timestamp from text, or from seconds since 1970." : "A timestamp from text, or from ticks of its unit.";

    public override FunctionSignature Resolve(FunctionArguments arguments) =>
        DateTimeFunctions.Formats(Name, arguments, Take, DataType.Timestamp(unit, arguments.Count > 0 ? arguments.Types[0].ValueType.TimeZone : null));

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var from = signature.ArgumentTypes[0];
        switch (from.Kind)
        {
            case TypeKind.Utf8:
                return new KernelExpression(new FlatRowKernel<long>(signature, (a, row) => Read(a, row, unit)), [.. arguments]);
            case TypeKind.Float64:
                return new KernelExpression(new FlatRowKernel<long>(WithoutFormats(signature), (a, row) => Ticks(a.Float64(0, row))), arguments[0]);
            case TypeKind.Int64 when countsSeconds:
                return new KernelExpression(new FlatRowKernel<long>(WithoutFormats(signature), (a, row) => Ticks(a.Int64(0, row))), arguments[0]);
            default:
                return Casts.Compile(from, signature.ReturnType, false, arguments[0]);
        }
    }

    /// <summary>Reads a text, by the formats that follow it when there are any.</summary>
    public static long Read(RowArguments a, int row, TimeUnit unit)
    {
        var text = a.Text(0, row);
        if (a.Count == 1)
        {
            if (!TimestampText.TryParse(text, unit, null, out var ticks))
            {
                CastFailure.Text(text, DataType.Timestamp(unit));
            }
            return ticks;
        }
        for (var i = 1; i < a.Count; i++)
        {
            if (!a.IsNull(i, row) && TimeFormat.TryRead(text, Encoding.UTF8.GetString(a.Text(i, row)), unit, out var ticks))
            {
                return ticks;
            }
        }
        Throw.Engine(
            SqlState.InvalidDatetimeFormat, $"Error parsing timestamp from '{Encoding.UTF8.GetString(text)}' using formats: none of them fits");
        return 0;
    }

    /// <summary>Formats are for texts; beside a number they say nothing.</summary>
    private static FunctionSignature WithoutFormats(FunctionSignature signature) => signature with { ArgumentTypes = [signature.ArgumentTypes[0]] };

    private static DataType? Take(DataType type)
    {
        type = type.ValueType;
        return type.IsUtf8 ? DataType.Utf8
            : type.IsInteger || type.Kind == TypeKind.Null ? DataType.Int64
            : type.IsFloat || type.IsDecimal ? DataType.Float64
            : TimeArguments.Timestamp(type);
    }

    private long Ticks(long seconds)
    {
        var ticks = (Int128)seconds * TimeUnits.PerSecond(unit);
        if (ticks < long.MinValue || ticks > long.MaxValue)
        {
            Throw.Overflow($"Overflow happened on: {seconds} seconds as {unit}s");
        }
        return (long)ticks;
    }

    /// <summary>Ticks as a double, cut toward zero: what upstream's cast of the product gives.</summary>
    private long Ticks(double value)
    {
        var ticks = countsSeconds ? value * TimeUnits.PerSecond(unit) : value;
        if (!(Math.Abs(ticks) < 9.2e18))
        {
            Throw.Overflow($"{value} is no timestamp");
        }
        return (long)ticks;
    }
}
