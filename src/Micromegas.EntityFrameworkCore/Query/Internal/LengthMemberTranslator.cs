using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Sizes of texts and property sets.</summary>
internal sealed class LengthMemberTranslator(ISqlExpressionFactory sql) : IMemberTranslator
{
    public SqlExpression? Translate(SqlExpression? instance, MemberInfo member, Type returnType, IDiagnosticsLogger<DbLoggerCategory.Query> logger)
    {
        if (instance is null)
        {
            return null;
        }

        return member.Name switch
        {
            nameof(string.Length) when member.DeclaringType == typeof(string) => sql.Call("character_length", typeof(int), [instance]),
            nameof(IReadOnlyCollection<>.Count) when instance.Type == typeof(IReadOnlyDictionary<string, string>)
                => sql.Call("properties_length", typeof(int), [instance]),
            _ => null,
        };
    }
}
