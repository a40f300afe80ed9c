using System.Runtime.CompilerServices;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Expressions;

/// <summary>Walks, rewrites and compares bound expressions.</summary>
public static class BoundExpressions
{
    /// <summary>The operands of a node, in order.</summary>
    public static IEnumerable<BoundExpression> Children(this BoundExpression expression) => expression switch
    {
        BoundCast cast => [cast.Operand],
        BoundComparison comparison => [comparison.Left, comparison.Right],
        BoundLogical logical => logical.Operands,
        BoundNot not => [not.Operand],
        BoundIsNull isNull => [isNull.Operand],
        BoundIn list => [list.Operand, .. list.Items],
        BoundLike like => [like.Operand, like.Pattern],
        BoundCase branches => CaseChildren(branches),
        BoundCall call => call.Arguments,
        BoundLambda lambda => [lambda.Body],
        _ => [],
    };

    /// <summary>
    /// Rewrites top-down: where <paramref name="replace"/> gives an expression, it stands for the whole subtree; elsewhere the operands are rewritten.
    /// Returns the same object when nothing changed.
    /// </summary>
    public static BoundExpression Rewrite(this BoundExpression expression, Func<BoundExpression, BoundExpression?> replace)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (replace(expression) is { } replaced)
        {
            return replaced;
        }
        return expression switch
        {
            BoundCast cast => One(cast.Operand, replace) is { } operand ? cast with { Operand = operand } : cast,
            BoundComparison comparison => Two(comparison, replace),
            BoundLogical logical => Many(logical.Operands, replace) is { } operands ? new BoundLogical(logical.IsAnd, operands) : logical,
            BoundNot not => One(not.Operand, replace) is { } operand ? new BoundNot(operand) : not,
            BoundIsNull isNull => One(isNull.Operand, replace) is { } operand ? new BoundIsNull(operand, isNull.Negated) : isNull,
            BoundIn list => In(list, replace),
            BoundLike like => Like(like, replace),
            BoundCase branches => Case(branches, replace),
            BoundCall call => Many(call.Arguments, replace) is { } arguments ? call with { Arguments = arguments } : call,
            BoundLambda lambda => One(lambda.Body, replace) is { } body ? new BoundLambda(lambda.Parameters, body) : lambda,
            _ => expression,
        };
    }

    /// <summary>Replaces columns.</summary>
    public static BoundExpression ReplaceColumns(this BoundExpression expression, IReadOnlyDictionary<PlanColumn, BoundExpression> replacements) =>
        replacements.Count == 0
            ? expression
            : expression.Rewrite(node => node is BoundColumn column && replacements.TryGetValue(column.Column, out var replacement) ? replacement : null);

    /// <summary>Adds every column that the expression reads, except the parameters of its own lambdas.</summary>
    public static void CollectColumns(this BoundExpression expression, ISet<PlanColumn> columns)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (expression is BoundColumn column)
        {
            columns.Add(column.Column);
            return;
        }
        if (expression is BoundLambda lambda)
        {
            var inner = new HashSet<PlanColumn>();
            lambda.Body.CollectColumns(inner);
            inner.ExceptWith(lambda.Parameters);
            columns.UnionWith(inner);
            return;
        }
        foreach (var child in expression.Children())
        {
            child.CollectColumns(columns);
        }
    }

    /// <summary>The columns that the expression reads.</summary>
    public static HashSet<PlanColumn> Columns(this BoundExpression expression)
    {
        var columns = new HashSet<PlanColumn>();
        expression.CollectColumns(columns);
        return columns;
    }

    /// <summary>Whether some node satisfies the condition.</summary>
    public static bool Any(this BoundExpression expression, Func<BoundExpression, bool> condition)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return condition(expression) || expression.Children().Any(child => child.Any(condition));
    }

    /// <summary>Whether two calls in one row may differ, or a call must not be repeated.</summary>
    public static bool IsVolatile(this BoundExpression expression) =>
        expression.Any(static node => node is BoundCall { Function.Volatility: Volatility.Volatile });

    /// <summary>Whether evaluation may raise an error for some row.</summary>
    public static bool MayFail(this BoundExpression expression) => expression.Any(MayFailItself);

    /// <summary>Whether the node's own work, leaving out its operands', may raise an error for some row.</summary>
    public static bool MayFailItself(this BoundExpression expression) => expression switch
    {
        BoundCast { Try: false } cast => !IsLosslessCast(cast),
        // Sums of integers wrap and those of floats know infinities, but decimals and times end somewhere.
        BoundCall { Function: ArithmeticFunction or NegateFunction } call => call.Function.MayFail || !call.Type.ValueType.IsInteger && !call.Type.ValueType.IsFloat,
        BoundCall call => call.Function.MayFail,
        _ => false,
    };

    /// <summary>The conjuncts of a predicate.</summary>
    public static IEnumerable<BoundExpression> Conjuncts(this BoundExpression predicate) =>
        predicate is BoundLogical { IsAnd: true } and ? and.Operands.SelectMany(Conjuncts) : [predicate];

    /// <summary>The conjunction of some predicates, <see langword="null"/> for none.</summary>
    public static BoundExpression? And(IReadOnlyList<BoundExpression> conjuncts) => conjuncts.Count switch
    {
        0 => null,
        1 => conjuncts[0],
        _ => new BoundLogical(true, conjuncts),
    };

    /// <summary>Whether two expressions compute the same by their structure.</summary>
    public static bool SameAs(this BoundExpression left, BoundExpression right)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (ReferenceEquals(left, right))
        {
            return true;
        }
        if (left.GetType() != right.GetType() || left.Type != right.Type)
        {
            return false;
        }
        var same = (left, right) switch
        {
            (BoundLiteral a, BoundLiteral b) => SameValue(a.Value.Value, b.Value.Value),
            (BoundColumn a, BoundColumn b) => ReferenceEquals(a.Column, b.Column),
            (BoundCast a, BoundCast b) => a.Try == b.Try,
            (BoundComparison a, BoundComparison b) => a.Operator == b.Operator,
            (BoundLogical a, BoundLogical b) => a.IsAnd == b.IsAnd,
            (BoundIsNull a, BoundIsNull b) => a.Negated == b.Negated,
            (BoundIn a, BoundIn b) => a.Negated == b.Negated,
            (BoundLike a, BoundLike b) => a.IgnoreCase == b.IgnoreCase && a.Negated == b.Negated,
            (BoundCase a, BoundCase b) => a.Else is null == b.Else is null && a.Branches.Count == b.Branches.Count,
            (BoundCall a, BoundCall b) => ReferenceEquals(a.Function, b.Function) && a.Function.Volatility != Volatility.Volatile,
            (BoundLambda, BoundLambda) => false,
            _ => true,
        };
        return same && left.Children().Count() == right.Children().Count()
            && left.Children().Zip(right.Children()).All(static pair => pair.First.SameAs(pair.Second));
    }

    private static bool SameValue(object? left, object? right) => (left, right) switch
    {
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (object?[] a, object?[] b) => a.Length == b.Length && a.Zip(b).All(static pair => SameValue(pair.First, pair.Second)),
        (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
        _ => Equals(left, right),
    };

    /// <summary>Casts that cannot fail: to the same storage, or to a wider number.</summary>
    private static bool IsLosslessCast(BoundCast cast)
    {
        var from = cast.Operand.Type.ValueType;
        var to = cast.Target.ValueType;
        return from == to
            || (from.IsUtf8 && to.IsUtf8)
            || (from.IsInteger && to.Kind == Columnar.TypeKind.Float64)
            || (from.IsSignedInteger && to.IsSignedInteger && from.FlatSize <= to.FlatSize)
            || (from.IsUnsignedInteger && to.IsUnsignedInteger && from.FlatSize <= to.FlatSize)
            || (from.IsUnsignedInteger && to.IsSignedInteger && from.FlatSize < to.FlatSize)
            || (from.Kind == Columnar.TypeKind.Null);
    }

    private static IEnumerable<BoundExpression> CaseChildren(BoundCase branches)
    {
        foreach (var branch in branches.Branches)
        {
            yield return branch.Condition;
            yield return branch.Result;
        }
        if (branches.Else is not null)
        {
            yield return branches.Else;
        }
    }

    private static BoundExpression? One(BoundExpression operand, Func<BoundExpression, BoundExpression?> replace)
    {
        var rewritten = operand.Rewrite(replace);
        return ReferenceEquals(rewritten, operand) ? null : rewritten;
    }

    private static BoundExpression[]? Many(IReadOnlyList<BoundExpression> operands, Func<BoundExpression, BoundExpression?> replace)
    {
        BoundExpression[]? rewritten = null;
        for (var i = 0; i < operands.Count; i++)
        {
            if (One(operands[i], replace) is { } changed)
            {
                rewritten ??= [.. operands];
                rewritten[i] = changed;
            }
        }
        return rewritten;
    }

    private static BoundComparison Two(BoundComparison comparison, Func<BoundExpression, BoundExpression?> replace)
    {
        var left = comparison.Left.Rewrite(replace);
        var right = comparison.Right.Rewrite(replace);
        return ReferenceEquals(left, comparison.Left) && ReferenceEquals(right, comparison.Right)
            ? comparison
            : new BoundComparison(comparison.Operator, left, right);
    }

    private static BoundIn In(BoundIn list, Func<BoundExpression, BoundExpression?> replace)
    {
        var operand = list.Operand.Rewrite(replace);
        var items = Many(list.Items, replace);
        return ReferenceEquals(operand, list.Operand) && items is null ? list : new BoundIn(operand, items ?? list.Items, list.Negated);
    }

    private static BoundLike Like(BoundLike like, Func<BoundExpression, BoundExpression?> replace)
    {
        var operand = like.Operand.Rewrite(replace);
        var pattern = like.Pattern.Rewrite(replace);
        return ReferenceEquals(operand, like.Operand) && ReferenceEquals(pattern, like.Pattern)
            ? like
            : new BoundLike(operand, pattern, like.IgnoreCase, like.Negated);
    }

    private static BoundCase Case(BoundCase branches, Func<BoundExpression, BoundExpression?> replace)
    {
        BoundWhen[]? rewritten = null;
        for (var i = 0; i < branches.Branches.Count; i++)
        {
            var branch = branches.Branches[i];
            var condition = branch.Condition.Rewrite(replace);
            var result = branch.Result.Rewrite(replace);
            if (!ReferenceEquals(condition, branch.Condition) || !ReferenceEquals(result, branch.Result))
            {
                rewritten ??= [.. branches.Branches];
                rewritten[i] = new BoundWhen(condition, result);
            }
        }
        var otherwise = branches.Else?.Rewrite(replace);
        return rewritten is null && ReferenceEquals(otherwise, branches.Else)
            ? branches
            : new BoundCase(rewritten ?? branches.Branches, otherwise, branches.ResultType);
    }
}
