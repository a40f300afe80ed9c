using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Whether a list column holds a value, such as a tag of a stream.</summary>
internal sealed class ArrayMethodTranslator(ISqlExpressionFactory sql) : IMethodCallTranslator
{
    public SqlExpression? Translate(
        SqlExpression? instance, MethodInfo method, IReadOnlyList<SqlExpression> arguments, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
        => method.Name == nameof(Enumerable.Contains) && arguments is [{ Type.IsArray: true } list, var item] && list.Type != typeof(byte[])
            ? sql.Call("array_has", typeof(bool), [list, item])
            : null;
}
