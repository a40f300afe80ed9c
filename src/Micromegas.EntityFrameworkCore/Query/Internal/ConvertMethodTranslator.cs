using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Methods of <see cref="Convert"/>, <c>ToString()</c> and <c>Parse</c> as casts.</summary>
internal sealed class ConvertMethodTranslator(ISqlExpressionFactory sql) : IMethodCallTranslator
{
    private static readonly HashSet<Type> Numbers =
        [typeof(sbyte), typeof(short), typeof(int), typeof(long), typeof(byte), typeof(ushort), typeof(uint), typeof(ulong), typeof(float), typeof(double), typeof(decimal)];

    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        if (method.Name == nameof(ToString) && instance is not null && arguments.Count == 0)
        {
            return instance.Type == typeof(string) ? instance
                : Numbers.Contains(instance.Type) ? sql.Convert(instance, typeof(string))
                : null;
        }

        if (instance is not null || arguments.Count != 1)
        {
            return null;
        }

        return method.DeclaringType == typeof(Convert) && (Numbers.Contains(method.ReturnType) || method.ReturnType == typeof(string) || method.ReturnType == typeof(bool))
            && (Numbers.Contains(arguments[0].Type) || arguments[0].Type == typeof(string) || arguments[0].Type == typeof(bool))
            || (method.Name == "Parse" && Numbers.Contains(method.DeclaringType!) && arguments[0].Type == typeof(string))
                ? sql.Convert(arguments[0], method.ReturnType)
                : null;
    }
}
