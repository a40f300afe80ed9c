using Micromegas.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Micromegas.EntityFrameworkCore.Tests;

public class ModelTests
{
    [Theory]
    [InlineData(typeof(LogEntry), "log_entries", "process_id stream_id block_id insert_time exe username computer time target level msg properties process_properties")]
    [InlineData(typeof(Measure), "measures", "process_id stream_id block_id insert_time exe username computer time target name unit value properties process_properties")]
    [InlineData(typeof(Process), "processes", "process_id exe username realname computer distro cpu_brand tsc_frequency start_time start_ticks insert_time parent_process_id properties last_update_time last_block_end_ticks last_block_end_time")]
    [InlineData(typeof(Stream), "streams", "stream_id process_id dependencies_metadata objects_metadata tags properties insert_time format last_update_time")]
    [InlineData(typeof(LogStat), "log_stats", "time_bin process_id level target count")]
    [InlineData(typeof(ThreadSpan), "thread_spans", "id parent depth hash begin end duration name target filename line")]
    public void Entities_have_the_columns_of_their_view(Type entity, string view, string columns)
    {
        using var context = QuerySql.NewContext();
        var type = context.Model.FindEntityType(entity)!;
        Assert.Equal(view, type.GetViewName());
        Assert.Null(type.FindPrimaryKey());
        Assert.Equal(columns.Split(' ').Order(), type.GetProperties().Select(static property => property.GetColumnName()).Order());
    }

    [Fact]
    public void Queries_do_not_track()
    {
        using var context = QuerySql.NewContext();
        Assert.Equal(QueryTrackingBehavior.NoTracking, context.ChangeTracker.QueryTrackingBehavior);
        Assert.Equal("Micromegas.EntityFrameworkCore", context.Database.ProviderName);
    }

    [Fact]
    public void Changes_are_refused()
    {
        using var context = new OwnContext(new DbContextOptionsBuilder<OwnContext>().UseMicromegas("Data Source=unused").Options);
        context.Add(new Note { Id = 1, Text = "x" });
        Assert.Contains("read-only", Assert.Throws<NotSupportedException>(() => context.SaveChanges()).Message, StringComparison.Ordinal);
        Assert.Contains("read-only", Assert.Throws<NotSupportedException>(() => context.Notes.ExecuteDelete()).Message, StringComparison.Ordinal);
        Assert.Contains("read-only", Assert.Throws<NotSupportedException>(() => context.Notes.ExecuteUpdate(static s => s.SetProperty(static n => n.Text, "y"))).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => context.Database.EnsureDeleted());
    }

    [Fact]
    public async Task Changes_are_refused_asynchronously()
    {
        await using var context = new OwnContext(new DbContextOptionsBuilder<OwnContext>().UseMicromegas("Data Source=unused").Options);
        context.Add(new Note { Id = 1, Text = "x" });
        await Assert.ThrowsAsync<NotSupportedException>(() => context.SaveChangesAsync());
        await Assert.ThrowsAsync<NotSupportedException>(() => context.Notes.ExecuteDeleteAsync());
    }

    [Fact]
    public void Own_contexts_take_connection_strings_connections_and_data_sources()
    {
        using var connection = new MicromegasConnection("Data Source=a");
        using var source = MicromegasDataSource.Create("Data Source=b");
        using var byConnection = new OwnContext(new DbContextOptionsBuilder<OwnContext>().UseMicromegas(connection).Options);
        using var bySource = new OwnContext(new DbContextOptionsBuilder<OwnContext>().UseMicromegas(source, static o => o.CommandTimeout(7)).Options);
        using var services = new ServiceCollection().AddMicromegas<OwnContext>("Data Source=c").BuildServiceProvider();
        using var scope = services.CreateScope();
        var byServices = scope.ServiceProvider.GetRequiredService<OwnContext>();
        Assert.Same(connection, byConnection.Database.GetDbConnection());
        Assert.Equal("b", bySource.Database.GetDbConnection().DataSource);
        Assert.Equal(7, bySource.Database.GetCommandTimeout());
        Assert.Equal("c", byServices.Database.GetDbConnection().DataSource);
        Assert.Contains("log_entries", byServices.Set<LogEntry>().ToQueryString(), StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => byServices.ViewInstance<Note>("x"));
    }

    private sealed class OwnContext(DbContextOptions<OwnContext> options) : DbContext(options)
    {
        public DbSet<Note> Notes => Set<Note>();

        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.UseMicromegasTelemetry();
    }

    private sealed class Note
    {
        public int Id { get; set; }

        public string Text { get; set; } = "";
    }
}
