using System.Data.Common;
using Micromegas.Data;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers data sources for dependency injection.</summary>
public static class MicromegasServiceCollectionExtensions
{
    /// <summary>
    /// Registers a <see cref="MicromegasDataSource"/> (also as <see cref="DbDataSource"/>) as a singleton, and <see cref="MicromegasConnection"/> (also as
    /// <see cref="DbConnection"/>) as closed connections on it. Messages go to the <see cref="ILoggerFactory"/> that is registered.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="connectionString">See <see cref="MicromegasConnectionStringBuilder"/>; empty for tables without a lake.</param>
    /// <param name="configure">Further settings and tables.</param>
    /// <param name="connectionLifetime">How long a connection lives; it closes with its scope.</param>
    /// <param name="serviceKey">The key of the registration, for several data sources in one program; null for none.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddMicromegasDataSource(
        this IServiceCollection services,
        string connectionString,
        Action<MicromegasDataSourceBuilder>? configure = null,
        ServiceLifetime connectionLifetime = ServiceLifetime.Transient,
        object? serviceKey = null)
        => AddMicromegasDataSource(services, connectionString, configure is null ? null : (_, builder) => configure(builder), connectionLifetime, serviceKey);

    /// <inheritdoc cref="AddMicromegasDataSource(IServiceCollection, string, Action{MicromegasDataSourceBuilder}, ServiceLifetime, object)" />
    public static IServiceCollection AddMicromegasDataSource(
        this IServiceCollection services,
        string connectionString,
        Action<IServiceProvider, MicromegasDataSourceBuilder>? configure,
        ServiceLifetime connectionLifetime = ServiceLifetime.Transient,
        object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(connectionString);
        services.TryAdd(new ServiceDescriptor(typeof(MicromegasDataSource), serviceKey, (provider, _) =>
        {
            var builder = new MicromegasDataSourceBuilder(connectionString);
            if (provider.GetService<ILoggerFactory>() is { } loggers)
            {
                builder.UseLoggerFactory(loggers);
            }

            configure?.Invoke(provider, builder);
            return builder.Build();
        }, ServiceLifetime.Singleton));
        services.TryAdd(new ServiceDescriptor(
            typeof(DbDataSource), serviceKey, static (provider, key) => provider.GetRequiredKeyedService<MicromegasDataSource>(key), ServiceLifetime.Singleton));
        services.TryAdd(new ServiceDescriptor(
            typeof(MicromegasConnection), serviceKey, static (provider, key) => provider.GetRequiredKeyedService<MicromegasDataSource>(key).CreateConnection(), connectionLifetime));
        services.TryAdd(new ServiceDescriptor(
            typeof(DbConnection), serviceKey, static (provider, key) => provider.GetRequiredKeyedService<MicromegasConnection>(key), connectionLifetime));
        return services;
    }
}
