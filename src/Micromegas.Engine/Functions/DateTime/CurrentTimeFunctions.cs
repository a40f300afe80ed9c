using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>now()</c> and its kin: the statement's time, the same for every row.</summary>
internal sealed class CurrentTimeFunction(string name, DataType type, params string[] aliases) : ScalarFunction(name, aliases)
{
    public override Volatility Volatility => Volatility.Stable;

    public override bool MayFail => false;

    public override string Summary => "The time of the statement, UTC.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 0, 0);
        return new FunctionSignature([], type, false);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var day = TimeUnits.FloorDivide(context.Now, TimeUnits.NanosecondsPerDay);
        return new LiteralExpression(new Scalar(type, type.Kind switch
        {
            TypeKind.Date32 => (object)(int)day,
            TypeKind.Time64 => context.Now - (day * TimeUnits.NanosecondsPerDay),
            _ => context.Now,
        }));
    }
}
