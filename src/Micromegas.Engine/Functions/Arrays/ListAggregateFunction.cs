using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>list_aggregate(list, 'name')</c>, DuckDB's: the list function that does to the items what the named aggregate does to rows.</summary>
internal sealed class ListAggregateFunction() : ScalarFunction("list_aggregate", "array_aggregate", "list_aggr", "array_aggr")
{
    private static readonly string[] Names = ["sum", "avg", "product", "min", "max", "count", "mode", "any_value"];

    public override string Usage => "(list, 'name')";

    public override string Summary => "An aggregate of the items: " + string.Join(", ", Names) + ".";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        var name = (arguments.Constants[1]?.Value as string)?.ToLowerInvariant();
        if (name == "mean")
        {
            name = "avg";
        }
        if (name is null || !Names.Contains(name))
        {
            throw FunctionErrors.BadArgument($"{Name} wants the constant name of an aggregate: {string.Join(", ", Names)}.");
        }
        var inner = Inner(name).Resolve(new FunctionArguments([arguments.Types[0]], [arguments.Constants[0]], [arguments.Nullable[0]]));
        return new FunctionSignature([inner.ArgumentTypes[0], DataType.Utf8], inner.ReturnType);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var name = arguments[1] is LiteralExpression { Value.Value: string text } ? text.ToLowerInvariant() : "";
        arguments[1].Dispose();
        return Inner(name == "mean" ? "avg" : name)
            .Compile(new FunctionSignature([signature.ArgumentTypes[0]], signature.ReturnType), [arguments[0]], context);
    }

    private static ScalarFunction Inner(string name) => FunctionRegistry.BuiltIn.FindScalar("array_" + name)!;
}
