using Micromegas.EntityFrameworkCore.Diagnostics.Internal;
using Micromegas.EntityFrameworkCore.Infrastructure;
using Micromegas.EntityFrameworkCore.Infrastructure.Internal;
using Micromegas.EntityFrameworkCore.Metadata.Conventions;
using Micromegas.EntityFrameworkCore.Query.Internal;
using Micromegas.EntityFrameworkCore.Storage.Internal;
using Micromegas.EntityFrameworkCore.Update.Internal;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the provider and contexts that use it.</summary>
public static class MicromegasServiceCollectionExtensions
{
    /// <summary>Registers a context that asks the lake of a connection string.</summary>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">See <see cref="Micromegas.Data.MicromegasConnectionStringBuilder"/>.</param>
    /// <param name="micromegasOptionsAction">Further options of the provider.</param>
    /// <param name="optionsAction">Further options of the context.</param>
    public static IServiceCollection AddMicromegas<TContext>(
        this IServiceCollection services,
        string? connectionString,
        Action<MicromegasDbContextOptionsBuilder>? micromegasOptionsAction = null,
        Action<DbContextOptionsBuilder>? optionsAction = null)
        where TContext : DbContext
        => services.AddDbContext<TContext>(options =>
        {
            optionsAction?.Invoke(options);
            options.UseMicromegas(connectionString, micromegasOptionsAction);
        });

    /// <summary>Adds the provider's services to an internal service provider of EF Core. Not for application code.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddEntityFrameworkMicromegas(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        new EntityFrameworkRelationalServicesBuilder(services)
            .TryAdd<LoggingDefinitions, MicromegasLoggingDefinitions>()
            .TryAdd<IDatabaseProvider, DatabaseProvider<MicromegasOptionsExtension>>()
            .TryAdd<IDatabase, MicromegasDatabase>()
            .TryAdd<IRelationalTypeMappingSource, MicromegasTypeMappingSource>()
            .TryAdd<ISqlGenerationHelper, RelationalSqlGenerationHelper>()
            .TryAdd<IProviderConventionSetBuilder, MicromegasConventionSetBuilder>()
            .TryAdd<IRelationalConnection, MicromegasRelationalConnection>()
            .TryAdd<IRelationalDatabaseCreator, MicromegasDatabaseCreator>()
            .TryAdd<IModificationCommandBatchFactory, MicromegasModificationCommandBatchFactory>()
            .TryAdd<IUpdateSqlGenerator, MicromegasUpdateSqlGenerator>()
            .TryAdd<IQuerySqlGeneratorFactory, MicromegasQuerySqlGeneratorFactory>()
            .TryAdd<IMethodCallTranslatorProvider, MicromegasMethodCallTranslatorProvider>()
            .TryAdd<IMemberTranslatorProvider, MicromegasMemberTranslatorProvider>()
            .TryAdd<IAggregateMethodCallTranslatorProvider, MicromegasAggregateMethodCallTranslatorProvider>()
            .TryAdd<IQueryableMethodTranslatingExpressionVisitorFactory, MicromegasQueryableMethodTranslatingExpressionVisitorFactory>()
            .TryAdd<IRelationalSqlTranslatingExpressionVisitorFactory, MicromegasSqlTranslatingExpressionVisitorFactory>()
            .TryAddCoreServices();
        return services;
    }
}
