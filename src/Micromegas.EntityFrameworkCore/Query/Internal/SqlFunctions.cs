using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Calls of functions that give null when an argument is null, as nearly all do.</summary>
internal static class SqlFunctions
{
    internal static SqlExpression Call(
        this ISqlExpressionFactory sql, string name, Type type, IEnumerable<SqlExpression> arguments, RelationalTypeMapping? mapping = null)
    {
        var list = arguments.Select(sql.ApplyDefaultTypeMapping).Select(static argument => argument!).ToArray();
        return sql.Function(name, list, nullable: true, Array.ConvertAll(list, static _ => true), type, mapping);
    }

    /// <summary>A call whose text arguments share one type mapping.</summary>
    internal static SqlExpression TextCall(this ISqlExpressionFactory sql, string name, Type type, params SqlExpression[] arguments)
        => sql.Call(name, type, arguments, type == typeof(string) ? ExpressionExtensions.InferTypeMapping(arguments) : null);

    /// <summary><c>property_get</c>, which may be null although its arguments are not.</summary>
    internal static SqlExpression PropertyGet(this ISqlExpressionFactory sql, SqlExpression properties, SqlExpression key)
        => sql.Function(
            "property_get", [sql.ApplyDefaultTypeMapping(properties), sql.ApplyDefaultTypeMapping(key)], nullable: true, [false, false], typeof(string));

    /// <summary>An integer of the statement's text.</summary>
    internal static SqlExpression Number(this ISqlExpressionFactory sql, int value) => sql.ApplyDefaultTypeMapping(sql.Constant(value));
}
