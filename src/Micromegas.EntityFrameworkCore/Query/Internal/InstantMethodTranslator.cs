using System.Linq.Expressions;
using System.Reflection;
using Micromegas.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Methods of <see cref="NanoTimestamp"/>, <see cref="DateTime"/> and <see cref="DateTimeOffset"/>.</summary>
internal sealed class InstantMethodTranslator(ISqlExpressionFactory sql, IRelationalTypeMappingSource mappings) : IMethodCallTranslator
{
    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        var type = method.DeclaringType;
        if (instance is null || (type != typeof(NanoTimestamp) && type != typeof(DateTime) && type != typeof(DateTimeOffset)))
        {
            return null;
        }

        switch (method.Name)
        {
            case nameof(NanoTimestamp.Floor):
                return sql.Call("date_bin", instance.Type, [Stride(arguments[0]), instance], instance.TypeMapping);
            case nameof(NanoTimestamp.Add) when arguments[0].Type == typeof(TimeSpan):
                return Arithmetic(ExpressionType.Add, instance, arguments[0], instance.Type, instance.TypeMapping);
            case nameof(NanoTimestamp.Subtract) when arguments[0].Type == typeof(TimeSpan):
                return Arithmetic(ExpressionType.Subtract, instance, arguments[0], instance.Type, instance.TypeMapping);
            case nameof(NanoTimestamp.Subtract):
                return Arithmetic(ExpressionType.Subtract, instance, arguments[0], typeof(TimeSpan), mappings.FindMapping(typeof(TimeSpan)));
            case nameof(NanoTimestamp.ToDateTime) or nameof(NanoTimestamp.ToDateTimeOffset):
                return sql.Convert(instance, method.ReturnType);
        }

        return Amount(method.Name, arguments) is { } amount ? Arithmetic(ExpressionType.Add, instance, amount, instance.Type, instance.TypeMapping) : null;
    }

    // date_bin wants an interval; what a variable holds arrives as a duration.
    private SqlExpression Stride(SqlExpression stride) => stride is SqlConstantExpression { Value: TimeSpan span }
        ? sql.ApplyDefaultTypeMapping(sql.Constant(MicromegasInterval.FromTimeSpan(span)))
        : sql.Convert(sql.ApplyDefaultTypeMapping(stride), typeof(MicromegasInterval));

    // Only constants: SQL cannot multiply an interval (spec/sql.md §5.8).
    private SqlConstantExpression? Amount(string method, IReadOnlyList<SqlExpression> arguments)
    {
        if (arguments is not [SqlConstantExpression { Value: { } value }])
        {
            return null;
        }

        object? amount = (method, value) switch
        {
            ("AddDays", double days) => TimeSpan.FromDays(days),
            ("AddHours", double hours) => TimeSpan.FromHours(hours),
            ("AddMinutes", double minutes) => TimeSpan.FromMinutes(minutes),
            ("AddSeconds", double seconds) => TimeSpan.FromSeconds(seconds),
            ("AddMilliseconds", double milliseconds) => TimeSpan.FromMilliseconds(milliseconds),
            ("AddTicks", long ticks) => TimeSpan.FromTicks(ticks),
            ("AddMonths", int months) => new MicromegasInterval(months, 0, 0),
            ("AddYears", int years) => new MicromegasInterval(years * 12, 0, 0),
            ("AddNanoseconds", long nanoseconds) => new MicromegasInterval(0, 0, nanoseconds),
            _ => null,
        };
        return amount is null ? null : (SqlConstantExpression)sql.ApplyDefaultTypeMapping(sql.Constant(amount, amount.GetType()));
    }

    private SqlBinaryExpression Arithmetic(ExpressionType operation, SqlExpression left, SqlExpression right, Type type, RelationalTypeMapping? mapping)
        => new(operation, sql.ApplyDefaultTypeMapping(left), sql.ApplyDefaultTypeMapping(right), type, mapping);
}
