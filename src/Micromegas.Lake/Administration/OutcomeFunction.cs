using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;

namespace Micromegas.Lake.Administration;

/// <summary>A function that does something for every row and tells in words what became of it (spec/lakehouse.md §8.5, §8.7). Each row is its own transaction.</summary>
internal sealed class OutcomeFunction(
    string name, string usage, string summary, IReadOnlyList<OperationArgument> arguments, Func<object?[], CancellationToken, ValueTask<string>> run)
    : ScalarFunction(name)
{
    public override Volatility Volatility => Volatility.Volatile;

    public override string Usage => usage;

    public override string Summary => summary;

    public override FunctionSignature Resolve(FunctionArguments given)
    {
        if (given.Count != arguments.Count)
        {
            throw new EngineException(SqlState.UndefinedFunction, $"{Name} is called as {Name}{usage}");
        }
        return new FunctionSignature(
            [.. arguments.Select((argument, i) => argument.Kind == OperationArgumentKind.Time && given.Types[i].Kind == TypeKind.Timestamp ? DataType.LakeTime : DataType.Utf8)],
            DataType.Utf8);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> given, QueryContext context) =>
        new Expression(this, arguments, run, signature, given, context);

    private sealed class Expression(
        OutcomeFunction function, IReadOnlyList<OperationArgument> arguments, Func<object?[], CancellationToken, ValueTask<string>> run,
        FunctionSignature signature, IReadOnlyList<VectorExpression> given, QueryContext context) : VectorExpression(DataType.Utf8)
    {
        private readonly BinaryVectorBuilder _builder = new(DataType.Utf8);
        private Vector? _result;

        public override Vector Evaluate(Batch batch, Selection? selection)
        {
            Vector[] values = given.Select(g => g.Evaluate(batch, selection)).ToArray();
            var outcomes = new string?[batch.RowCount];
            for (int i = 0; i < (selection?.Count ?? batch.RowCount); i++)
            {
                int row = selection?.Span[i] ?? i;

                // A function has no way to leave its worker while it waits.
                outcomes[row] = run(Arguments(values, row), context.CancellationToken).AsTask().GetAwaiter().GetResult();
            }
            foreach (string? outcome in outcomes)
            {
                if (outcome is null)
                {
                    _builder.AppendNull();
                }
                else
                {
                    _builder.Append(outcome);
                }
            }
            _result?.Dispose();
            return _result = _builder.Build();
        }

        public override int Filter(Batch batch, Selection? selection, Selection result) =>
            throw new InvalidOperationException($"{function.Name} is no condition");

        public override void Dispose()
        {
            base.Dispose();
            foreach (VectorExpression argument in given)
            {
                argument.Dispose();
            }
            _result?.Dispose();
            _builder.Dispose();
        }

        private object?[] Arguments(Vector[] values, int row)
        {
            var converted = new object?[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                converted[i] = values[i].GetValue(row) is { } value
                    ? arguments[i].Convert(function.Name, new Scalar(signature.ArgumentTypes[i], value))
                    : null;
            }
            return converted;
        }
    }
}
