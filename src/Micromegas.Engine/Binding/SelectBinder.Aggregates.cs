using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Aggregate calls, each of the query whose rows it reads.</summary>
internal sealed partial class SelectBinder
{
    public BoundExpression BindAggregate(AggregateFunction function, FunctionCall call, ExpressionBinder binder)
    {
        if (clause == Clause.AggregateArgument)
        {
            throw Errors.Unsupported(call, "An aggregate inside an aggregate", "Aggregate in a subquery first.");
        }
        var outerClause = clause;
        clause = Clause.AggregateArgument;
        try
        {
            var (arguments, signature, described, orderBy) = BindAggregateArguments(function, call, binder);
            var filter = call.Filter is null ? null : binder.BindCondition(call.Filter, "FILTER");
            if (arguments.Any(ReadsAggregate))
            {
                // Arguments of a macro are bound before the aggregate that it stands for.
                throw Errors.Unsupported(call, "An aggregate inside an aggregate", "Aggregate in a subquery first.");
            }
            if (call.NullTreatment == NullTreatment.Ignore && !function.SkipsNulls && arguments.Count > 0)
            {
                var present = new BoundIsNull(arguments[0], true);
                filter = filter is null ? present : new BoundLogical(true, [present, filter]);
            }
            var distinct = call.Distinct && !function.IgnoresDuplicates;
            if (distinct && orderBy.Any(key => key.Expression is not BoundLiteral && !arguments.Any(argument => Source(argument).SameAs(Source(key.Expression)))))
            {
                throw Errors.At(call, SqlState.InvalidStatement, "In an aggregate with DISTINCT, ORDER BY expressions must appear in argument list.", "Equal values that come together have no order of their own: order by the value.");
            }
            var column = new PlanColumn(function.Name, signature.ReturnType, signature.Nullable);
            var aggregate = new AggregateCall(column, function, signature, described, arguments, distinct, filter, orderBy) { Place = Errors.PlaceOf(call) };
            var owner = OwnerOf(aggregate);
            if (owner == this && outerClause is Clause.Where or Clause.From)
            {
                throw Errors.At(call, SqlState.GroupingError, $"The aggregate '{function.Name}' cannot stand in {outerClause.ToString().ToUpperInvariant()}.", "Conditions on groups go to HAVING.");
            }
            return new BoundColumn(owner.Add(aggregate));
        }
        finally
        {
            clause = outerClause;
        }
    }

    /// <summary>The value before it was cast to what the function takes.</summary>
    private static BoundExpression Source(BoundExpression expression) => expression is BoundCast cast ? Source(cast.Operand) : expression;

    /// <summary>The column of a call, which is the same for equal calls.</summary>
    private PlanColumn Add(AggregateCall call)
    {
        foreach (var known in aggregates)
        {
            if (known.Function == call.Function && known.Distinct == call.Distinct && known.Signature.ReturnType == call.Signature.ReturnType
                && known.Arguments.Count == call.Arguments.Count && known.Arguments.Zip(call.Arguments).All(static pair => pair.First.SameAs(pair.Second))
                && (known.Filter is null ? call.Filter is null : call.Filter is not null && known.Filter.SameAs(call.Filter))
                && known.OrderBy.Count == 0 && call.OrderBy.Count == 0)
            {
                return known.Column;
            }
        }
        aggregates.Add(call);
        return call.Column;
    }

    /// <summary>
    /// The query that an aggregate belongs to: the innermost one whose columns it reads, which may lie around this one
    /// (<c>SELECT a, (SELECT max(u.x) FROM u WHERE u.y &lt; sum(t.b)) FROM t GROUP BY a</c>), as in PostgreSQL.
    /// </summary>
    private SelectBinder OwnerOf(AggregateCall call)
    {
        var columns = new HashSet<PlanColumn>();
        foreach (var expression in call.Arguments.Concat(call.OrderBy.Select(static key => key.Expression)).Concat(call.Filter is null ? [] : [call.Filter]))
        {
            expression.CollectColumns(columns);
        }
        for (var at = scope; at is not null && columns.Count > 0; at = at.Outer)
        {
            if (at.Columns.Any(column => columns.Contains(column.Column)))
            {
                return at.Owner is { clause: Clause.Select or Clause.Having or Clause.Qualify or Clause.OrderBy } owner ? owner : this;
            }
        }
        return this;
    }

    private (IReadOnlyList<BoundExpression> Arguments, FunctionSignature Signature, FunctionArguments Described, IReadOnlyList<SortKey> OrderBy)
        BindAggregateArguments(AggregateFunction function, FunctionCall call, ExpressionBinder binder)
    {
        var arguments = new List<BoundExpression>();
        var positional = NamedArguments.InOrder(call, function.Usage, Errors);
        foreach (var argument in positional)
        {
            if (argument.Value is StarExpression star)
            {
                if (star.Qualifier is { Last.Value: var relation } && !scope.Columns.Any(column => column.Relation == relation))
                {
                    throw Errors.At(star, SqlState.UndefinedTable, $"Invalid qualifier {relation}: FROM has no such table.",
                        BindingError.Nearest(relation, scope.Columns.Select(static column => column.Relation).OfType<string>()));
                }
                if (function.Name != "count" || call.Arguments.Count != 1)
                {
                    throw Errors.At(argument, SqlState.InvalidStatement, $"'{function.Name}' does not take *.", BindingError.Candidates([function.Name + function.Usage]));
                }
                if (call.Distinct)
                {
                    throw Errors.At(argument, SqlState.InvalidStatement, "count(DISTINCT *) counts nothing in particular; name the columns.", "count(*) over SELECT DISTINCT counts distinct rows.");
                }
                continue;
            }
            arguments.Add(binder.Bind(argument.Value));
        }
        var orderBy = call.OrderBy.Select(item => SortKeys.Make(item, binder.Bind(item.Expression))).ToList();
        var isDescending = orderBy is [{ Descending: true } key] && arguments.Count > 0 && key.Expression.SameAs(arguments[0]);
        if (call.WithinGroup.IsEmpty && function.ShareOrdinal == arguments.Count && call.OrderBy.Count == 1)
        {
            // percentile_cont(p ORDER BY x) is percentile_cont(p) WITHIN GROUP (ORDER BY x).
            arguments.Insert(0, orderBy[0].Expression);
            isDescending = orderBy[0].Descending;
        }
        if (!call.WithinGroup.IsEmpty)
        {
            // percentile_cont(p) WITHIN GROUP (ORDER BY x) is percentile_cont(x, p); a descending order asks for the complement.
            if (call.WithinGroup.Count != 1)
            {
                throw Errors.At(call, SqlState.InvalidStatement, "WITHIN GROUP takes one ORDER BY expression.", $"Write {function.Name}(…) WITHIN GROUP (ORDER BY x).");
            }
            arguments.Insert(0, binder.Bind(call.WithinGroup[0].Expression));
            isDescending = call.WithinGroup[0].Direction == SortDirection.Descending;
        }
        if (isDescending && function.ShareOrdinal is { } share && share < arguments.Count)
        {
            arguments[share] = binder.Call("-", call, new BoundLiteral(Scalar.Of(1.0)), arguments[share]);
        }
        if (function.Name == "count" && arguments is [BoundLiteral { Value.IsNull: false }] && !call.Distinct)
        {
            arguments.Clear();
        }
        try
        {
            var described = ExpressionBinder.Describe(arguments);
            var signature = function.Resolve(described);
            for (var i = 0; i < arguments.Count; i++)
            {
                arguments[i] = binder.Cast(arguments[i], signature.ArgumentTypes[i], node: call);
            }
            return (arguments, signature, described, function.IsOrderSensitive ? orderBy : []);
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw Errors.At(call, error.SqlState, error.Message, error.Hint ?? BindingError.Candidates([function.Name + function.Usage]));
        }
    }
}
