using Micromegas.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Micromegas.Samples.DataTools;

/// <summary>Dependency injection: one data source without a key, and one with.</summary>
internal static class WithInjection
{
    public static async Task RunAsync(string connectionString, TextWriter output)
    {
        var services = new ServiceCollection();
        services.AddMicromegasDataSource(connectionString);
        services.AddMicromegasDataSource(connectionString + ";Mode=ReadOnly", serviceKey: "reports");
        services.AddTransient<LineCounter>();
        services.AddTransient<ReportCounter>();
        await using ServiceProvider provider = services.BuildServiceProvider();
        output.WriteLine($"Injection: {await provider.GetRequiredService<LineCounter>().CountAsync()} lines");
        output.WriteLine($"Keyed injection: {await provider.GetRequiredService<ReportCounter>().CountAsync()} lines");
    }

    private sealed class LineCounter(MicromegasDataSource source)
    {
        public Task<long> CountAsync() => WithInjection.CountAsync(source);
    }

    private sealed class ReportCounter([FromKeyedServices("reports")] MicromegasDataSource source)
    {
        public Task<long> CountAsync() => WithInjection.CountAsync(source);
    }

    private static async Task<long> CountAsync(MicromegasDataSource source)
    {
        await using var command = source.CreateCommand("SELECT count(*) FROM log_entries");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
