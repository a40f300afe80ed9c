using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;

namespace Micromegas.Lake.Tests.Materialization;

public sealed class PartitionNamesTests
{
    [Fact]
    public async Task Recorded_file_names_are_reproduced()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("merged");
        int files = 0;
        foreach (PartitionRecord p in await catalog.ListPartitionsAsync(default, default))
        {
            if (p.FilePath is { } path)
            {
                var id = Guid.Parse(path.AsSpan(path.LastIndexOf('_') + 1, 36));
                Assert.Equal(path, PartitionPath.Create(p.ViewSet, p.InstanceId, p.InsertRange.Begin, id));
                files++;
            }
        }
        Assert.Equal(40, files);
    }

    /// <summary>The vectors of spec/lakehouse.md C.1.</summary>
    [Theory]
    [InlineData("log_entries", "global", "2024-01-15T10:00:00Z", "2024-01-15T11:00:00Z", 614293935475780170)]
    [InlineData("thread_spans", "6f2d3c1a-9d1e-4a56-8f0b-1c2d3e4f5a6b", "2025-07-04T12:34:56.123456Z", "2025-07-04T12:59:59.654321Z", 2691763332090253825)]
    public void The_lock_key_is_upstreams(string view, string instance, string begin, string end, long key) =>
        Assert.Equal(key, PartitionLockKey.Create(view, instance, new LakeTimeRange(Nanoseconds(begin), Nanoseconds(end))));

    [Theory]
    [InlineData("2024-01-15", 16580854)]
    [InlineData("2025-12-31", 16594649)]
    public void Dates_are_packed_as_chrono_does(string date, int packed) =>
        Assert.Equal(packed, PartitionLockKey.YearOrdinalFlags(DateTime.Parse(date, System.Globalization.CultureInfo.InvariantCulture)));

    private static long Nanoseconds(string time) =>
        (DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
