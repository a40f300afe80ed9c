using System.Reflection;
using Micromegas.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Parts of instants (<c>date_part</c>, <c>date_trunc</c>; spec/sql.md §5.11) and the clock.</summary>
internal sealed class InstantMemberTranslator(ISqlExpressionFactory sql) : IMemberTranslator
{
    public SqlExpression? Translate(SqlExpression? instance, MemberInfo member, Type returnType, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        var type = member.DeclaringType;
        if (type != typeof(NanoTimestamp) && type != typeof(DateTime) && type != typeof(DateTimeOffset) && type != typeof(DateOnly))
        {
            return null;
        }

        if (instance is null)
        {
            return member.Name switch
            {
                nameof(DateTime.UtcNow) => sql.Call("now", returnType, []),
                nameof(DateTime.UnixEpoch) => sql.Constant(DateTime.UnixEpoch),
                _ => null,
            };
        }

        return member.Name switch
        {
            nameof(DateTime.Year) => Part("year", instance),
            nameof(DateTime.Month) => Part("month", instance),
            nameof(DateTime.Day) => Part("day", instance),
            nameof(DateTime.Hour) => Part("hour", instance),
            nameof(DateTime.Minute) => Part("minute", instance),
            nameof(DateTime.Second) => Part("second", instance),

            // SQL's smaller parts include the whole seconds.
            nameof(DateTime.Millisecond) => sql.Modulo(Part("millisecond", instance), sql.Number(1000)),
            nameof(DateTime.Microsecond) => sql.Modulo(Part("microsecond", instance), sql.Number(1000)),
            nameof(NanoTimestamp.NanosecondOfSecond) => sql.Convert(
                sql.Modulo(sql.Call("date_part", typeof(long), [sql.Constant("nanosecond"), instance]), sql.Constant(1_000_000_000L)),
                typeof(int)),
            nameof(DateTime.DayOfYear) => Part("doy", instance),
            nameof(DateTime.DayOfWeek) => sql.Call("date_part", typeof(DayOfWeek), [sql.Constant("dow"), instance]),
            nameof(DateTime.Date) => sql.Call("date_trunc", returnType, [sql.Constant("day"), instance], instance.TypeMapping),
            nameof(NanoTimestamp.UnixNanoseconds) => sql.Convert(instance, typeof(long)),
            _ => null,
        };
    }

    private SqlExpression Part(string part, SqlExpression instance) => sql.Call("date_part", typeof(int), [sql.Constant(part), instance]);
}
