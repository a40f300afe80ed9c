using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Functions;

/// <summary><c>bit_and</c>, <c>bit_or</c>, <c>bit_xor</c> of integers.</summary>
internal sealed class BitAggregateFunction(string name) : AggregateFunction(name)
{
    public override string Summary => "The values combined bit by bit.";

    public override bool IgnoresDuplicates => Name != "bit_xor";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        var type = arguments.Types[0].ValueType;
        return type.Kind == TypeKind.Null ? new FunctionSignature([DataType.Int64], DataType.Int64)
            : type.IsInteger ? new FunctionSignature([type], type) : throw FunctionErrors.NoMatch(Name, arguments);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context)
    {
        var type = signature.ReturnType;
        return type.Kind switch
        {
            TypeKind.Int8 => Create<sbyte>(type),
            TypeKind.Int16 => Create<short>(type),
            TypeKind.Int32 => Create<int>(type),
            TypeKind.Int64 => Create<long>(type),
            TypeKind.UInt8 => Create<byte>(type),
            TypeKind.UInt16 => Create<ushort>(type),
            TypeKind.UInt32 => Create<uint>(type),
            _ => Create<ulong>(type),
        };
    }

    private Accumulator Create<T>(DataType type)
        where T : unmanaged, IBinaryInteger<T> => Name switch
        {
            "bit_and" => new VectorReduceAccumulator<T, AllBits<T>>(type),
            "bit_or" => new VectorReduceAccumulator<T, AnyBits<T>>(type),
            _ => new VectorReduceAccumulator<T, OddBits<T>>(type),
        };
}

/// <summary><c>bool_and</c> and <c>bool_or</c>.</summary>
internal sealed class BooleanAggregateFunction(string name, bool isAnd) : AggregateFunction(name)
{
    public override string Summary => isAnd ? "Whether all values are true." : "Whether some value is true.";

    public override bool IgnoresDuplicates => true;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        return arguments.Types[0].ValueType.Kind is TypeKind.Boolean or TypeKind.Null
            ? new FunctionSignature([DataType.Boolean], DataType.Boolean)
            : throw FunctionErrors.NoMatch(Name, arguments);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        new BooleanAccumulator(isAnd ? BooleanReduction.And : BooleanReduction.Or);
}
