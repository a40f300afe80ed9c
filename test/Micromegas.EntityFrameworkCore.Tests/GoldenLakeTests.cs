using Micromegas.Data;
using Microsoft.EntityFrameworkCore;

namespace Micromegas.EntityFrameworkCore.Tests;

/// <summary>Queries on the recorded lake (test/golden/README.md), compared with LINQ to objects over all its rows.</summary>
public class GoldenLakeTests(GoldenLakeTests.Fixture fixture) : IClassFixture<GoldenLakeTests.Fixture>
{
    private const string Lobby = "5fff281d-7235-490f-b933-a5cb2f98c62d";
    private const string Match = "0711ebbd-ca15-4a79-b52b-0e1345291960";

    private MicromegasDbContext NewContext() => new(fixture.ConnectionString);

    [Fact]
    public async Task Entities_are_read_whole()
    {
        await using var context = NewContext();
        var entry = await context.LogEntries.OrderBy(e => e.Time).ThenBy(e => e.Message).FirstAsync(e => e.ProcessId == Lobby);
        Assert.Equal(Lobby, entry.ProcessId);
        Assert.NotEmpty(entry.Exe);
        Assert.True(Enum.IsDefined(entry.Level));
        Assert.Equal(2026, entry.Time.Year);
        Assert.NotEmpty(entry.Message);
        Assert.NotEmpty(entry.ProcessProperties);
        var process = await context.Processes.SingleAsync(p => p.ProcessId == Lobby);
        Assert.Equal(entry.Exe, process.Exe);
        Assert.Equal(entry.ProcessProperties.OrderBy(static p => p.Key), process.Properties.OrderBy(static p => p.Key));
        var stream = await context.Streams.FirstAsync(s => s.StreamId == entry.StreamId);
        Assert.Contains("log", stream.Tags!);
        Assert.NotEmpty(stream.ObjectsMetadata);
        Assert.Empty(context.ChangeTracker.Entries());
    }

    [Fact]
    public async Task Filters_and_orders_agree_with_objects()
    {
        await using var context = NewContext();
        var all = await context.LogEntries.ToListAsync();
        Assert.True(all.Count > 100);
        var middle = all.Select(static e => e.Time).Order().ElementAt(all.Count / 2);
        string[] targets = [.. all.Select(static e => e.Target).Distinct().Take(2)];

        Assert.Equal(all.Count(e => e.Time >= middle), await context.LogEntries.CountAsync(e => e.Time >= middle));
        Assert.Equal(all.Count(static e => e.Level <= TelemetryLevel.Warn), await context.LogEntries.CountAsync(static e => e.Level <= TelemetryLevel.Warn));
        Assert.Equal(all.Count(static e => e.Message.Contains('e')), await context.LogEntries.CountAsync(static e => e.Message.Contains('e')));
        Assert.Equal(all.Count(e => targets.Contains(e.Target)), await context.LogEntries.CountAsync(e => targets.Contains(e.Target)));
        Assert.Equal(all.Max(static e => e.Time), await context.LogEntries.MaxAsync(static e => e.Time));
        Assert.Equal(
            all.Select(static e => e.Target).Distinct().Order(StringComparer.Ordinal),
            await context.LogEntries.Select(static e => e.Target).Distinct().OrderBy(static t => t).ToListAsync());
        Assert.Equal(
            all.OrderByDescending(static e => e.Time).Skip(3).Take(5).Select(static e => e.Time),
            (await context.LogEntries.OrderByDescending(static e => e.Time).Skip(3).Take(5).ToListAsync()).Select(static e => e.Time));
        Assert.True(await context.LogEntries.AnyAsync(static e => e.Level == TelemetryLevel.Info));
    }

    [Fact]
    public async Task Groups_agree_with_objects()
    {
        await using var context = NewContext();
        // Not "edge": with NaN, SQL and .NET disagree on which value is the least.
        var all = await context.Measures.Where(static m => m.Name != "edge").ToListAsync();
        var expected = all.GroupBy(static m => m.Name).OrderBy(static g => g.Key, StringComparer.Ordinal)
            .Select(static g => (g.Key, g.Count(), g.Min(static m => m.Value), g.Max(static m => m.Value))).ToList();
        var actual = await context.Measures.Where(static m => m.Name != "edge").GroupBy(static m => m.Name).OrderBy(static g => g.Key)
            .Select(static g => new { g.Key, N = g.Count(), Min = g.Min(static m => m.Value), Max = g.Max(static m => m.Value), Average = g.Average(static m => m.Value) })
            .ToListAsync();
        Assert.Equal(expected, actual.Select(static g => (g.Key, g.N, g.Min, g.Max)));
        foreach (var (group, average) in all.GroupBy(static m => m.Name).OrderBy(static g => g.Key, StringComparer.Ordinal).Zip(actual, static (g, a) => (g, a.Average)))
        {
            var mean = group.Average(static m => m.Value);
            Assert.InRange(average, mean - (1e-9 * Math.Abs(mean)), mean + (1e-9 * Math.Abs(mean)));
        }
    }

    [Fact]
    public async Task Groups_by_time_bin()
    {
        await using var context = NewContext();
        var all = await context.Measures.Select(static m => m.Time).ToListAsync();
        var stride = TimeSpan.FromSeconds(10);
        var expected = all.GroupBy(t => t.Floor(stride)).Select(static g => (g.Key, g.Count())).Order().ToList();
        var actual = await context.Measures.GroupBy(static m => m.Time.Floor(TimeSpan.FromSeconds(10))).Select(static g => new { g.Key, N = g.Count() }).ToListAsync();
        Assert.Equal(expected, actual.Select(static g => (g.Key, g.N)).Order());
    }

    [Fact]
    public async Task View_instances_compose()
    {
        await using var context = NewContext();
        var lines = await context.LogEntries(Lobby).CountAsync();
        Assert.Equal(444, lines);
        Assert.Equal(lines, (await context.LogEntries(Guid.Parse(Lobby)).ToListAsync()).Count);
        var warnings = await context.LogEntries(Lobby).Where(static e => e.Level <= TelemetryLevel.Warn).OrderBy(static e => e.Time).Select(static e => e.Message).ToListAsync();
        Assert.Equal(await context.LogEntries.CountAsync(static e => e.ProcessId == Lobby && e.Level <= TelemetryLevel.Warn), warnings.Count);
        Assert.True(await context.ViewInstance<Measure>(Match).AnyAsync());
    }

    [Fact]
    public async Task Properties_are_queried()
    {
        await using var context = NewContext();
        var all = await context.LogEntries.Select(static e => e.Properties).ToListAsync();
        var (key, value) = all.SelectMany(static p => p).First();
        Assert.Equal(
            all.Count(p => p.TryGetValue(key, out var v) && v == value),
            await context.LogEntries.CountAsync(e => e.Properties[key] == value));
    }

    [Fact]
    public async Task Joins_processes()
    {
        await using var context = NewContext();
        var joined = await context.LogEntries.Join(context.Processes, static e => e.ProcessId, static p => p.ProcessId, static (e, p) => new { e.Exe, Other = p.Exe })
            .ToListAsync();
        Assert.NotEmpty(joined);
        Assert.All(joined, static row => Assert.Equal(row.Exe, row.Other));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly GoldenCopy _lake = new(Path.Combine(Path.GetTempPath(), "mmd-ef-" + Guid.NewGuid().ToString("N")), "merged");

        public string ConnectionString => $"Data Source={_lake.Directory};Mode=ReadOnly";

        public Task InitializeAsync() => _lake.CreateAsync();

        public Task DisposeAsync() => _lake.DeleteAsync();
    }
}
