using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Sql.Syntax;
using CaseExpression = Micromegas.Sql.Syntax.CaseExpression;

namespace Micromegas.Engine.Binding;

/// <summary>
/// Binds value expressions: resolves names, chooses functions, makes implicit conversions explicit and folds constants as it goes.
/// Aggregate calls, window calls and subqueries are handed to the <see cref="SelectBinder"/> that the expression belongs to, which answers with a column.
/// </summary>
internal sealed partial class ExpressionBinder
{
    private readonly BinderContext context;
    private readonly Scope scope;
    private readonly IExpressionHost host;

    /// <summary>The node being bound: where implicit conversions are said to stand.</summary>
    private SyntaxNode? current;

    public ExpressionBinder(BinderContext context, Scope scope, IExpressionHost host)
    {
        this.context = context;
        this.scope = scope;
        this.host = host;
    }

    private BindingError Errors => context.Errors;

    /// <summary>The node as it was written.</summary>
    internal string SourceOf(SyntaxNode node) =>
        // A column's default lies in the text of its CREATE TABLE.
        node.Span.End <= context.Sql.Length ? context.Sql.Substring(node.Span.Start, node.Span.Length) : "";

    /// <summary>Binds an expression.</summary>
    public BoundExpression Bind(Expression expression)
    {
        EnsureStack(expression);
        var outer = current;
        current = expression;
        try
        {
            return Fold(BindNode(expression));
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw Errors.Locate(error, expression);
        }
        finally
        {
            current = outer;
        }
    }

    /// <summary>Binds a condition: Boolean, or NULL as Boolean.</summary>
    public BoundExpression BindCondition(Expression expression, string clause)
    {
        var bound = Bind(expression);
        if (bound.Type.Kind == TypeKind.Null)
        {
            return Cast(bound, DataType.Boolean);
        }
        if (bound.Type.ValueType.Kind != TypeKind.Boolean)
        {
            throw Errors.At(expression, SqlState.DatatypeMismatch, $"{clause} wants a Boolean, not {bound.Type}.", "Compare the expression with something, such as x <> 0.");
        }
        return bound;
    }

    /// <summary>A condition of CASE: numbers and text are cast to Boolean there (golden: conditional).</summary>
    private BoundExpression BindWhen(Expression expression)
    {
        var bound = Bind(expression);
        return bound.Type.ValueType.Kind == TypeKind.Boolean ? bound : Cast(bound, DataType.Boolean, node: expression);
    }

    private BoundExpression BindNode(Expression expression) => expression switch
    {
        Literal literal => new BoundLiteral(LiteralValue(literal)),
        TypedLiteral typed => BindTypedLiteral(typed),
        IntervalLiteral interval => BindInterval(interval),
        ColumnReference column => BindColumn(column),
        ParameterExpression parameter => BindParameter(parameter),
        BinaryExpression binary => BindRowComparison(binary) ?? BindBinary(binary),
        UnaryExpression unary => BindUnary(unary),
        FunctionCall call => BindCall(call),
        CastExpression cast => BindCast(cast),
        CaseExpression branches => BindCase(branches),
        IsExpression test => BindIs(test),
        BetweenExpression between => BindBetween(between),
        InListExpression list => BindIn(list),
        LikeExpression like => BindLike(like),
        InSubqueryExpression query => host.BindInSubquery(BindOperands(query.Operand), query.Query, query.Negated, query, scope),
        ExistsExpression exists => host.BindExists(exists.Query, scope),
        SubqueryExpression subquery => host.BindScalarSubquery(subquery.Query, subquery, scope),
        QuantifiedComparison quantified => BindQuantified(quantified),
        ExtractExpression extract => Call("date_part", extract, new BoundLiteral(Scalar.Of(extract.Part)), Bind(extract.Operand)),
        PositionExpression position => Call("strpos", position, Bind(position.Text), Bind(position.Needle)),
        SubstringExpression substring => BindSubstring(substring),
        TrimExpression trim => BindTrim(trim),
        OverlayExpression overlay => overlay.For is null
            ? Call("overlay", overlay, Bind(overlay.Text), Bind(overlay.Placing), Bind(overlay.From))
            : Call("overlay", overlay, Bind(overlay.Text), Bind(overlay.Placing), Bind(overlay.From), Bind(overlay.For)),
        AtTimeZoneExpression zone => BindAtTimeZone(zone),
        ArrayExpression array => Call("make_array", array, [.. array.Elements.Select(Bind)]),
        StructExpression fields => Call(
            "named_struct", fields, [.. fields.Fields.SelectMany(field => new[] { new BoundLiteral(Scalar.Of(field.Name.Value)), Bind(field.Value) })]),
        RowExpression row => Call("struct", row, [.. row.Elements.Select(Bind)]),
        MapExpression map => BindMap(map),
        FieldAccess access => Call("get_field", access, Bind(access.Operand), new BoundLiteral(Scalar.Of(access.Field.Value))),
        SubscriptExpression subscript => BindSubscript(subscript),
        SliceExpression slice => BindSlice(slice),
        LambdaExpression lambda => throw Errors.At(lambda, SqlState.InvalidStatement, "A lambda stands only as an argument of a function that takes one.",
            "Such as array_transform(list, x -> x + 1)."),
        StarExpression star => throw Errors.At(star, SqlState.InvalidStatement, "* stands only in a select list or as the argument of count.", "Name the columns."),
        DefaultValueExpression value => throw Errors.At(value, SqlState.InvalidStatement, "DEFAULT stands only in INSERT and UPDATE.", "Write the value itself."),
        CollateExpression collate => throw Errors.Unsupported(collate, "COLLATE", "Texts compare by their bytes; lower(x) ignores case."),
        RoundToUnitExpression round => throw Errors.Unsupported(round, $"{round.Function.Value}(… TO {round.Unit})", "Use date_trunc(unit, x)."),
        _ => throw Errors.Unsupported(expression, expression.GetType().Name),
    };

    private static Scalar LiteralValue(Literal literal) => literal switch
    {
        NullLiteral => Scalar.Null,
        BooleanLiteral value => Scalar.Of(value.Value),
        Int64Literal value => Scalar.Of(value.Value),
        UInt64Literal value => new Scalar(DataType.UInt64, value.Value),
        Float64Literal value => Scalar.Of(value.Value),
        StringLiteral { Prefix: not StringPrefix.Bit } value => Scalar.Of(value.Value),
        StringLiteral value => throw new EngineException(SqlState.FeatureNotSupported, $"{value.Prefix} string literals are not supported."),
        BinaryLiteral value => new Scalar(DataType.Binary, value.Value.AsSpan().ToArray()),
        _ => throw new EngineException(SqlState.FeatureNotSupported, $"{literal.GetType().Name} is not supported."),
    };

    private BoundExpression BindTypedLiteral(TypedLiteral typed) =>
        Cast(new BoundLiteral(Scalar.Of(typed.Value)), SqlTypes.Resolve(typed.Type, Errors, context.Query.Options.TimeZone), node: typed);

    private BoundExpression BindInterval(IntervalLiteral interval)
    {
        if (interval.ToUnit is not null)
        {
            throw Errors.Unsupported(interval, "INTERVAL … TO …", "Write the units: INTERVAL '1 day 2 hours'.");
        }
        var amount = Bind(interval.Value);
        if (amount is not BoundLiteral { Value.Value: { } value })
        {
            // INTERVAL (x) DAY, as in DuckDB.
            return interval.Unit is { } each && amount.Type.IsNumeric
                ? Call("*", interval, amount, Cast(new BoundLiteral(Scalar.Of($"1 {each}")), DataType.IntervalMonthDayNano, node: interval))
                : throw Errors.Unsupported(interval, "An INTERVAL of something other than a constant", "Multiply one: INTERVAL '1 day' * x.");
        }
        var text = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!;
        // A number without a unit at the end counts seconds here, though months in a cast (spec/sql.md §5.5).
        var unit = interval.Unit ?? (char.IsAsciiLetter(text.TrimEnd() is [.., var last] ? last : 'x') ? "" : "seconds");
        return Cast(new BoundLiteral(Scalar.Of($"{text} {unit}".TrimEnd())), DataType.IntervalMonthDayNano, node: interval);
    }

    private BoundExpression BindColumn(ColumnReference reference)
    {
        if (TryResolve(reference) is { } found)
        {
            BoundExpression bound = new BoundColumn(found.Column.Column) { Place = Errors.PlaceOf(reference) };
            for (var i = found.Used; i < reference.Parts.Count; i++)
            {
                bound = Call("get_field", reference, bound, new BoundLiteral(Scalar.Of(reference.Parts[i].Value)));
            }
            return bound;
        }
        if (host.ResolveAlias(reference) is { } alias)
        {
            return alias;
        }
        var name = string.Join('.', reference.Parts.Select(static part => part.Value));
        var known = new List<string>();
        for (var at = scope; at is not null; at = at.Outer)
        {
            known.AddRange(at.Columns.Select(static column => column.Name));
        }
        throw Errors.At(reference, SqlState.UndefinedColumn, $"No column is called '{name}' here.", HintFor(reference, known));
    }

    /// <summary>What may have been meant: another table's alias, a column of another name, or a text in the wrong quotes.</summary>
    private string? HintFor(ColumnReference reference, List<string> known)
    {
        var last = reference.Parts[^1];
        if (reference.Parts.Count > 1)
        {
            var relations = new List<string>();
            for (var at = scope; at is not null; at = at.Outer)
            {
                relations.AddRange(at.Columns.Select(static column => column.Relation).OfType<string>());
            }
            if (!relations.Contains(reference.Parts[^2].Value))
            {
                return known.Contains(last.Value) && relations.Count > 0
                    ? $"FROM has {string.Join(", ", relations.Distinct().Select(static relation => $"'{relation}'"))}."
                    : BindingError.Nearest(reference.Parts[^2].Value, relations);
            }
        }
        if (known.Count == 0)
        {
            return last.Quoted ? $"For a text write '{last.Value}' in single quotes." : "There are no columns here.";
        }
        var nearest = BindingError.Nearest(last.Value, known, "");
        return nearest is { Length: > 0 }
            ? nearest
            : last.Quoted ? $"For a text write '{last.Value}' in single quotes." : BindingError.Nearest(last.Value, known);
    }

    /// <summary>The column that a reference names in this scope or, for a correlated subquery, an outer one.</summary>
    internal (ScopeColumn Column, int Used)? TryResolve(ColumnReference reference)
    {
        for (var at = scope; at is not null; at = at.Outer)
        {
            if (at.Resolve(reference.Parts, Errors, reference) is { } found)
            {
                return found;
            }
        }
        return null;
    }

    private BoundLiteral BindParameter(ParameterExpression parameter)
    {
        var text = parameter.Name is null ? (parameter.Marker == '?' ? $"?{parameter.Number}" : $"${parameter.Number}") : $"{parameter.Marker}{parameter.Name}";
        return context.Parameters.Find(parameter) is { } value
            ? new BoundLiteral(value) { Parameter = text }
            : throw Errors.At(
                parameter, SqlState.UndefinedParameter, $"Parameter {text} has no value; the command has {context.Parameters.Count} parameters.",
                BindingError.Nearest(parameter.Name, context.Parameters.Names, "Add it to the command's parameters."));
    }

    private BoundExpression BindUnary(UnaryExpression unary)
    {
        var operand = Bind(unary.Operand);
        switch (unary.Operator)
        {
            case UnaryOperator.Not:
                return operand.Type.ValueType.Kind is TypeKind.Boolean or TypeKind.Null
                    ? new BoundNot(Cast(operand, DataType.Boolean))
                    : throw Errors.At(unary, SqlState.DatatypeMismatch, $"NOT wants a Boolean, not {operand.Type}.", "Compare the operand with something.");
            case UnaryOperator.Plus:
                return operand.Type.IsNumeric || operand.Type.IsInterval || operand.Type.Kind is TypeKind.Null or TypeKind.Timestamp
                    ? operand
                    : throw Errors.At(unary, SqlState.DatatypeMismatch, $"Unary + wants a number, not {operand.Type}.", "Cast the operand, as in CAST(x AS BIGINT).");
            case UnaryOperator.Negate:
                return Call("negate", unary, operand);
            default:
                // ~x has all bits of x the other way round, which is x xor -1 (of x's own width).
                return operand.Type.ValueType.IsInteger
                    ? Call("^", unary, operand, Cast(new BoundLiteral(AllBitsOf(operand.Type.ValueType)), operand.Type.ValueType))
                    : throw Errors.At(unary, SqlState.DatatypeMismatch, $"~ wants an integer, not {operand.Type}.", "Cast the operand, as in CAST(x AS BIGINT).");
        }
    }

    /// <summary>The number with all bits set, in a type that holds it.</summary>
    private static Scalar AllBitsOf(DataType type) => type.Kind == TypeKind.UInt64
        ? new Scalar(DataType.UInt64, ulong.MaxValue)
        : Scalar.Of(type.IsUnsignedInteger ? (1L << (type.FlatSize * 8)) - 1 : -1L);

    /// <summary>A cast, or the expression itself when it has the type already.</summary>
    public BoundExpression Cast(BoundExpression expression, DataType type, bool attempt = false, SyntaxNode? node = null)
    {
        if (expression.Type == type)
        {
            return expression;
        }
        if (!CastRules.CanCast(expression.Type, type))
        {
            var error = new EngineException(SqlState.FeatureNotSupported, $"Cannot cast {expression.Type} to {type}.") { Hint = CastHints.Of(expression.Type) };
            throw node is null ? error : Errors.Locate(error, node);
        }
        return Fold(new BoundCast(expression, type, attempt) { Place = PlaceOf(node ?? current) });
    }

    private BoundExpression BindCast(CastExpression cast)
    {
        if (cast.Format is not null)
        {
            throw Errors.Unsupported(cast, "CAST … FORMAT", "Use to_char(x, format) or to_timestamp(text, format).");
        }
        var operand = Bind(cast.Operand);
        var type = SqlTypes.Resolve(cast.Type, Errors, context.Query.Options.TimeZone);
        if (operand.Type.Kind == TypeKind.Int64 && type.Kind == TypeKind.Timestamp && type.Unit == TimeUnit.Nanosecond)
        {
            // An Int64 cast to TIMESTAMP counts seconds (spec/sql.md §5.7).
            operand = Cast(operand, DataType.Timestamp(TimeUnit.Second, type.TimeZone), cast.Kind == CastKind.TryCast, cast);
        }
        return Cast(operand, type, cast.Kind == CastKind.TryCast, cast);
    }

    private TextPlace PlaceOf(SyntaxNode? node) => node is null ? default : Errors.PlaceOf(node);

    /// <summary>A call of a scalar function by name.</summary>
    public BoundExpression Call(string name, SyntaxNode node, params BoundExpression[] arguments)
    {
        if (context.Functions.FindScalar(name) is null && SqlMacros.Named(name).ToList() is { Count: > 0 } macros)
        {
            throw Errors.At(
                node, SqlState.UndefinedFunction, $"'{name}' does not take {arguments.Length} arguments.",
                BindingError.Candidates([.. macros.Select(static macro => macro.Name + macro.Usage)]));
        }
        var function = context.Functions.FindScalar(name)
            ?? throw Errors.At(
                node, SqlState.UndefinedFunction, $"Invalid function '{name}'.",
                BindingError.Nearest(name, context.Functions.Routines().Select(static routine => routine.Name), "SHOW FUNCTIONS lists the functions."));
        return Call(function, node, arguments);
    }

    private BoundExpression Call(ScalarFunction function, SyntaxNode node, BoundExpression[] arguments)
    {
        try
        {
            if (function is ListLambdaFunction != arguments.Any(static argument => argument is BoundLambda))
            {
                throw new EngineException(
                    SqlState.UndefinedFunction,
                    function is ListLambdaFunction ? $"'{function.Name}' wants a lambda: {function.Name}{function.Usage}." : $"'{function.Name}' takes no lambda.");
            }
            var signature = function.Resolve(Describe(arguments));
            var converted = new BoundExpression[arguments.Length];
            for (var i = 0; i < arguments.Length; i++)
            {
                converted[i] = arguments[i] is BoundLambda lambda
                    ? new BoundLambda(lambda.Parameters, Cast(lambda.Body, signature.ArgumentTypes[i]))
                    : Cast(arguments[i], signature.ArgumentTypes[i]);
            }
            return Fold(new BoundCall(function, signature, converted) { Place = PlaceOf(node) });
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw Errors.At(node, error.SqlState, error.Message, error.Hint ?? (function.Usage.StartsWith('(')
                ? BindingError.Candidates([function.Name + function.Usage])
                : "Cast an operand, as in CAST(x AS BIGINT)."));
        }
    }

    public static FunctionArguments Describe(IReadOnlyList<BoundExpression> arguments) => new(
        [.. arguments.Select(static argument => argument.Type)],
        [.. arguments.Select(static argument => (argument as BoundLiteral)?.Value)],
        [.. arguments.Select(static argument => argument.Nullable)]);

    /// <summary>
    /// The value of a node whose operands are all constant. One that fails stays as it is: the error comes when, and only if, a row needs the value.
    /// </summary>
    public BoundExpression Fold(BoundExpression expression) => ConstantFolding.Fold(expression, context.Query);

    private static void EnsureStack(SyntaxNode node)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new EngineException("54001", $"The statement is nested too deeply at offset {node.Span.Start}.");
        }
    }
}

/// <summary>What an expression may ask of the SELECT (or other clause) that it stands in.</summary>
internal interface IExpressionHost
{
    /// <summary>A select alias that may be named here, already bound; null = none.</summary>
    BoundExpression? ResolveAlias(ColumnReference reference);

    BoundExpression BindAggregate(AggregateFunction function, FunctionCall call, ExpressionBinder binder);

    BoundExpression BindGrouping(FunctionCall call, ExpressionBinder binder);

    BoundExpression BindWindow(FunctionCall call, ExpressionBinder binder);

    BoundExpression BindScalarSubquery(Query query, SyntaxNode node, Scope scope);

    /// <summary>The columns of a subquery of one row.</summary>
    BoundExpression[] BindRowSubquery(Query query, int count, SyntaxNode node, Scope scope);

    BoundExpression BindExists(Query query, Scope scope);

    BoundExpression BindInSubquery(IReadOnlyList<BoundExpression> operands, Query query, bool negated, SyntaxNode node, Scope scope);

    BoundExpression BindQuantifiedSubquery(IReadOnlyList<BoundExpression> operands, ComparisonOperator comparison, bool all, Query query, SyntaxNode node, Scope scope);

    BoundExpression BindUnnest(BoundExpression list, SyntaxNode node);
}
