using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>A scalar function that is a line of a table: how it types and which kernel computes it.</summary>
internal sealed class DefinedFunction(
    string name, string usage, string summary, Func<FunctionArguments, FunctionSignature> resolve, Func<FunctionSignature, Kernel> create, params string[] aliases)
    : ScalarFunction(name, aliases)
{
    public override string Usage => usage;

    public override string Summary => summary;

    public override bool MayFail => CanFail;

    public override Volatility Volatility => Changes;

    /// <summary>Whether a call may raise an error.</summary>
    public bool CanFail { get; init; }

    public Volatility Changes { get; init; } = Volatility.Immutable;

    public override FunctionSignature Resolve(FunctionArguments arguments) => resolve(arguments);

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(signature.ReturnType, create(signature), [.. arguments]);
}
