using Micromegas.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Stream = Micromegas.EntityFrameworkCore.Stream;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Adds the entities of a telemetry lake to a model.</summary>
public static class MicromegasModelBuilderExtensions
{
    /// <summary>
    /// Adds <see cref="LogEntry"/>, <see cref="Measure"/>, <see cref="Process"/>, <see cref="Stream"/>, <see cref="LogStat"/> and <see cref="ThreadSpan"/> as
    /// keyless entities over the lake's views.
    /// </summary>
    /// <param name="modelBuilder">The model.</param>
    /// <returns>The same model.</returns>
    public static ModelBuilder UseMicromegasTelemetry(this ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        View<LogEntry>(modelBuilder, "log_entries").Property(static entry => entry.Message).HasColumnName("msg");
        View<Measure>(modelBuilder, "measures");
        View<Process>(modelBuilder, "processes");

        // A list column is a value here; as a collection of elements EF would want to query it as JSON.
        View<Stream>(modelBuilder, "streams").Property(static stream => stream.Tags).HasColumnType("VARCHAR[]").Metadata.SetElementType(null);
        View<LogStat>(modelBuilder, "log_stats");
        View<ThreadSpan>(modelBuilder, "thread_spans");
        return modelBuilder;
    }

    private static EntityTypeBuilder<TEntity> View<TEntity>(ModelBuilder modelBuilder, string view)
        where TEntity : class
    {
        var entity = modelBuilder.Entity<TEntity>().HasNoKey().ToView(view);
        foreach (var property in typeof(TEntity).GetProperties())
        {
            entity.Property(property.PropertyType, property.Name).HasColumnName(SnakeCase(property.Name));
        }

        return entity;
    }

    private static string SnakeCase(string name)
        => string.Concat(name.Select(static (c, i) => char.IsUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()));
}
