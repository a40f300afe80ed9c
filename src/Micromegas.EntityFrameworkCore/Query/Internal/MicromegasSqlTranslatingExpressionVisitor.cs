using System.Linq.Expressions;
using Micromegas.Data;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Arithmetic of instants and durations, whose operands differ in type from the result (spec/sql.md §5.8).</summary>
public sealed class MicromegasSqlTranslatingExpressionVisitor : RelationalSqlTranslatingExpressionVisitor
{
    /// <summary>Creates the visitor of one query.</summary>
    /// <param name="dependencies">Services.</param>
    /// <param name="queryCompilationContext">The query.</param>
    /// <param name="queryableMethodTranslatingExpressionVisitor">The visitor of its operators.</param>
    public MicromegasSqlTranslatingExpressionVisitor(
        RelationalSqlTranslatingExpressionVisitorDependencies dependencies,
        QueryCompilationContext queryCompilationContext,
        QueryableMethodTranslatingExpressionVisitor queryableMethodTranslatingExpressionVisitor)
        : base(dependencies, queryCompilationContext, queryableMethodTranslatingExpressionVisitor)
    {
    }

    /// <inheritdoc />
    protected override Expression VisitBinary(BinaryExpression binaryExpression)
    {
        ArgumentNullException.ThrowIfNull(binaryExpression);
        if (binaryExpression.NodeType is not (ExpressionType.Add or ExpressionType.Subtract)
            || !InstantTypes.Contains(binaryExpression.Left.Type)
            || !(InstantTypes.Contains(binaryExpression.Right.Type) || Unwrap(binaryExpression.Right.Type) == typeof(TimeSpan)))
        {
            return base.VisitBinary(binaryExpression);
        }

        if (Visit(binaryExpression.Left) is not SqlExpression left || Visit(binaryExpression.Right) is not SqlExpression right)
        {
            return QueryCompilationContext.NotTranslatedExpression;
        }

        left = Dependencies.SqlExpressionFactory.ApplyDefaultTypeMapping(left);
        right = Dependencies.SqlExpressionFactory.ApplyDefaultTypeMapping(right);
        var mapping = Dependencies.TypeMappingSource.FindMapping(Unwrap(binaryExpression.Type));
        return new SqlBinaryExpression(binaryExpression.NodeType, left, right, binaryExpression.Type, mapping);
    }

    /// <inheritdoc />
    public override SqlExpression? GenerateGreatest(IReadOnlyList<SqlExpression> expressions, Type resultType) => Extreme("greatest", expressions, resultType);

    /// <inheritdoc />
    public override SqlExpression? GenerateLeast(IReadOnlyList<SqlExpression> expressions, Type resultType) => Extreme("least", expressions, resultType);

    private SqlExpression Extreme(string function, IReadOnlyList<SqlExpression> expressions, Type resultType)
        => Dependencies.SqlExpressionFactory.Function(
            function, expressions, nullable: true, expressions.Select(static _ => false), resultType, ExpressionExtensions.InferTypeMapping([.. expressions]));

    private static Type Unwrap(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static class InstantTypes
    {
        internal static bool Contains(Type type)
        {
            var unwrapped = Unwrap(type);
            return unwrapped == typeof(NanoTimestamp) || unwrapped == typeof(DateTime) || unwrapped == typeof(DateTimeOffset);
        }
    }
}
