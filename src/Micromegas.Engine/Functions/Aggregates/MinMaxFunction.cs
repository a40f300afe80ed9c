using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Functions;

/// <summary><c>min</c> and <c>max</c> of anything that has an order.</summary>
internal sealed class MinMaxFunction(string name, bool isMax) : AggregateFunction(name)
{
    public override string Summary => isMax ? "Largest value." : "Smallest value.";

    public override bool IgnoresDuplicates => true;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        return new FunctionSignature(arguments.Types, arguments.Types[0].ValueType);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context)
    {
        var type = signature.ReturnType;
        return type.Kind switch
        {
            TypeKind.Int8 => Integer<sbyte>(type),
            TypeKind.Int16 => Integer<short>(type),
            TypeKind.UInt8 => Integer<byte>(type),
            TypeKind.UInt16 => Integer<ushort>(type),
            TypeKind.UInt32 => Integer<uint>(type),
            TypeKind.UInt64 => Integer<ulong>(type),
            TypeKind.Float32 => isMax
                ? new VectorReduceAccumulator<float, MaxFloat<float>>(type)
                : new VectorReduceAccumulator<float, MinFloat<float>>(type),
            TypeKind.Float64 => isMax
                ? new VectorReduceAccumulator<double, MaxFloat<double>>(type)
                : new VectorReduceAccumulator<double, MinFloat<double>>(type),
            TypeKind.Float16 => isMax ? new ReduceAccumulator<Half, MaxFloat<Half>>(type) : new ReduceAccumulator<Half, MinFloat<Half>>(type),
            TypeKind.Decimal128 => Wide<Int128>(type),
            TypeKind.Decimal256 => Wide<Int256>(type),
            TypeKind.IntervalMonthDayNano => Wide<MonthDayNano>(type),
            TypeKind.IntervalDayTime => new NestedExtremeAccumulator(type, isMax),
            _ => type.Storage switch
            {
                StorageKind.Flat => type.FlatSize == 4 ? Integer<int>(type) : Integer<long>(type),
                StorageKind.Bytes => new BytesExtremeAccumulator(type, isMax),
                StorageKind.Bit => new BooleanAccumulator(isMax ? BooleanReduction.Or : BooleanReduction.And),
                _ => new NestedExtremeAccumulator(type, isMax),
            },
        };
    }

    private Accumulator Integer<T>(DataType type)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> =>
        isMax ? new VectorReduceAccumulator<T, Max<T>>(type) : new VectorReduceAccumulator<T, Min<T>>(type);

    private Accumulator Wide<T>(DataType type)
        where T : unmanaged, IComparable<T> =>
        isMax ? new ReduceAccumulator<T, MaxWide<T>>(type) : new ReduceAccumulator<T, MinWide<T>>(type);
}
