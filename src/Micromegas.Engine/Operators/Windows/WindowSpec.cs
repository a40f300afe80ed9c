using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>Where a value that a window call reads comes from: a column of the stored rows, or a constant.</summary>
internal readonly record struct WindowInput(int Ordinal, Scalar? Constant, DataType Type)
{
    public bool IsConstant => Constant is not null;
}

/// <summary>A call with the places of what it reads.</summary>
internal sealed record WindowCallSpec(WindowCall Call, IReadOnlyList<WindowInput> Arguments, WindowInput? Filter);

/// <summary>
/// What is stored of each row to compute window calls: the input's columns, and one column for every argument, filter and key that is not a plain column,
/// so that each is evaluated once, before sorting.
/// </summary>
internal sealed class WindowSpec
{
    private readonly List<PlanColumn> stored;
    private readonly List<Assignment> hidden = [];

    public WindowSpec(LogicalWindow window, IReadOnlyList<PlanColumn> input)
    {
        Input = input;
        stored = [.. input];
        PartitionKeys = [.. window.PartitionBy.Where(static key => key is not BoundLiteral).Select(key => new SortKey(Store(key), false, false))];
        OrderKeys = [.. window.OrderBy.Where(static key => key.Expression is not BoundLiteral).Select(key => key with { Expression = Store(key.Expression) })];
        Calls = [.. window.Calls.Select(Resolve)];
        if (window.Calls.Any(static call => call.Frame.Unit == FrameUnit.Range && (call.Frame.Start.Offset ?? call.Frame.End.Offset) is not null) && OrderKeys.Count > 0)
        {
            RangeKey = Place(OrderKeys[0].Expression);
        }
    }

    public IReadOnlyList<PlanColumn> Input { get; }

    /// <summary>The columns stored: the input's, then the hidden ones.</summary>
    public IReadOnlyList<PlanColumn> Stored => stored;

    /// <summary>Whether rows must be widened before they are stored.</summary>
    public bool HasHidden => hidden.Count > 0;

    /// <summary>How the stored columns come from the input's.</summary>
    public IEnumerable<BoundExpression> Expressions =>
        [.. Input.Select(static column => new BoundColumn(column)), .. hidden.Select(static assignment => assignment.Expression)];

    /// <summary>The partition as columns to sort by.</summary>
    public IReadOnlyList<SortKey> PartitionKeys { get; }

    public IReadOnlyList<SortKey> OrderKeys { get; }

    /// <summary>The key whose values RANGE offsets count from, where some call has such a frame.</summary>
    public WindowInput? RangeKey { get; }

    public IReadOnlyList<WindowCallSpec> Calls { get; }

    private WindowCallSpec Resolve(WindowCall call)
    {
        if (call.Aggregate is null && (call.Filter is not null || call.Distinct))
        {
            throw call.Place.Locate(new EngineException(
                SqlState.FeatureNotSupported, $"{(call.Distinct ? "DISTINCT" : "FILTER")} is for aggregates, not for the window function '{call.Name}'.")
            {
                Hint = "Use CASE in its argument.",
            });
        }
        var arguments = new List<WindowInput>();
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            // The value of lag, nth_value and the like is taken row by row, or not at all: it must be stored.
            arguments.Add(call.Arguments[i] is BoundLiteral literal && (call.Aggregate is not null || i > 0)
                ? new WindowInput(-1, literal.Value, literal.Type)
                : Place(Store(Guard(call.Arguments[i], call.Filter))));
        }
        return new WindowCallSpec(call, arguments, call.Filter is null ? null : Place(Store(call.Filter)));
    }

    /// <summary>An argument is not evaluated for rows that the filter leaves out: it may fail there.</summary>
    private static BoundExpression Guard(BoundExpression argument, BoundExpression? filter) =>
        filter is null || argument is BoundColumn ? argument : new BoundCase([new BoundWhen(filter, argument)], null, argument.Type);

    private WindowInput Place(BoundExpression column)
    {
        var plan = ((BoundColumn)column).Column;
        return new WindowInput(stored.IndexOf(plan), null, plan.Type);
    }

    private BoundColumn Store(BoundExpression expression)
    {
        if (expression is BoundColumn column)
        {
            return column;
        }
        foreach (var known in hidden)
        {
            if (known.Expression.SameAs(expression))
            {
                return new BoundColumn(known.Column);
            }
        }
        var added = new PlanColumn($"window{hidden.Count}", expression.Type, expression.Nullable);
        hidden.Add(new Assignment(added, expression));
        stored.Add(added);
        return new BoundColumn(added);
    }
}
