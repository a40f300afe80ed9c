using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>The scalar functions of <see cref="MicromegasDbFunctionsExtensions"/>.</summary>
internal sealed class DbFunctionsTranslator(ISqlExpressionFactory sql) : IMethodCallTranslator
{
    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        if (method.DeclaringType != typeof(MicromegasDbFunctionsExtensions))
        {
            return null;
        }

        return method.Name switch
        {
            // Without regard to case, LIKE of the lowered sides is what ILIKE means; lowering the pattern leaves its wildcards alone.
            nameof(MicromegasDbFunctionsExtensions.ILike)
                => sql.Like(sql.TextCall("lower", typeof(string), arguments[1]), Lower(arguments[2])),
            nameof(MicromegasDbFunctionsExtensions.DateBin) => sql.Call("date_bin", method.ReturnType, [arguments[1], arguments[2]], arguments[2].TypeMapping),
            nameof(MicromegasDbFunctionsExtensions.DateTrunc) => sql.Call("date_trunc", method.ReturnType, [arguments[1], arguments[2]], arguments[2].TypeMapping),
            nameof(MicromegasDbFunctionsExtensions.PropertyGet) => sql.PropertyGet(arguments[1], arguments[2]),
            _ => null,
        };
    }

    private SqlExpression Lower(SqlExpression pattern) => pattern is SqlConstantExpression { Value: string text }
        ? sql.Constant(text.ToLowerInvariant())
        : sql.TextCall("lower", typeof(string), pattern);
}
