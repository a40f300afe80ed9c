using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>
/// Methods of <see cref="string"/> and <see cref="Regex"/>. Positions and lengths count Unicode code points in SQL and UTF-16 units in .NET, which differ
/// beyond the basic plane only.
/// </summary>
internal sealed class StringMethodTranslator(ISqlExpressionFactory sql) : IMethodCallTranslator
{
    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        if (method.DeclaringType == typeof(Regex) && method.Name == nameof(Regex.IsMatch) && instance is null)
        {
            return TranslateRegex(arguments);
        }

        if (method.DeclaringType != typeof(string))
        {
            return null;
        }

        return instance is null ? TranslateStatic(method, arguments) : TranslateInstance(instance, method, arguments);
    }

    private SqlExpression? TranslateStatic(MethodInfo method, IReadOnlyList<SqlExpression> arguments) => method.Name switch
    {
        nameof(string.IsNullOrEmpty) => sql.OrElse(sql.IsNull(arguments[0]), sql.Equal(arguments[0], sql.Constant(""))),
        nameof(string.IsNullOrWhiteSpace) => sql.OrElse(sql.IsNull(arguments[0]), sql.Equal(sql.TextCall("btrim", typeof(string), arguments[0], WhiteSpace), sql.Constant(""))),
        nameof(string.Equals) when arguments.Count == 3 => TranslateComparison(arguments[2], arguments[0], arguments[1], sql.Equal),
        _ => null,
    };

    private SqlExpression? TranslateInstance(SqlExpression instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments)
    {
        switch (method.Name)
        {
            case nameof(string.Contains):
                return Search("contains", instance, arguments);
            case nameof(string.StartsWith):
                return Search("starts_with", instance, arguments);
            case nameof(string.EndsWith):
                return Search("ends_with", instance, arguments);
            case nameof(string.Equals) when arguments.Count == 2:
                return TranslateComparison(arguments[1], instance, arguments[0], sql.Equal);
            case nameof(string.ToLower) or nameof(string.ToLowerInvariant) when arguments.Count == 0:
                return sql.TextCall("lower", typeof(string), instance);
            case nameof(string.ToUpper) or nameof(string.ToUpperInvariant) when arguments.Count == 0:
                return sql.TextCall("upper", typeof(string), instance);
            case nameof(string.Trim):
                return Trim("btrim", instance, arguments);
            case nameof(string.TrimStart):
                return Trim("ltrim", instance, arguments);
            case nameof(string.TrimEnd):
                return Trim("rtrim", instance, arguments);
            case nameof(string.Substring):
                return sql.Call("substr", typeof(string), [instance, OneBased(arguments[0]), .. arguments.Skip(1)], instance.TypeMapping);
            case nameof(string.Replace) when arguments.Count == 2:
                return sql.TextCall("replace", typeof(string), instance, arguments[0], arguments[1]);
            case nameof(string.IndexOf) when arguments.Count == 1:
                return sql.Subtract(sql.TextCall("strpos", typeof(int), instance, arguments[0]), sql.Number(1));
            case nameof(string.PadLeft):
                return sql.Call("lpad", typeof(string), [instance, .. arguments], instance.TypeMapping);
            case nameof(string.PadRight):
                return sql.Call("rpad", typeof(string), [instance, .. arguments], instance.TypeMapping);
            default:
                return null;
        }
    }

    private SqlExpression OneBased(SqlExpression position)
        => position is SqlConstantExpression { Value: int start } ? sql.Number(start + 1) : sql.Add(position, sql.Number(1));

    private SqlExpression WhiteSpace => sql.ApplyDefaultTypeMapping(sql.Constant(" \t\n\v\f\r"));

    private SqlExpression? Search(string function, SqlExpression instance, IReadOnlyList<SqlExpression> arguments)
        => arguments.Count == 1
            ? sql.TextCall(function, typeof(bool), instance, arguments[0])
            : TranslateComparison(arguments[1], instance, arguments[0], (text, part) => sql.TextCall(function, typeof(bool), text, part));

    // Ordinal comparison is what SQL does; without regard to case, both sides are lowered. Cultures do not exist in SQL.
    private SqlExpression? TranslateComparison(SqlExpression comparison, SqlExpression left, SqlExpression right, Func<SqlExpression, SqlExpression, SqlExpression> compare)
        => (comparison as SqlConstantExpression)?.Value switch
        {
            StringComparison.Ordinal or StringComparison.InvariantCulture or StringComparison.CurrentCulture => compare(left, right),
            StringComparison.OrdinalIgnoreCase or StringComparison.InvariantCultureIgnoreCase or StringComparison.CurrentCultureIgnoreCase
                => compare(sql.TextCall("lower", typeof(string), left), sql.TextCall("lower", typeof(string), right)),
            _ => null,
        };

    private SqlExpression? Trim(string function, SqlExpression instance, IReadOnlyList<SqlExpression> arguments)
    {
        if (arguments.Count == 0)
        {
            return sql.TextCall(function, typeof(string), instance, WhiteSpace);
        }

        return (arguments[0] as SqlConstantExpression)?.Value switch
        {
            char c => sql.TextCall(function, typeof(string), instance, sql.Constant(c.ToString())),
            char[] { Length: > 0 } set => sql.TextCall(function, typeof(string), instance, sql.Constant(new string(set))),
            char[] => sql.TextCall(function, typeof(string), instance, WhiteSpace),
            _ => null,
        };
    }

    private SqlExpression? TranslateRegex(IReadOnlyList<SqlExpression> arguments)
    {
        if (arguments.Count == 2)
        {
            return sql.TextCall("regexp_like", typeof(bool), arguments[0], arguments[1]);
        }

        if (arguments.Count != 3 || (arguments[2] as SqlConstantExpression)?.Value is not RegexOptions options)
        {
            return null;
        }

        const RegexOptions Known = RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
            | RegexOptions.Compiled | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking;
        if ((options & ~Known) != 0)
        {
            return null;
        }

        var flags = (options.HasFlag(RegexOptions.IgnoreCase) ? "i" : "") + (options.HasFlag(RegexOptions.Multiline) ? "m" : "")
            + (options.HasFlag(RegexOptions.Singleline) ? "s" : "") + (options.HasFlag(RegexOptions.IgnorePatternWhitespace) ? "x" : "");
        return flags.Length == 0
            ? sql.TextCall("regexp_like", typeof(bool), arguments[0], arguments[1])
            : sql.TextCall("regexp_like", typeof(bool), arguments[0], arguments[1], sql.Constant(flags));
    }
}
