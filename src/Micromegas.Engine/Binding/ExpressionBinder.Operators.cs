using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Operators and predicates.</summary>
internal sealed partial class ExpressionBinder
{
    private BoundExpression BindBinary(BinaryExpression binary)
    {
        // Chains grow along the left side and may be long: unwind them by a loop.
        var chain = new Stack<BinaryExpression>();
        Expression at = binary;
        while (at is BinaryExpression next && (chain.Count == 0 || IsChained(next, chain.Peek())))
        {
            chain.Push(next);
            at = next.Left;
        }
        var left = Bind(at);
        while (chain.TryPop(out var node))
        {
            if (node.Operator is BinaryOperator.And or BinaryOperator.Or)
            {
                var operands = new List<BoundExpression> { Truth(left, node) };
                operands.Add(Truth(Bind(node.Right), node));
                while (chain.TryPeek(out var same) && same.Operator == node.Operator)
                {
                    operands.Add(Truth(Bind(chain.Pop().Right), same));
                }
                left = Fold(new BoundLogical(node.Operator == BinaryOperator.And, [.. operands.SelectMany(operand =>
                    operand is BoundLogical inner && inner.IsAnd == (node.Operator == BinaryOperator.And) ? inner.Operands : [operand])]));
                continue;
            }
            try
            {
                left = Fold(BindOperator(left, node, Bind(node.Right)));
            }
            catch (EngineException error) when (error.Line == 0)
            {
                throw Errors.Locate(error, node);
            }
        }
        return left;
    }

    private static bool IsChained(BinaryExpression inner, BinaryExpression outer) => ReferenceEquals(outer.Left, inner);

    private BoundExpression Truth(BoundExpression operand, BinaryExpression node) =>
        operand.Type.ValueType.Kind is TypeKind.Boolean or TypeKind.Null
            ? Cast(operand, DataType.Boolean)
            : throw Errors.At(node, SqlState.DatatypeMismatch, $"{node.Operator.ToString().ToUpperInvariant()} wants Booleans, not {operand.Type}.", "Compare the operand with something, such as x <> 0.");

    private BoundExpression BindOperator(BoundExpression left, BinaryExpression node, BoundExpression right) => node.Operator switch
    {
        BinaryOperator.Equal => Compare(ComparisonOperator.Equal, left, right, node),
        BinaryOperator.NotEqual => Compare(ComparisonOperator.NotEqual, left, right, node),
        BinaryOperator.Less => Compare(ComparisonOperator.LessThan, left, right, node),
        BinaryOperator.LessOrEqual => Compare(ComparisonOperator.LessThanOrEqual, left, right, node),
        BinaryOperator.Greater => Compare(ComparisonOperator.GreaterThan, left, right, node),
        BinaryOperator.GreaterOrEqual => Compare(ComparisonOperator.GreaterThanOrEqual, left, right, node),
        BinaryOperator.Spaceship or BinaryOperator.IsNotDistinctFrom => Compare(ComparisonOperator.NotDistinctFrom, left, right, node),
        BinaryOperator.IsDistinctFrom => Compare(ComparisonOperator.DistinctFrom, left, right, node),
        BinaryOperator.LikeMatch => Like(left, right, false, false, node),
        BinaryOperator.LikeMatchInsensitive => Like(left, right, true, false, node),
        BinaryOperator.LikeNotMatch => Like(left, right, false, true, node),
        BinaryOperator.LikeNotMatchInsensitive => Like(left, right, true, true, node),
        BinaryOperator.Add => Call("+", node, left, right),
        BinaryOperator.Subtract => Call("-", node, left, right),
        BinaryOperator.Multiply => Call("*", node, left, right),
        BinaryOperator.Divide => Call("/", node, left, right),
        // Division of whole numbers gives a whole number anyway.
        BinaryOperator.IntegerDivide when left.Type.ValueType.IsInteger && right.Type.ValueType.IsInteger => Call("/", node, left, right),
        BinaryOperator.Modulo => Call("%", node, left, right),
        BinaryOperator.Concat => Call("||", node, left, right),
        BinaryOperator.BitAnd => Call("&", node, left, right),
        BinaryOperator.BitOr => Call("|", node, left, right),
        BinaryOperator.BitXor => Call("^", node, left, right),
        BinaryOperator.ShiftLeft => Call("<<", node, left, right),
        BinaryOperator.ShiftRight => Call(">>", node, left, right),
        BinaryOperator.RegexMatch => Call("~", node, left, right),
        BinaryOperator.RegexMatchInsensitive => Call("~*", node, left, right),
        BinaryOperator.RegexNotMatch => Call("!~", node, left, right),
        BinaryOperator.RegexNotMatchInsensitive => Call("!~*", node, left, right),
        BinaryOperator.Contains => Call("array_has_all", node, left, right),
        BinaryOperator.ContainedBy => Call("array_has_all", node, right, left),
        BinaryOperator.Overlap => Call("array_has_any", node, left, right),
        _ => throw Errors.Unsupported(node, $"The operator {node.Operator}", "docs/sql.md lists the operators."),
    };

    /// <summary>A comparison after implicit conversion. A constant is converted to the column's type where that loses nothing, so that scans can prune by it.</summary>
    public BoundExpression Compare(ComparisonOperator comparison, BoundExpression left, BoundExpression right, SyntaxNode node)
    {
        var (a, b) = Unify(left, right, node, comparison.ToString());
        return new BoundComparison(comparison, a, b);
    }

    /// <summary>Both operands in their common comparison type (spec/sql.md §5.7).</summary>
    public (BoundExpression Left, BoundExpression Right) Unify(BoundExpression left, BoundExpression right, SyntaxNode node, string what)
    {
        if (left.Type.ValueType == right.Type.ValueType)
        {
            return (left, right);
        }
        var common = TypeCoercion.Comparison(left.Type, right.Type)
            ?? throw Errors.At(
                node, SqlState.DatatypeMismatch, $"Cannot infer common argument type for comparison operation {left.Type} {what} {right.Type}.", "Cast one side, as in CAST(x AS TEXT).");
        if (right is BoundLiteral constant && NarrowConstant(constant, left.Type.ValueType, common) is { } narrowRight)
        {
            return (left, narrowRight);
        }
        if (left is BoundLiteral leftConstant && NarrowConstant(leftConstant, right.Type.ValueType, common) is { } narrowLeft)
        {
            return (narrowLeft, right);
        }
        return (CastForComparison(left, common), CastForComparison(right, common));
    }

    private BoundExpression CastForComparison(BoundExpression expression, DataType common)
    {
        var have = expression.Type.ValueType;
        var want = common.ValueType;
        // Texts compare by their bytes whatever their Arrow kind; so do instants of one unit whatever their zones.
        return (have.IsUtf8 && want.IsUtf8) || (have.Kind == TypeKind.Timestamp && want.Kind == TypeKind.Timestamp && have.Unit == want.Unit
                && (have.TimeZone is null) == (want.TimeZone is null))
            || (have.IsBinary && want.IsBinary)
            ? expression
            : Cast(expression, common);
    }

    /// <summary>The constant in the other side's type, when it survives the way there and back unchanged.</summary>
    private BoundExpression? NarrowConstant(BoundLiteral constant, DataType target, DataType common)
    {
        if (constant.Value.IsNull || !((target.IsInteger && constant.Type.IsInteger) || (target.IsFloat && common.IsFloat && constant.Type.IsNumeric)
            || (target.Kind == TypeKind.Timestamp && common.Kind == TypeKind.Timestamp)
            || (target.IsUtf8 && constant.Type.ValueType.IsUtf8)
            || (target.Kind == TypeKind.Date32 && common.Kind == TypeKind.Date32)))
        {
            return null;
        }
        if (Cast(constant, target) is not BoundLiteral narrowed || Cast(constant, common) is not BoundLiteral wide)
        {
            return null;
        }
        return Cast(narrowed, common) is BoundLiteral back && back.SameAs(wide) ? narrowed : null;
    }

    private BoundExpression BindIs(IsExpression test)
    {
        var operand = Bind(test.Operand);
        switch (test.Test)
        {
            case TruthTest.Null:
                return new BoundIsNull(operand, test.Negated);
            case TruthTest.Unknown:
                return new BoundIsNull(Boolean(operand, test), test.Negated);
            case TruthTest.True or TruthTest.False:
                return new BoundComparison(
                    test.Negated ? ComparisonOperator.DistinctFrom : ComparisonOperator.NotDistinctFrom,
                    Boolean(operand, test),
                    new BoundLiteral(Scalar.Of(test.Test == TruthTest.True)));
            default:
                throw Errors.Unsupported(test, $"IS {test.Test}", "IS [NOT] NULL, TRUE, FALSE and UNKNOWN are.");
        }
    }

    private BoundExpression Boolean(BoundExpression operand, SyntaxNode node) =>
        operand.Type.ValueType.Kind is TypeKind.Boolean or TypeKind.Null
            ? Cast(operand, DataType.Boolean)
            : throw Errors.At(node, SqlState.DatatypeMismatch, $"A Boolean is wanted here, not {operand.Type}.", "Compare the expression with something, such as x <> 0.");

    private BoundExpression BindBetween(BetweenExpression between)
    {
        var operand = Bind(between.Operand);
        var lower = Bind(between.Lower);
        var upper = Bind(between.Upper);
        var inside = Range(lower, upper);
        if (between.Symmetric)
        {
            inside = Fold(new BoundLogical(false, [inside, Range(upper, lower)]));
        }
        return between.Negated ? new BoundNot(inside) : inside;

        BoundExpression Range(BoundExpression from, BoundExpression to) => Fold(new BoundLogical(true, [
            Fold(Compare(ComparisonOperator.GreaterThanOrEqual, operand, from, between)),
            Fold(Compare(ComparisonOperator.LessThanOrEqual, operand, to, between))]));
    }

    private BoundExpression BindIn(InListExpression list)
    {
        if (list.Items is [SubqueryExpression nested])
        {
            // x IN ((query)) is x IN (query).
            return host.BindInSubquery(BindOperands(list.Operand), nested.Query, list.Negated, list, scope);
        }
        if (BindRowIn(list) is { } rows)
        {
            return rows;
        }
        var operand = Bind(list.Operand);
        if (list.Items.Count == 1 && list.Items[0] is ParameterExpression && Bind(list.Items[0]) is BoundLiteral { Value: { Value: object?[] values } array })
        {
            // IN (@ids) with an array parameter.
            var items = Array.ConvertAll(values, value => (BoundExpression)new BoundLiteral(new Scalar(array.Type.ItemField.Type, value)));
            return items.Length == 0 ? new BoundLiteral(Scalar.Of(list.Negated)) : In(operand, items, list);
        }
        return In(operand, [.. list.Items.Select(Bind)], list);
    }

    private BoundExpression In(BoundExpression operand, BoundExpression[] items, InListExpression list)
    {
        var common = operand.Type;
        foreach (var item in items)
        {
            common = common.ValueType == item.Type.ValueType
                ? common
                : TypeCoercion.Comparison(common, item.Type)
                    ?? throw Errors.At(list, SqlState.DatatypeMismatch, $"Cannot infer common argument type for IN of {common} and {item.Type}.", "Cast one side, as in CAST(x AS TEXT).");
        }
        // NULL as operand has no type of its own to narrow to.
        var narrowed = operand.Type.Kind == TypeKind.Null ? [null] : Array.ConvertAll(items, item => item.Type.ValueType == operand.Type.ValueType
            ? item
            : item is BoundLiteral { Value.IsNull: true } ? Cast(item, operand.Type.ValueType)
            : item is BoundLiteral constant ? NarrowConstant(constant, operand.Type.ValueType, common) : null);
        if (Array.TrueForAll(narrowed, static item => item is not null))
        {
            return new BoundIn(operand, narrowed!, list.Negated);
        }
        return new BoundIn(CastForComparison(operand, common), Array.ConvertAll(items, item => Cast(item, common.ValueType)), list.Negated);
    }

    private BoundExpression BindLike(LikeExpression like)
    {
        if (like.Quantifier is not null)
        {
            throw Errors.Unsupported(like, "LIKE ANY and LIKE ALL", "Join several LIKE by OR or AND.");
        }
        var operand = Bind(like.Operand);
        var pattern = Bind(like.Pattern);
        switch (like.Kind)
        {
            case PatternKind.Like or PatternKind.ILike:
                return Like(operand, Escaped(pattern, "like_escape", like), like.Kind == PatternKind.ILike, like.Negated, like);
            default:
                // Without ESCAPE the pattern is a regular expression, as upstream has it; with ESCAPE, which upstream refuses, it is the standard's pattern.
                return Call(like.Negated ? "!~" : "~", like, operand, Escaped(pattern, "similar_to_escape", like));
        }
    }

    private BoundExpression Escaped(BoundExpression pattern, string rewriting, LikeExpression like) =>
        like.Escape is null || (like.Escape == "\\" && like.Kind != PatternKind.SimilarTo)
            ? pattern
            : Call(rewriting, like, pattern, new BoundLiteral(Scalar.Of(like.Escape)));

    private BoundExpression Like(BoundExpression operand, BoundExpression pattern, bool ignoreCase, bool negated, SyntaxNode node)
    {
        return new BoundLike(Text(operand), Text(pattern), ignoreCase, negated);

        BoundExpression Text(BoundExpression expression) => expression.Type.ValueType.IsUtf8
            ? expression
            : expression.Type.Kind == TypeKind.Null || expression.Type.ValueType.IsBinary
                ? Cast(expression, DataType.Utf8, node: node)
                : throw Errors.At(node, SqlState.DatatypeMismatch, $"There isn't a common type to coerce {operand.Type} and {pattern.Type} in LIKE expression.", "Cast to text: CAST(x AS TEXT) LIKE …");
    }

    private BoundExpression BindQuantified(QuantifiedComparison quantified)
    {
        var comparison = Comparison(quantified.Operator) is { } known and not (ComparisonOperator.DistinctFrom or ComparisonOperator.NotDistinctFrom)
            ? known
            : throw Errors.Unsupported(quantified, $"{quantified.Operator} {quantified.Quantifier}", "Only comparisons go with ANY and ALL.");
        var all = quantified.Quantifier == Quantifier.All;
        if (quantified.Right is SubqueryExpression subquery)
        {
            return host.BindQuantifiedSubquery(BindOperands(quantified.Left), comparison, all, subquery.Query, quantified, scope);
        }
        var operand = Bind(quantified.Left);
        var list = Bind(quantified.Right);
        if (!list.Type.ValueType.IsList)
        {
            throw Errors.At(quantified, SqlState.DatatypeMismatch, $"{quantified.Quantifier} wants a list or a query, not {list.Type}.", "Such as x = ANY([1, 2]) or x = ANY(SELECT …).");
        }
        if (list is BoundLiteral { Value: { Value: object?[] values } array })
        {
            var tests = Array.ConvertAll(values, value =>
                Fold(Compare(comparison, operand, new BoundLiteral(new Scalar(array.Type.ItemField.Type, value)), quantified)));
            return tests.Length == 0 ? new BoundLiteral(Scalar.Of(all)) : Fold(new BoundLogical(all, tests));
        }
        if (comparison == ComparisonOperator.Equal && !all)
        {
            return Call("array_has", quantified, list, operand);
        }
        var item = new PlanColumn("item", list.Type.ValueType.ItemField.Type);
        return Call(all ? "array_all_match" : "array_any_match", quantified, list, new BoundLambda([item], Compare(comparison, operand, new BoundColumn(item), quantified)));
    }
}
