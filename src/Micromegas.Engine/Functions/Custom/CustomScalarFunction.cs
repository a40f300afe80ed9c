using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>A scalar function that is a C# delegate. NULL for a parameter that cannot hold it gives NULL without a call.</summary>
/// <typeparam name="TResult">The result; null is NULL.</typeparam>
internal sealed class CustomScalarFunction<TResult>(
    string name, (Func<DataType, bool> Accepts, DataType Type, bool TakesNull)[] parameters, Func<RowArguments, int, TResult> call, bool isDeterministic)
    : ScalarFunction(name)
{
    public override Volatility Volatility => isDeterministic ? Volatility.Immutable : Volatility.Volatile;

    public override string Usage => $"({string.Join(", ", parameters.Select(static parameter => parameter.Type.ToString()))})";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, parameters.Length, parameters.Length);
        for (var i = 0; i < parameters.Length; i++)
        {
            if (!parameters[i].Accepts(arguments.Types[i]))
            {
                throw FunctionErrors.NoMatch(Name, arguments);
            }
        }
        return new FunctionSignature([.. parameters.Select(static parameter => parameter.Type)], ClrValue<TResult>.Type);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(new CallKernel(signature, this, parameters, isDeterministic), [.. arguments]);

    private TResult Call(RowArguments arguments, int row)
    {
        try
        {
            return call(arguments, row);
        }
        catch (Exception error) when (error is not (EngineException or OperationCanceledException))
        {
            throw new EngineException(SqlState.ExternalRoutineException, $"{Name}: {error.Message}", error);
        }
    }

    private sealed class CallKernel(
        FunctionSignature signature, CustomScalarFunction<TResult> function,
        (Func<DataType, bool> Accepts, DataType Type, bool TakesNull)[] parameters, bool isDeterministic) : BuildingKernel(signature.ReturnType)
    {
        private readonly RowArguments read = new(signature.ArgumentTypes);

        public override bool IsDeterministic => isDeterministic;

        public override bool PropagatesNulls { get; } = Array.TrueForAll(parameters, static parameter => !parameter.TakesNull);

        protected override void Begin(Vector[] arguments) => read.Attach(arguments);

        protected override void Append(int row, VectorBuilder output)
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                if (!parameters[i].TakesNull && read.IsNull(i, row))
                {
                    output.AppendNull();
                    return;
                }
            }
            var value = function.Call(read, row);
            if (output is FlatVectorBuilder<long> longs && value is long number)
            {
                longs.Append(number);
            }
            else if (output is FlatVectorBuilder<double> doubles && value is double real)
            {
                doubles.Append(real);
            }
            else
            {
                output.AppendValue(ClrValue<TResult>.Box(value));
            }
        }
    }
}
