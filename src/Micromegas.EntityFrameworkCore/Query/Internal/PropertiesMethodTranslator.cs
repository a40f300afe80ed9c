using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Property sets: <c>Properties["key"]</c> is <c>property_get</c> (spec/sql.md §4), which is null where .NET would throw.</summary>
internal sealed class PropertiesMethodTranslator(ISqlExpressionFactory sql) : IMethodCallTranslator
{
    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        if (method.DeclaringType == typeof(CollectionExtensions) && method.Name == nameof(CollectionExtensions.GetValueOrDefault)
            && arguments.Count == 2 && arguments[0].Type == typeof(IReadOnlyDictionary<string, string>))
        {
            return PropertyGet(arguments[0], arguments[1]);
        }

        if (instance?.Type != typeof(IReadOnlyDictionary<string, string>))
        {
            return null;
        }

        return method.Name switch
        {
            "get_Item" => PropertyGet(instance, arguments[0]),
            nameof(IReadOnlyDictionary<,>.ContainsKey) => sql.IsNotNull(PropertyGet(instance, arguments[0])),
            _ => null,
        };
    }

    private SqlExpression PropertyGet(SqlExpression properties, SqlExpression key) => sql.PropertyGet(properties, key);
}
