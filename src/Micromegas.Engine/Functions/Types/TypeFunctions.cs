using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>arrow_cast</c>, <c>arrow_typeof</c> and the like (spec/sql.md §5.12).</summary>
internal static class TypeFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new ArrowCastFunction("arrow_cast", isTry: false),
        new ArrowCastFunction("arrow_try_cast", isTry: true),
        new CastToTypeFunction("cast_to_type", isTry: false),
        new CastToTypeFunction("try_cast_to_type", isTry: true),
        new DefinedFunction(
            "arrow_typeof", "(x)", "The type of x as text.", static arguments => Accept.Match("arrow_typeof", arguments, 1, [Accept.Any], static _ => DataType.Utf8),
            static s => new BytesRowKernel(
                s, (RowArguments a, int row, ref BytesWriter writer) => writer.Append(s.ArgumentTypes[0].ToString().AsSpan()), propagatesNulls: false)),
        new WithMetadataFunction(),
        new UnionFunction("union_extract", "(union, 'member')"),
        new UnionFunction("union_tag", "(union)"),
        new DefinedFunction(
            "version", "()", "The engine's version.", Accept.Fixed("version", DataType.Utf8, 0),
            static s => new BytesRowKernel(s, static (RowArguments _, int _, ref BytesWriter writer) => writer.Append(Version.AsSpan()))),
    ];

    private static string Version { get; } =
        "Micromegas.Data " + (typeof(TypeFunctions).Assembly.GetName().Version?.ToString(3) ?? "0.0.0") + " on .NET " + Environment.Version.ToString(3);
}

/// <summary>A cast to a type that a constant text names; integers are raw values of the target.</summary>
internal sealed class ArrowCastFunction(string name, bool isTry) : ScalarFunction(name)
{
    public override string Usage => "(x, 'type')";

    public override string Summary => "Cast to an Arrow type.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        var text = arguments.Constants[1]?.Value as string
            ?? throw FunctionErrors.BadArgument($"{Name} requires its second argument to be a non-empty constant string");
        var target = ArrowTypeText.TryParse(text)
            ?? throw new EngineException(SqlState.FeatureNotSupported, $"Unsupported type '{text}'. Must be a supported arrow type name such as 'Int32' or 'Timestamp(ns)'");
        return CastRules.CanCast(arguments.Types[0], target)
            ? new FunctionSignature([arguments.Types[0], arguments.Types[1]], target, arguments.Nullable[0] || isTry)
            : throw new EngineException(SqlState.FeatureNotSupported, $"Unsupported CAST from {arguments.Types[0]} to {target}");
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        arguments[1].Dispose();
        return Casts.Compile(signature.ArgumentTypes[0], signature.ReturnType, isTry, arguments[0]);
    }
}

/// <summary>A cast to the type of the second argument.</summary>
internal sealed class CastToTypeFunction(string name, bool isTry) : ScalarFunction(name)
{
    public override string Usage => "(x, reference)";

    public override string Summary => "Cast to the type of another expression.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        var target = arguments.Types[1];
        return CastRules.CanCast(arguments.Types[0], target)
            ? new FunctionSignature(arguments.Types, target)
            : throw new EngineException(SqlState.FeatureNotSupported, $"Unsupported CAST from {arguments.Types[0]} to {target}");
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        arguments[1].Dispose();
        return Casts.Compile(signature.ArgumentTypes[0], signature.ReturnType, isTry, arguments[0]);
    }
}
