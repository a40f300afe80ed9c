using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Methods of <see cref="Math"/>, <see cref="MathF"/> and of the floating-point types.</summary>
internal sealed class MathMethodTranslator(ISqlExpressionFactory sql) : IMethodCallTranslator
{
    private static readonly Dictionary<string, string> Functions = new(StringComparer.Ordinal)
    {
        ["Abs"] = "abs", ["Ceiling"] = "ceil", ["Floor"] = "floor", ["Truncate"] = "trunc", ["Sqrt"] = "sqrt", ["Cbrt"] = "cbrt", ["Exp"] = "exp",
        ["Log2"] = "log2", ["Log10"] = "log10", ["Sin"] = "sin", ["Cos"] = "cos", ["Tan"] = "tan", ["Asin"] = "asin", ["Acos"] = "acos", ["Atan"] = "atan",
        ["Sinh"] = "sinh", ["Cosh"] = "cosh", ["Tanh"] = "tanh", ["Asinh"] = "asinh", ["Acosh"] = "acosh", ["Atanh"] = "atanh",
        ["Pow"] = "power", ["Atan2"] = "atan2", ["DegreesToRadians"] = "radians", ["RadiansToDegrees"] = "degrees",
    };

    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        var type = method.DeclaringType;
        if (instance is not null || (type != typeof(Math) && type != typeof(MathF) && type != typeof(double) && type != typeof(float)))
        {
            return null;
        }

        var mapping = ExpressionExtensions.InferTypeMapping([.. arguments]);
        var typed = arguments.Select(argument => sql.ApplyTypeMapping(argument, mapping)).ToArray();
        switch (method.Name)
        {
            case "Round" when arguments.Count == 1:
                return sql.Call("round", method.ReturnType, typed, mapping);
            case "Round" when arguments.Count == 2 && arguments[1].Type == typeof(int):
                return sql.Call("round", method.ReturnType, [typed[0], arguments[1]], mapping);

            // SQL rounds half away from zero (spec/sql.md §5.12), so that only that mode can be asked for.
            case "Round" when arguments[^1] is SqlConstantExpression { Value: MidpointRounding.AwayFromZero }:
                return sql.Call("round", method.ReturnType, [typed[0], .. arguments.Skip(1).SkipLast(1)], mapping);
            case "Log" when arguments.Count == 1:
                return sql.Call("ln", method.ReturnType, typed, mapping);
            case "Log" when arguments.Count == 2:
                return sql.Call("log", method.ReturnType, [typed[1], typed[0]], mapping);
            case "Sign":
                return sql.Convert(sql.Call("signum", arguments[0].Type, typed, mapping), typeof(int));
            case "IsNaN":
                return sql.Call("isnan", typeof(bool), typed);
            default:
                return Functions.TryGetValue(method.Name, out var function) ? sql.Call(function, method.ReturnType, typed, mapping) : null;
        }
    }
}
