using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>Evaluates the arguments, the filter and the order of one aggregate call, for one worker.</summary>
internal sealed class CallInput : IDisposable
{
    private readonly CompiledExpression[] arguments;
    private readonly VectorExpression? filter;
    private readonly Selection? filtered;
    private readonly SortKeyEncoder? order;

    public CallInput(AggregateCall call, IReadOnlyList<PlanColumn> input, QueryContext context)
    {
        Call = call;
        arguments = CompiledExpression.Compile(call.Arguments, input, context);
        Arguments = new Vector[arguments.Length];
        if (call.Filter is not null)
        {
            filter = ExpressionCompiler.Compile(call.Filter, input, context);
            filtered = new Selection();
        }
        if (AggregateSpec.IsOrdered(call))
        {
            order = new SortKeyEncoder(call.OrderBy, input, context);
        }
    }

    public AggregateCall Call { get; }

    /// <summary>The arguments of the rows of the last call of <see cref="Evaluate"/>.</summary>
    public Vector[] Arguments { get; }

    /// <summary>Evaluates a batch; gives the rows that count, all when null.</summary>
    public Selection? Evaluate(Batch batch)
    {
        var selection = batch.Selection;
        if (filter is not null)
        {
            filtered!.Count = filter.Filter(batch, selection, filtered);
            selection = filtered;
        }
        for (var i = 0; i < arguments.Length; i++)
        {
            Arguments[i] = arguments[i].Evaluate(batch, selection);
        }
        return selection;
    }

    /// <summary>The rows' normalized sort keys.</summary>
    public BinaryVector EncodeOrder(Batch batch, Selection? selection) => order!.Encode(batch, selection);

    public void Dispose()
    {
        foreach (var argument in arguments)
        {
            argument.Dispose();
        }
        filter?.Dispose();
        filtered?.Dispose();
        order?.Dispose();
    }
}
