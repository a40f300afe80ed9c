using System.Linq.Expressions;
using Micromegas.EntityFrameworkCore.Storage.Internal;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Refuses bulk changes; everything else is the relational translation.</summary>
public sealed class MicromegasQueryableMethodTranslatingExpressionVisitor : RelationalQueryableMethodTranslatingExpressionVisitor
{
    /// <summary>Creates the visitor of one query.</summary>
    /// <param name="dependencies">Services.</param>
    /// <param name="relationalDependencies">Services.</param>
    /// <param name="queryCompilationContext">The query.</param>
    public MicromegasQueryableMethodTranslatingExpressionVisitor(
        QueryableMethodTranslatingExpressionVisitorDependencies dependencies,
        RelationalQueryableMethodTranslatingExpressionVisitorDependencies relationalDependencies,
        RelationalQueryCompilationContext queryCompilationContext)
        : base(dependencies, relationalDependencies, queryCompilationContext)
    {
    }

    private MicromegasQueryableMethodTranslatingExpressionVisitor(MicromegasQueryableMethodTranslatingExpressionVisitor parent)
        : base(parent)
    {
    }

    /// <inheritdoc />
    protected override QueryableMethodTranslatingExpressionVisitor CreateSubqueryVisitor()
        => new MicromegasQueryableMethodTranslatingExpressionVisitor(this);

    /// <inheritdoc />
    protected override UpdateExpression TranslateExecuteUpdate(ShapedQueryExpression source, IReadOnlyList<ExecuteUpdateSetter> setters)
        => throw ReadOnlyModel.NotSupported("ExecuteUpdate");

    /// <inheritdoc />
    protected override DeleteExpression TranslateExecuteDelete(ShapedQueryExpression source)
        => throw ReadOnlyModel.NotSupported("ExecuteDelete");
}
