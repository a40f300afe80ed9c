using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>avg</c>: numbers as Float64; decimals get four more digits, cut off; durations stay durations.</summary>
internal sealed class AverageFunction() : AggregateFunction("avg", "mean")
{
    public override string Summary => "Arithmetic mean of the values; null without values.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        var type = arguments.Types[0].ValueType;
        return type.Kind switch
        {
            TypeKind.Decimal128 => new FunctionSignature(
                [type], DataType.Decimal128(Math.Min(type.Precision + 4, 38), Math.Min(type.Scale + 4, 38))),
            TypeKind.Decimal256 => new FunctionSignature(
                [type], DataType.Decimal256(Math.Min(type.Precision + 4, 76), Math.Min(type.Scale + 4, 76))),
            TypeKind.Duration => new FunctionSignature([type], type),
            _ => type.IsNumeric ? new FunctionSignature([DataType.Float64], DataType.Float64) : throw FunctionErrors.NoMatch(Name, arguments),
        };
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        signature.ReturnType.Kind switch
        {
            TypeKind.Decimal128 => new AverageAccumulator<Int128>(
                new ReduceAccumulator<Int128, SumInt128>(DataType.Decimal128(38, signature.ArgumentTypes[0].Scale)), signature),
            TypeKind.Decimal256 => new AverageAccumulator<Int256>(
                new ReduceAccumulator<Int256, SumInt256>(DataType.Decimal256(76, signature.ArgumentTypes[0].Scale)), signature),
            TypeKind.Duration => new AverageAccumulator<long>(new VectorReduceAccumulator<long, Sum<long>>(signature.ReturnType), signature),
            _ => new AverageAccumulator<double>(new VectorReduceAccumulator<double, Sum<double>>(signature.ReturnType), signature),
        };
}

/// <summary>A sum and a count.</summary>
internal sealed unsafe class AverageAccumulator<T>(Accumulator sum, FunctionSignature signature) : Accumulator
    where T : unmanaged
{
    private readonly CountAccumulator count = new();

    public override IReadOnlyList<DataType> StateTypes { get; } = [.. sum.StateTypes, DataType.Int64];

    public override long MemoryBytes => sum.MemoryBytes + count.MemoryBytes;

    public override void Resize(int groupCount)
    {
        sum.Resize(groupCount);
        count.Resize(groupCount);
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        sum.Update(arguments, groups, selection, rowCount);
        count.Update(arguments, groups, selection, rowCount);
    }

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        sum.UpdateSingle(arguments, selection, rowCount);
        count.UpdateSingle(arguments, selection, rowCount);
    }

    // Both or neither: the count takes runs whenever the sum does, since both refuse nulls only.
    public override bool TryUpdateRuns(ReadOnlySpan<Vector> arguments, ReadOnlySpan<DictionaryRun> runs, int rowCount) =>
        sum.TryUpdateRuns(arguments, runs, rowCount) && count.TryUpdateRuns(arguments, runs, rowCount);

    public override Vector[] ExportState(int start, int groupCount) =>
        [.. sum.ExportState(start, groupCount), .. count.ExportState(start, groupCount)];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        sum.ImportState(state[..1], groups, rowCount);
        count.ImportState(state[1..], groups, rowCount);
    }

    public override Vector Finish(int start, int groupCount)
    {
        using var sums = (FlatVector<T>)sum.Finish(start, groupCount);
        using var counts = (FlatVector<long>)count.Finish(start, groupCount);
        var result = FlatVector<T>.Allocate(signature.ReturnType, groupCount);
        for (var i = 0; i < groupCount; i++)
        {
            if (counts[i] == 0)
            {
                Nulls.Set(result, i);
                continue;
            }
            result.Values[i] = Divide(sums[i], counts[i]);
        }
        return result;
    }

    internal override bool IsFixedSize => true;

    public override void Dispose()
    {
        base.Dispose();
        sum.Dispose();
        count.Dispose();
    }

    private T Divide(T total, long divisor)
    {
        if (typeof(T) == typeof(double))
        {
            return (T)(object)((double)(object)total / divisor);
        }
        if (typeof(T) == typeof(long))
        {
            return (T)(object)((long)(object)total / divisor);
        }
        var big = typeof(T) == typeof(Int128) ? (System.Numerics.BigInteger)(Int128)(object)total : ((Int256)(object)total).ToBigInteger();
        var shift = signature.ReturnType.Scale - signature.ArgumentTypes[0].Scale;
        var quotient = big * System.Numerics.BigInteger.Pow(10, shift) / divisor;
        if (!DecimalMath.Fits(quotient, signature.ReturnType.Precision))
        {
            Throw.Overflow("The average has more digits than " + signature.ReturnType + " holds");
        }
        return typeof(T) == typeof(Int128) ? (T)(object)(Int128)quotient : (T)(object)Int256.FromBigInteger(quotient);
    }
}
