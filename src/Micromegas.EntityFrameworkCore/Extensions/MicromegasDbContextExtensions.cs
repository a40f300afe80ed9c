using System.Diagnostics.CodeAnalysis;
using Micromegas.EntityFrameworkCore;

namespace Microsoft.EntityFrameworkCore;

/// <summary>The views of one process or stream, as roots of queries.</summary>
public static class MicromegasDbContextExtensions
{
    private const DynamicallyAccessedMemberTypes EntityMembers = DynamicallyAccessedMemberTypes.PublicConstructors
        | DynamicallyAccessedMemberTypes.NonPublicConstructors | DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields
        | DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.NonPublicProperties | DynamicallyAccessedMemberTypes.Interfaces;

    /// <summary>
    /// The view instance (SQL: <c>view_instance(set, id)</c>) of the entity's view set. The lake makes what is missing of it when the query runs. Operators
    /// compose as over a set.
    /// </summary>
    /// <typeparam name="TEntity">An entity that is mapped to a view.</typeparam>
    /// <param name="context">The context.</param>
    /// <param name="instanceId">A process id, for thread spans a stream id; or <c>global</c>.</param>
    /// <exception cref="InvalidOperationException">The entity is not in the model or not mapped to a view.</exception>
    [SuppressMessage("Security", "EF1002", Justification = "The only text inserted is the view's name from the model, quoted; the id is a parameter.")]
    public static IQueryable<TEntity> ViewInstance<[DynamicallyAccessedMembers(EntityMembers)] TEntity>(this DbContext context, string instanceId)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var view = context.Model.FindEntityType(typeof(TEntity))?.GetViewName()
            ?? throw new InvalidOperationException($"{typeof(TEntity)} is not mapped to a view; call modelBuilder.UseMicromegasTelemetry() or ToView(…).");
        return context.Set<TEntity>().FromSqlRaw($"SELECT * FROM view_instance('{view.Replace("'", "''", StringComparison.Ordinal)}', {{0}})", instanceId);
    }

    /// <inheritdoc cref="ViewInstance{TEntity}(DbContext, string)" />
    public static IQueryable<TEntity> ViewInstance<[DynamicallyAccessedMembers(EntityMembers)] TEntity>(this DbContext context, Guid instanceId)
        where TEntity : class
        => context.ViewInstance<TEntity>(instanceId.ToString("D"));

    /// <summary>The log of one process.</summary>
    /// <param name="context">The context.</param>
    /// <param name="processId">The process.</param>
    public static IQueryable<LogEntry> LogEntries(this DbContext context, string processId) => context.ViewInstance<LogEntry>(processId);

    /// <inheritdoc cref="LogEntries(DbContext, string)" />
    public static IQueryable<LogEntry> LogEntries(this DbContext context, Guid processId) => context.ViewInstance<LogEntry>(processId);

    /// <summary>The metrics of one process.</summary>
    /// <param name="context">The context.</param>
    /// <param name="processId">The process.</param>
    public static IQueryable<Measure> Measures(this DbContext context, string processId) => context.ViewInstance<Measure>(processId);

    /// <inheritdoc cref="Measures(DbContext, string)" />
    public static IQueryable<Measure> Measures(this DbContext context, Guid processId) => context.ViewInstance<Measure>(processId);

    /// <summary>The calls on one thread.</summary>
    /// <param name="context">The context.</param>
    /// <param name="streamId">The thread's stream.</param>
    public static IQueryable<ThreadSpan> ThreadSpans(this DbContext context, string streamId) => context.ViewInstance<ThreadSpan>(streamId);
}
