using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;
using Micromegas.Sql.Syntax;
using CaseExpression = Micromegas.Sql.Syntax.CaseExpression;

namespace Micromegas.Engine.Binding;

/// <summary>Function calls, CASE and the forms that stand for calls.</summary>
internal sealed partial class ExpressionBinder
{
    private BoundExpression BindCall(FunctionCall call)
    {
        var name = call.Name.Last.Value;
        if (call.Name.Parts.Count > 1 && call.Name.Parts[0].Value is not (EngineNames.DefaultSchema or "pg_catalog"))
        {
            throw Errors.At(call, SqlState.UndefinedFunction, $"Invalid function '{string.Join('.', call.Name.Parts.Select(static part => part.Value))}'.",
                "Functions have no schema: leave it out.");
        }
        if (call.Over is not null)
        {
            return host.BindWindow(call, this);
        }
        if (name == "grouping")
        {
            return host.BindGrouping(call, this);
        }
        if (context.Functions.FindAggregate(name) is { } aggregate && (context.Functions.FindScalar(name) is null || IsAggregateCall(call)))
        {
            return host.BindAggregate(aggregate, call, this);
        }
        if (context.Functions.FindScalar(name) is null && SqlMacros.Find(name, call.Arguments.Count) is { } macro
            && call.Arguments.All(static argument => argument.Value is not StarExpression))
        {
            return BindMacro(macro, call with { Arguments = NamedArguments.InOrder(call, macro.Usage, Errors) });
        }
        if (call.Distinct || call.Filter is not null || !call.WithinGroup.IsEmpty || !call.OrderBy.IsEmpty)
        {
            throw Errors.At(call, SqlState.InvalidStatement, $"DISTINCT, FILTER and ORDER BY belong to aggregates; '{name}' is none.",
                BindingError.Nearest(name, context.Functions.AggregateNames, "Filter rows by WHERE or CASE."));
        }
        if (name is "struct" or "row" or "struct_pack" && call.Arguments.Any(static argument => argument.Name is not null))
        {
            // Members without a name are called c0, c1, … by their place.
            return Call("named_struct", call, [.. call.Arguments.SelectMany((argument, i) => new[]
            {
                new BoundLiteral(Scalar.Of(argument.Name?.Value ?? $"c{i}")), Bind(argument.Value),
            })]);
        }
        if (call.Arguments.Any(static argument => argument.Name is not null))
        {
            call = call with { Arguments = NamedArguments.InOrder(call, context.Functions.FindScalar(name)?.Usage ?? "", Errors) };
        }
        switch (name)
        {
            case "coalesce" or "nvl" or "ifnull":
                return BindCoalesce(call);
            case "nvl2":
                return BindNvl2(call);
            case "nullif":
                return BindNullIf(call);
            case "arrow_field":
                return BindArrowField(call);
            case "arrow_metadata":
                return BindArrowMetadata(call);
            case "unnest":
                return call.Arguments.Count == 1
                    ? host.BindUnnest(Bind(call.Arguments[0].Value), call)
                    : throw Errors.At(call, SqlState.InvalidStatement, "unnest in a select list takes one argument.", "Several lists go to FROM: FROM unnest(a, b).");
            default:
                return Call(name, call, BindArguments(call));
        }
    }

    private static bool IsAggregateCall(FunctionCall call) => call.Distinct || call.Filter is not null || !call.WithinGroup.IsEmpty;

    private BoundExpression[] BindArguments(FunctionCall call)
    {
        var arguments = new BoundExpression[call.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = call.Arguments[i].Value is LambdaExpression lambda ? BindLambda(lambda, i > 0 ? arguments[0] : null) : Bind(call.Arguments[i].Value);
        }
        return arguments;
    }

    /// <summary>A lambda over the items of the list that is the call's first argument.</summary>
    private BoundLambda BindLambda(LambdaExpression lambda, BoundExpression? list)
    {
        if (list is null || !list.Type.ValueType.IsList)
        {
            throw Errors.At(lambda, SqlState.InvalidStatement, "A lambda follows the list that it works on.", "Such as array_transform(list, x -> x + 1).");
        }
        var item = list.Type.ValueType.ItemField.Type;
        PlanColumn[] parameters = [.. lambda.Parameters.Select((parameter, i) => new PlanColumn(parameter.Value, i == 0 ? item : DataType.Int64))];
        foreach (var parameter in parameters)
        {
            scope.Lambdas.Add(new ScopeColumn(null, parameter.Name, parameter));
        }
        var body = Bind(lambda.Body);
        scope.Lambdas.RemoveRange(scope.Lambdas.Count - parameters.Length, parameters.Length);
        return new BoundLambda(parameters, body);
    }

    private BoundExpression BindCoalesce(FunctionCall call)
    {
        var arguments = BindArguments(call);
        if (arguments.Length == 0 || (call.Name.Last.Value != "coalesce" && arguments.Length != 2))
        {
            throw Errors.At(call, SqlState.UndefinedFunction, $"'{call.Name.Last.Value}' does not take {arguments.Length} arguments.",
                BindingError.Candidates([call.Name.Last.Value == "coalesce" ? "coalesce(a, b, …)" : $"{call.Name.Last.Value}(a, b)"]));
        }
        // nvl and ifnull take what coalesce takes, and anything else as texts.
        var converted = CommonType(arguments, call, call.Name.Last.Value == "coalesce"
            ? TypeCoercion.Items : static (a, b) => TypeCoercion.Union(a, b) ?? Accept.TextOf(a, b));
        var branches = new List<BoundWhen>();
        for (var i = 0; i < converted.Length - 1; i++)
        {
            if (converted[i] is BoundLiteral { Value.IsNull: true })
            {
                continue;
            }
            if (!converted[i].Nullable)
            {
                return Branches(branches, converted[i]);
            }
            branches.Add(new BoundWhen(new BoundIsNull(converted[i], true), converted[i]));
        }
        return Branches(branches, converted[^1]);

        BoundExpression Branches(List<BoundWhen> whens, BoundExpression last) =>
            whens.Count == 0 ? last : Fold(new BoundCase(whens, last, converted[0].Type));
    }

    private BoundExpression BindNvl2(FunctionCall call)
    {
        var arguments = BindArguments(call);
        if (arguments.Length != 3)
        {
            throw Errors.At(call, SqlState.UndefinedFunction, $"'nvl2' does not take {arguments.Length} arguments.", BindingError.Candidates(["nvl2(tested, if_not_null, if_null)"]));
        }
        var results = CommonType([arguments[1], arguments[2]], call);
        return Fold(new BoundCase([new BoundWhen(Fold(new BoundIsNull(arguments[0], true)), results[0])], results[1], results[0].Type));
    }

    private BoundExpression BindNullIf(FunctionCall call)
    {
        var arguments = BindArguments(call);
        if (arguments.Length != 2)
        {
            throw Errors.At(call, SqlState.UndefinedFunction, $"'nullif' does not take {arguments.Length} arguments.", BindingError.Candidates(["nullif(a, b)"]));
        }
        var same = Fold(Compare(ComparisonOperator.Equal, arguments[0], arguments[1], call));
        // The result has the type in which both are compared, not that of the first (golden: column-number).
        var value = CommonType(arguments, call, TypeCoercion.Comparison)[0];
        return Fold(new BoundCase([new BoundWhen(same, NullOf(value.Type))], value, value.Type));
    }

    private static BoundLiteral NullOf(DataType type) => new(new Scalar(type, null));

    private BoundExpression BindCase(CaseExpression syntax)
    {
        var operand = syntax.Operand is null ? null : Bind(syntax.Operand);
        var conditions = new BoundExpression[syntax.Branches.Count];
        var results = new BoundExpression[syntax.Branches.Count + (syntax.Else is null ? 0 : 1)];
        for (var i = 0; i < conditions.Length; i++)
        {
            var branch = syntax.Branches[i];
            conditions[i] = operand is null
                ? BindWhen(branch.When)
                : Fold(Compare(ComparisonOperator.Equal, operand, Bind(branch.When), branch));
            results[i] = Bind(branch.Then);
        }
        if (syntax.Else is not null)
        {
            results[^1] = Bind(syntax.Else);
        }
        // The type is looked for from ELSE on, as upstream does: structs take the order of its members.
        var converted = CommonType(syntax.Else is null ? results : [results[^1], .. results[..^1]], syntax);
        if (syntax.Else is not null)
        {
            converted = [.. converted[1..], converted[0]];
        }
        return new BoundCase(
            [.. conditions.Select((condition, i) => new BoundWhen(condition, converted[i]))],
            syntax.Else is null ? null : converted[^1],
            converted[0].Type);
    }

    /// <summary>Expressions in their common type, by the rules of UNION if by no others (spec/sql.md §5.7).</summary>
    public BoundExpression[] CommonType(IReadOnlyList<BoundExpression> expressions, SyntaxNode node, Func<DataType, DataType, DataType?>? rule = null)
    {
        rule ??= TypeCoercion.Union;
        var common = expressions[0].Type;
        for (var i = 1; i < expressions.Count; i++)
        {
            common = common == expressions[i].Type
                ? common
                : rule(common, expressions[i].Type)
                    ?? throw Errors.At(node, SqlState.DatatypeMismatch, $"{common} and {expressions[i].Type} have no common type.", "Cast one of them.");
        }
        return [.. expressions.Select(expression => Cast(expression, common, node: node))];
    }

    private BoundExpression BindSubstring(SubstringExpression substring)
    {
        var from = substring.From is null ? new BoundLiteral(Scalar.Of(1L)) : Bind(substring.From);
        return substring.For is null
            ? Call("substr", substring, Bind(substring.Text), from)
            : Call("substr", substring, Bind(substring.Text), from, Bind(substring.For));
    }

    private BoundExpression BindTrim(TrimExpression trim)
    {
        var name = trim.Side switch
        {
            TrimSide.Leading => "ltrim",
            TrimSide.Trailing => "rtrim",
            _ => "btrim",
        };
        return trim.Characters is null
            ? Call(name, trim, Bind(trim.Text))
            : Call(name, trim, Bind(trim.Text), Bind(trim.Characters));
    }

    private BoundExpression BindAtTimeZone(AtTimeZoneExpression expression)
    {
        var zone = Bind(expression.Zone) is BoundLiteral { Value.Value: string text }
            ? text
            : throw Errors.Unsupported(expression, "AT TIME ZONE of something other than a constant", "Write the zone's name, such as 'Europe/Berlin'.");
        var operand = Bind(expression.Operand);
        var unit = operand.Type.Kind == TypeKind.Timestamp ? operand.Type.Unit : TimeUnit.Nanosecond;
        return Cast(operand, DataType.Timestamp(unit, zone), node: expression);
    }

    private BoundExpression BindMap(MapExpression map)
    {
        var keys = Call("make_array", map, [.. map.Entries.Select(entry => Bind(entry.Key))]);
        var values = Call("make_array", map, [.. map.Entries.Select(entry => Bind(entry.Value))]);
        return Call("map", map, keys, values);
    }

    private BoundExpression BindSubscript(SubscriptExpression subscript)
    {
        var operand = Bind(subscript.Operand);
        var index = Bind(subscript.Index);
        return operand.Type.ValueType.Kind switch
        {
            TypeKind.Struct or TypeKind.Map => Call("get_field", subscript, operand, index),
            TypeKind.Jsonb => Call("jsonb_get", subscript, operand, index),
            _ => Call("array_element", subscript, operand, index),
        };
    }

    private BoundExpression BindSlice(SliceExpression slice)
    {
        var operand = Bind(slice.Operand);
        var lower = slice.Lower is null ? new BoundLiteral(Scalar.Of(1L)) : Bind(slice.Lower);
        var upper = slice.Upper is null ? new BoundLiteral(Scalar.Of(-1L)) : Bind(slice.Upper);
        return slice.Stride is null
            ? Call("array_slice", slice, operand, lower, upper)
            : Call("array_slice", slice, operand, lower, upper, Bind(slice.Stride));
    }
}
