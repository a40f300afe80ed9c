using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>with_metadata(x, key, value, …)</c>: x, with metadata that arrow_metadata and arrow_field around it tell.</summary>
internal sealed class WithMetadataFunction() : ScalarFunction("with_metadata")
{
    public override string Usage => "(x, 'key', 'value', …)";

    public override string Summary => "x, with metadata for arrow_metadata and arrow_field.";

    public override bool MayFail => false;

    /// <summary>Folding a constant would lose what was said of it.</summary>
    public override Volatility Volatility => Volatility.Volatile;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        if (arguments.Count < 3 || arguments.Count % 2 == 0)
        {
            throw FunctionErrors.BadArgument("with_metadata wants an expression and pairs of key and value.");
        }
        for (var i = 1; i < arguments.Count; i++)
        {
            if (arguments.Constants[i]?.Value is not string)
            {
                throw FunctionErrors.BadArgument("with_metadata wants constant texts for keys and values.");
            }
        }
        return new FunctionSignature([arguments.Types[0], .. Enumerable.Repeat(DataType.Utf8, arguments.Count - 1)], arguments.Types[0], arguments.Nullable[0]);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        foreach (var text in arguments.Skip(1))
        {
            text.Dispose();
        }
        return arguments[0];
    }
}

/// <summary><c>union_extract</c> and <c>union_tag</c>: for Arrow unions, a type that no expression has.</summary>
internal sealed class UnionFunction(string name, string usage) : ScalarFunction(name)
{
    public override string Usage => usage;

    public override string Summary => "For Arrow unions, which no table here has.";

    public override FunctionSignature Resolve(FunctionArguments arguments) => throw FunctionErrors.NoMatch(Name, arguments);

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        throw new EngineException(SqlState.FeatureNotSupported, $"'{Name}' is for unions.");
}
