using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>greatest</c> and <c>least</c>: nulls are ignored; null when all are.</summary>
internal sealed class GreatestFunction(string name, bool isGreatest) : ScalarFunction(name)
{
    public override string Usage => "(x, …)";

    public override string Summary => isGreatest ? "The largest argument." : "The smallest argument.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, int.MaxValue);
        var type = arguments.Types[0];
        foreach (var other in arguments.Types)
        {
            type = TypeCoercion.Comparison(type, other) ?? throw FunctionErrors.NoMatch(Name, arguments);
        }
        type = type.ValueType;
        return new FunctionSignature([.. arguments.Types.Select(_ => type)], type, arguments.Nullable.All(static nullable => nullable));
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(new ChoiceKernel(signature, isGreatest), [.. arguments]);

    private sealed class ChoiceKernel(FunctionSignature signature, bool isGreatest) : BuildingKernel(signature.ReturnType)
    {
        private Vector[] candidates = [];

        public override bool PropagatesNulls => false;

        protected override void Begin(Vector[] arguments) => candidates = arguments;

        protected override void Append(int row, VectorBuilder output)
        {
            Vector? best = null;
            foreach (var candidate in candidates)
            {
                if (candidate.IsNull(row))
                {
                    continue;
                }
                var order = best is null ? 1 : ValueOrder.Compare(candidate, row, best, row);
                if (best is null || (isGreatest ? order > 0 : order < 0))
                {
                    best = candidate;
                }
            }
            if (best is null)
            {
                output.AppendNull();
            }
            else
            {
                output.Append(best, row);
            }
        }
    }
}
