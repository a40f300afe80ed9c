using Microsoft.EntityFrameworkCore.Query;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>The aggregates beyond LINQ's own.</summary>
public sealed class MicromegasAggregateMethodCallTranslatorProvider : RelationalAggregateMethodCallTranslatorProvider
{
    /// <summary>Creates the service.</summary>
    /// <param name="dependencies">Services.</param>
    public MicromegasAggregateMethodCallTranslatorProvider(RelationalAggregateMethodCallTranslatorProviderDependencies dependencies)
        : base(dependencies)
    {
        ArgumentNullException.ThrowIfNull(dependencies);
        AddTranslators([new StatisticsAggregateTranslator(dependencies.SqlExpressionFactory)]);
    }
}
