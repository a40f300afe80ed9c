using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Functions;

/// <summary><c>sum</c>: integers wrap, floats add as Float64, decimals get ten more digits.</summary>
internal sealed class SumFunction() : AggregateFunction("sum")
{
    public override string Summary => "Sum of the values; null without values.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        var type = arguments.Types[0].ValueType;
        if (type.IsSignedInteger)
        {
            return new FunctionSignature([DataType.Int64], DataType.Int64);
        }
        if (type.IsUnsignedInteger)
        {
            return new FunctionSignature([DataType.UInt64], DataType.UInt64);
        }
        if (type.IsFloat)
        {
            return new FunctionSignature([DataType.Float64], DataType.Float64);
        }
        if (type.Kind == TypeKind.Decimal128)
        {
            return new FunctionSignature([type], DataType.Decimal128(Math.Min(type.Precision + 10, 38), type.Scale));
        }
        if (type.Kind == TypeKind.Decimal256)
        {
            return new FunctionSignature([type], DataType.Decimal256(Math.Min(type.Precision + 10, 76), type.Scale));
        }
        return type.Kind == TypeKind.Duration ? new FunctionSignature([type], type) : throw FunctionErrors.NoMatch(Name, arguments);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        signature.ReturnType.Kind switch
        {
            TypeKind.Float64 => new VectorReduceAccumulator<double, Sum<double>>(signature.ReturnType),
            TypeKind.UInt64 => new VectorReduceAccumulator<ulong, Sum<ulong>>(signature.ReturnType),
            TypeKind.Decimal128 => new ReduceAccumulator<Int128, SumInt128>(signature.ReturnType),
            TypeKind.Decimal256 => new ReduceAccumulator<Int256, SumInt256>(signature.ReturnType),
            _ => new VectorReduceAccumulator<long, Sum<long>>(signature.ReturnType),
        };
}
