using Micromegas.Data;
using Microsoft.EntityFrameworkCore;

namespace Micromegas.EntityFrameworkCore;

/// <summary>
/// A context with the views of a lake, ready to use. An own context gets the same entities by calling
/// <see cref="MicromegasModelBuilderExtensions.UseMicromegasTelemetry"/> in <c>OnModelCreating</c>.
/// </summary>
public class MicromegasDbContext : DbContext
{
    private readonly string? _connectionString;

    /// <summary>Creates a context on a lake.</summary>
    /// <param name="connectionString">See <see cref="MicromegasConnectionStringBuilder"/>.</param>
    public MicromegasDbContext(string connectionString)
    {
        ArgumentNullException.ThrowIfNull(connectionString);
        _connectionString = connectionString;
    }

    /// <summary>Creates a context with options, as dependency injection does.</summary>
    /// <param name="options">The options; made with <c>UseMicromegas</c>.</param>
    public MicromegasDbContext(DbContextOptions options)
        : base(options)
    {
    }

    /// <summary>The lines of all logs; of one process: <c>context.LogEntries(processId)</c>.</summary>
    public DbSet<LogEntry> LogEntries => Set<LogEntry>();

    /// <summary>The values of all metrics; of one process: <c>context.Measures(processId)</c>.</summary>
    public DbSet<Measure> Measures => Set<Measure>();

    /// <summary>The processes.</summary>
    public DbSet<Process> Processes => Set<Process>();

    /// <summary>The streams.</summary>
    public DbSet<Stream> Streams => Set<Stream>();

    /// <summary>Log lines counted by minute.</summary>
    public DbSet<LogStat> LogStats => Set<LogStat>();

    /// <inheritdoc />
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder)
    {
        if (_connectionString is not null)
        {
            optionsBuilder.UseMicromegas(_connectionString);
        }
    }

    /// <inheritdoc />
    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseMicromegasTelemetry();
}
