using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;
using FrameBound = Micromegas.Engine.Plans.Logical.FrameBound;
using FrameBoundKind = Micromegas.Engine.Plans.Logical.FrameBoundKind;
using FrameExclusion = Micromegas.Engine.Plans.Logical.FrameExclusion;
using WindowFrame = Micromegas.Engine.Plans.Logical.WindowFrame;

namespace Micromegas.Engine.Binding;

/// <summary>Window calls, and <c>unnest</c> in the select list.</summary>
internal sealed partial class SelectBinder
{
    /// <summary>A window call as it was bound over FROM, with the syntax for errors.</summary>
    private sealed record PendingWindow(IReadOnlyList<BoundExpression> PartitionBy, IReadOnlyList<SortKey> OrderBy, WindowCall Call, FunctionCall Syntax);

    public BoundExpression BindWindow(FunctionCall call, ExpressionBinder binder)
    {
        if (clause is not (Clause.Select or Clause.Qualify or Clause.OrderBy))
        {
            throw Errors.At(call, SqlState.WindowingError, $"A window function cannot stand in {clause.ToString().ToUpperInvariant()}.",
                "QUALIFY filters by windows; or use a subquery.");
        }
        var unnested = unnests.Count;
        var specification = Specification(call.Over!);
        var partitionBy = specification.PartitionBy.Select(binder.Bind).ToList();
        var orderBy = specification.OrderBy.Select(item => SortKeys.Make(item, binder.Bind(item.Expression))).ToList();
        var name = call.Name.Last.Value;
        var aggregate = context.Functions.FindAggregate(name);
        IReadOnlyList<BoundExpression> arguments;
        FunctionSignature signature;
        FunctionArguments described;
        IReadOnlyList<SortKey> ownOrder = [];
        if (WindowFunctions.IsWindowOnly(name))
        {
            aggregate = null;
            ownOrder = [.. call.OrderBy.Select(item => SortKeys.Make(item, binder.Bind(item.Expression)))];
            List<BoundExpression> bound = [.. NamedArguments.InOrder(call, WindowFunctions.UsageOf(name), Errors).Select(argument => binder.Bind(argument.Value))];
            described = ExpressionBinder.Describe(bound);
            signature = WindowFunctions.Resolve(name, described);
            arguments = [.. bound.Select((argument, i) => binder.Cast(argument, signature.ArgumentTypes[i], node: call))];
        }
        else if (aggregate is not null)
        {
            (arguments, signature, described, ownOrder) = BindAggregateArguments(aggregate, call, binder);
        }
        else
        {
            throw Errors.At(call, SqlState.UndefinedFunction, $"Invalid function '{name}'.", BindingError.Nearest(
                name, context.Functions.AggregateNames.Concat(WindowFunctions.Names),
                context.Functions.FindScalar(name) is null ? "SHOW FUNCTIONS lists the functions." : $"'{name}' is a function of one row: leave out OVER."));
        }
        if (ownOrder.Count > orderBy.Count || !ownOrder.Zip(orderBy).All(static pair => SameKey(pair.First, pair.Second)))
        {
            throw Errors.Unsupported(call, "ORDER BY inside a window call", "The rows of a frame come in the order of OVER (… ORDER BY …).");
        }
        var filter = call.Filter is null ? null : binder.BindCondition(call.Filter, "FILTER");
        var frame = Frame(specification, orderBy, binder);
        if (unnests.Count > unnested)
        {
            // Windows are computed below what the select list unnests.
            throw Errors.Unsupported(call, "unnest inside a window function", "Put it in FROM: FROM t, unnest(t.list) AS u(item).");
        }
        var column = new PlanColumn(name, signature.ReturnType, signature.Nullable);
        var window = new PendingWindow(partitionBy, orderBy, new WindowCall(
            column, name, aggregate, signature, described, arguments, filter, call.NullTreatment == NullTreatment.Ignore, call.Distinct, frame) { Place = Errors.PlaceOf(call) }, call);
        if (windows.Find(known => SameWindow(known, window) && SameCall(known.Call, window.Call)) is { } same)
        {
            return new BoundColumn(same.Call.Column);
        }
        windows.Add(window);
        return new BoundColumn(column);
    }

    /// <summary>The specification with named windows put in.</summary>
    private WindowSpecification Specification(Window window)
    {
        for (var depth = 0; depth <= select.Windows.Count; depth++)
        {
            var name = window switch
            {
                WindowName reference => reference.Name,
                WindowSpecification { Base: { } based } => based,
                _ => null,
            };
            if (name is null)
            {
                return (WindowSpecification)window;
            }
            if (select.Windows.Count(candidate => candidate.Name.Value == name.Value) > 1)
            {
                throw Errors.At(window, SqlState.WindowingError, $"The window '{name.Value}' is defined more than once.", "Give the windows different names.");
            }
            var definition = select.Windows.FirstOrDefault(candidate => candidate.Name.Value == name.Value)
                ?? throw Errors.At(window, SqlState.WindowingError, $"The window '{name.Value}' is not defined.",
                    BindingError.Nearest(name.Value, select.Windows.Select(static window => window.Name.Value), "Define it behind HAVING: WINDOW w AS (…)."));
            window = (window, definition.Window) switch
            {
                (WindowSpecification own, WindowSpecification based) => based with
                {
                    PartitionBy = own.PartitionBy.IsEmpty ? based.PartitionBy : own.PartitionBy,
                    OrderBy = own.OrderBy.IsEmpty ? based.OrderBy : own.OrderBy,
                    Frame = own.Frame ?? based.Frame,
                },
                (_, var defined) => defined,
            };
        }
        throw Errors.At(window, SqlState.WindowingError, "The windows refer to one another in a circle.", "Let one of them name no other.");
    }

    private WindowFrame Frame(WindowSpecification specification, List<SortKey> orderBy, ExpressionBinder binder)
    {
        if (specification.Frame is not { } frame)
        {
            return new WindowFrame(
                FrameUnit.Range,
                new FrameBound(FrameBoundKind.UnboundedPreceding),
                new FrameBound(orderBy.Count == 0 ? FrameBoundKind.UnboundedFollowing : FrameBoundKind.CurrentRow));
        }
        var unit = (FrameUnit)frame.Units;
        if (unit == FrameUnit.Groups && orderBy.Count == 0)
        {
            throw Errors.At(frame, SqlState.WindowingError, "A GROUPS frame needs an ORDER BY: its groups are the rows of equal order.", "ROWS counts rows in any order.");
        }
        var start = Bound(frame.Start, unit, orderBy, binder);
        var end = frame.End is null ? new FrameBound(FrameBoundKind.CurrentRow) : Bound(frame.End, unit, orderBy, binder);
        if (start.Kind > end.Kind || start.Kind == FrameBoundKind.UnboundedFollowing || end.Kind == FrameBoundKind.UnboundedPreceding)
        {
            throw Errors.At(frame, SqlState.WindowingError, "The window frame ends before it starts.", "Write the earlier bound first: BETWEEN 2 PRECEDING AND CURRENT ROW.");
        }
        return new WindowFrame(unit, start, end, (FrameExclusion)frame.Exclusion);
    }

    private FrameBound Bound(Sql.Syntax.FrameBound bound, FrameUnit unit, List<SortKey> orderBy, ExpressionBinder binder)
    {
        var kind = (FrameBoundKind)bound.Kind;
        if (bound.Offset is null)
        {
            return new FrameBound(kind);
        }
        var offset = binder.Bind(bound.Offset);
        if (offset is not BoundLiteral { Value.IsNull: false })
        {
            throw Errors.Unsupported(bound, "A frame offset that is not a constant", "Write a number or an INTERVAL.");
        }
        if (offset.Type.IsUtf8 && (unit != FrameUnit.Range || orderBy is [{ Expression.Type.ValueType.IsNumeric: true }]))
        {
            var number = binder.Cast(offset, unit == FrameUnit.Range ? orderBy[0].Expression.Type.ValueType : DataType.Int64, node: bound);
            offset = number is BoundLiteral ? number : throw Errors.At(bound, SqlState.WindowingError, $"The frame offset {binder.SourceOf(bound.Offset)} is no number.", "Write a number of rows, or of the order's own unit.");
        }
        if (offset.Type.IsNumeric && binder.Fold(new BoundComparison(
                ComparisonOperator.LessThan, binder.Cast(offset, DataType.Float64), new BoundLiteral(Scalar.Of(0.0)))) is BoundLiteral { Value.Value: true })
        {
            throw Errors.At(bound, SqlState.InvalidParameterValue, "A frame offset must not be negative.", "PRECEDING and FOLLOWING say the direction.");
        }
        if (unit != FrameUnit.Range)
        {
            return offset.Type.IsInteger
                ? new FrameBound(kind, binder.Cast(offset, DataType.UInt64, node: bound))
                : throw Errors.At(bound, SqlState.WindowingError, $"A {unit} frame counts rows: its offset must be an integer, not {offset.Type}.", "For distances in the order's own unit use RANGE.");
        }
        if (orderBy.Count != 1)
        {
            throw Errors.At(bound, SqlState.WindowingError, "A RANGE frame with an offset needs exactly one ORDER BY expression.", "ROWS counts rows in any order.");
        }
        var key = orderBy[0].Expression.Type.ValueType;
        if (key.IsTemporal)
        {
            return new FrameBound(kind, binder.Cast(offset, DataType.IntervalMonthDayNano, node: bound));
        }
        if (!key.IsNumeric)
        {
            throw Errors.At(bound, SqlState.WindowingError, $"A RANGE frame with an offset needs a number or time to order by, not {key}.", "ROWS counts rows in any order.");
        }
        // A distance may be larger than any key.
        var distance = key.IsInteger && offset.Type.IsInteger ? offset
            : binder.Cast(offset, key.Kind == TypeKind.Decimal128 ? DataType.Decimal128(38, key.Scale) : key, node: bound);
        return distance is BoundLiteral
            ? new FrameBound(kind, distance)
            : throw Errors.At(bound, SqlState.WindowingError, $"The frame offset {binder.SourceOf(bound.Offset)} is out of range for {key}.", "UNBOUNDED reaches all rows.");
    }

    /// <summary>Puts the windows above the grouping, one node for all calls that share partition and order.</summary>
    private void AddWindows()
    {
        var lifted = windows.ConvertAll(window => isGrouped
            ? window with
            {
                PartitionBy = [.. window.PartitionBy.Select(key => AboveGrouping(key, window.Syntax))],
                OrderBy = [.. window.OrderBy.Select(key => key with { Expression = AboveGrouping(key.Expression, window.Syntax) })],
                Call = window.Call with
                {
                    Arguments = [.. window.Call.Arguments.Select(argument => AboveGrouping(argument, window.Syntax))],
                    Filter = window.Call.Filter is null ? null : AboveGrouping(window.Call.Filter, window.Syntax),
                },
            }
            : window);
        while (lifted.Count > 0)
        {
            var first = lifted[0];
            var together = lifted.FindAll(other => SameWindow(first, other));
            plan = new LogicalWindow(plan, first.PartitionBy, first.OrderBy, [.. together.Select(static window => window.Call)]);
            lifted.RemoveAll(together.Contains);
        }
    }

    /// <summary>Puts calls of <c>unnest</c> on top of the plan: one of another's items after it, the others side by side.</summary>
    private void AddUnnests(List<(BoundExpression List, PlanColumn Item)> calls)
    {
        for (var open = calls; open.Count > 0;)
        {
            var ready = open.FindAll(unnest => !open.Exists(other => unnest.List.Columns().Contains(other.Item)));
            plan = new LogicalUnnest(plan, [.. ready.Select(static unnest => unnest.List)], [.. ready.Select(static unnest => unnest.Item)], null, false);
            open = open.FindAll(unnest => !ready.Contains(unnest));
        }
    }

    private static bool SameCall(WindowCall a, WindowCall b) =>
        a.Name == b.Name && a.Aggregate == b.Aggregate && a.Frame == b.Frame && a.IgnoreNulls == b.IgnoreNulls && a.Distinct == b.Distinct
        && a.Arguments.Count == b.Arguments.Count && a.Arguments.Zip(b.Arguments).All(static pair => pair.First.SameAs(pair.Second) && !pair.First.IsVolatile())
        && (a.Filter is null ? b.Filter is null : b.Filter is not null && a.Filter.SameAs(b.Filter));

    private static bool SameWindow(PendingWindow a, PendingWindow b) =>
        a.PartitionBy.Count == b.PartitionBy.Count && a.PartitionBy.Zip(b.PartitionBy).All(static pair => pair.First.SameAs(pair.Second))
        && a.OrderBy.Count == b.OrderBy.Count && a.OrderBy.Zip(b.OrderBy).All(static pair => SameKey(pair.First, pair.Second));

    private static bool SameKey(SortKey a, SortKey b) => a.Descending == b.Descending && a.NullsFirst == b.NullsFirst && a.Expression.SameAs(b.Expression);

    public BoundExpression BindUnnest(BoundExpression list, SyntaxNode node)
    {
        if (clause is Clause.GroupBy or Clause.OrderBy && unnests.Find(unnest => unnest.List.SameAs(list)) is { Item: { } same })
        {
            return new BoundColumn(same);
        }
        if (clause is not (Clause.Select or Clause.GroupBy))
        {
            throw Errors.Unsupported(node, $"unnest in {clause.ToString().ToUpperInvariant()}", "Put it in FROM: FROM t, unnest(t.list) AS u(item).");
        }
        if (!list.Type.ValueType.IsList)
        {
            throw Errors.Unsupported(node, $"unnest of {list.Type} in a select list", "unnest takes a list.");
        }
        var item = new PlanColumn("unnest", list.Type.ValueType.ItemField.Type);
        unnests.Add((list, item));
        return new BoundColumn(item);
    }
}
