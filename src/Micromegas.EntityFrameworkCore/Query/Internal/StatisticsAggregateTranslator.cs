using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>The aggregates of <see cref="MicromegasDbFunctionsExtensions"/>, and <c>string.Join</c> and <c>string.Concat</c> over a group.</summary>
internal sealed class StatisticsAggregateTranslator(ISqlExpressionFactory sql) : IAggregateMethodCallTranslator
{
    public SqlExpression? Translate(
        MethodInfo method, EnumerableExpression source, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        if (source.Selector is not SqlExpression selector || source.Orderings.Count > 0)
        {
            return null;
        }

        if (source.Predicate is not null)
        {
            selector = sql.Case([new CaseWhenClause(source.Predicate, selector)], elseResult: null);
        }

        if (source.IsDistinct)
        {
            selector = new DistinctExpression(selector);
        }

        if (method.DeclaringType == typeof(MicromegasDbFunctionsExtensions))
        {
            return method.Name switch
            {
                nameof(MicromegasDbFunctionsExtensions.Median) => Aggregate("median", selector),
                nameof(MicromegasDbFunctionsExtensions.ApproxPercentile) => Aggregate("approx_percentile_cont", selector, arguments[^1]),
                nameof(MicromegasDbFunctionsExtensions.StandardDeviation) => Aggregate("stddev", selector),
                nameof(MicromegasDbFunctionsExtensions.Variance) => Aggregate("var", selector),
                _ => null,
            };
        }

        if (method.DeclaringType == typeof(string) && selector.Type == typeof(string))
        {
            var separator = method.Name == nameof(string.Join) && arguments.Count > 0 ? arguments[0] : method.Name == nameof(string.Concat) ? sql.Constant("") : null;
            return separator is null
                ? null
                : sql.Coalesce(
                    sql.Function(
                        "string_agg", [sql.ApplyDefaultTypeMapping(selector), sql.ApplyDefaultTypeMapping(separator)], nullable: true, [false, false], typeof(string), selector.TypeMapping),
                    sql.Constant(""),
                    selector.TypeMapping);
        }

        return null;
    }

    private SqlExpression Aggregate(string function, params SqlExpression[] arguments)
    {
        var typed = Array.ConvertAll(arguments, argument => sql.ApplyDefaultTypeMapping(argument)!);
        return sql.Function(function, typed, nullable: true, Array.ConvertAll(typed, static _ => false), typeof(double));
    }
}
