using Microsoft.EntityFrameworkCore.Query;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Makes the visitor of each query.</summary>
public sealed class MicromegasSqlTranslatingExpressionVisitorFactory(RelationalSqlTranslatingExpressionVisitorDependencies dependencies)
    : IRelationalSqlTranslatingExpressionVisitorFactory
{
    /// <inheritdoc />
    public RelationalSqlTranslatingExpressionVisitor Create(
        QueryCompilationContext queryCompilationContext, QueryableMethodTranslatingExpressionVisitor queryableMethodTranslatingExpressionVisitor)
        => new MicromegasSqlTranslatingExpressionVisitor(dependencies, queryCompilationContext, queryableMethodTranslatingExpressionVisitor);
}
