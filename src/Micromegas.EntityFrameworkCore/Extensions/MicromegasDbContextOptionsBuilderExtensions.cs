using System.Data.Common;
using Micromegas.Data;
using Micromegas.EntityFrameworkCore.Infrastructure;
using Micromegas.EntityFrameworkCore.Infrastructure.Internal;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Configures contexts to ask telemetry lakes.</summary>
public static class MicromegasDbContextOptionsBuilderExtensions
{
    /// <summary>Asks the lake of a connection string. Queries do not track unless they say so.</summary>
    /// <param name="optionsBuilder">The options.</param>
    /// <param name="connectionString">See <see cref="MicromegasConnectionStringBuilder"/>.</param>
    /// <param name="micromegasOptionsAction">Further options of the provider.</param>
    public static DbContextOptionsBuilder UseMicromegas(
        this DbContextOptionsBuilder optionsBuilder,
        string? connectionString,
        Action<MicromegasDbContextOptionsBuilder>? micromegasOptionsAction = null)
        => Use(optionsBuilder, extension => extension.WithConnectionString(connectionString), micromegasOptionsAction);

    /// <summary>Asks on an existing connection, which the caller keeps; the context opens and closes it unless it is open already.</summary>
    /// <param name="optionsBuilder">The options.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="micromegasOptionsAction">Further options of the provider.</param>
    public static DbContextOptionsBuilder UseMicromegas(
        this DbContextOptionsBuilder optionsBuilder,
        DbConnection connection,
        Action<MicromegasDbContextOptionsBuilder>? micromegasOptionsAction = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Use(optionsBuilder, extension => extension.WithConnection(connection), micromegasOptionsAction);
    }

    /// <summary>Asks on connections of a data source.</summary>
    /// <param name="optionsBuilder">The options.</param>
    /// <param name="dataSource">The data source.</param>
    /// <param name="micromegasOptionsAction">Further options of the provider.</param>
    public static DbContextOptionsBuilder UseMicromegas(
        this DbContextOptionsBuilder optionsBuilder,
        DbDataSource dataSource,
        Action<MicromegasDbContextOptionsBuilder>? micromegasOptionsAction = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return Use(optionsBuilder, extension => extension.WithDataSource(dataSource), micromegasOptionsAction);
    }

    /// <inheritdoc cref="UseMicromegas(DbContextOptionsBuilder, string?, Action{MicromegasDbContextOptionsBuilder}?)" />
    /// <typeparam name="TContext">The context.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseMicromegas<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder,
        string? connectionString,
        Action<MicromegasDbContextOptionsBuilder>? micromegasOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseMicromegas((DbContextOptionsBuilder)optionsBuilder, connectionString, micromegasOptionsAction);

    /// <inheritdoc cref="UseMicromegas(DbContextOptionsBuilder, DbConnection, Action{MicromegasDbContextOptionsBuilder}?)" />
    /// <typeparam name="TContext">The context.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseMicromegas<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder,
        DbConnection connection,
        Action<MicromegasDbContextOptionsBuilder>? micromegasOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseMicromegas((DbContextOptionsBuilder)optionsBuilder, connection, micromegasOptionsAction);

    /// <inheritdoc cref="UseMicromegas(DbContextOptionsBuilder, DbDataSource, Action{MicromegasDbContextOptionsBuilder}?)" />
    /// <typeparam name="TContext">The context.</typeparam>
    public static DbContextOptionsBuilder<TContext> UseMicromegas<TContext>(
        this DbContextOptionsBuilder<TContext> optionsBuilder,
        DbDataSource dataSource,
        Action<MicromegasDbContextOptionsBuilder>? micromegasOptionsAction = null)
        where TContext : DbContext
        => (DbContextOptionsBuilder<TContext>)UseMicromegas((DbContextOptionsBuilder)optionsBuilder, dataSource, micromegasOptionsAction);

    private static DbContextOptionsBuilder Use(
        DbContextOptionsBuilder optionsBuilder,
        Func<MicromegasOptionsExtension, IDbContextOptionsExtension> configure,
        Action<MicromegasDbContextOptionsBuilder>? action)
    {
        ArgumentNullException.ThrowIfNull(optionsBuilder);
        var existing = optionsBuilder.Options.FindExtension<MicromegasOptionsExtension>() ?? new MicromegasOptionsExtension();
        ((IDbContextOptionsBuilderInfrastructure)optionsBuilder).AddOrUpdateExtension((MicromegasOptionsExtension)configure(existing));

        // Telemetry has no identity to track and is never written back.
        optionsBuilder.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        action?.Invoke(new MicromegasDbContextOptionsBuilder(optionsBuilder));
        return optionsBuilder;
    }
}
