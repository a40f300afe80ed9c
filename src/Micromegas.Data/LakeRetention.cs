using Micromegas.Lake.Maintenance;

namespace Micromegas.Data;

/// <summary>Another age for the processes that have a property.</summary>
/// <param name="Property">The name of a process property.</param>
/// <param name="Value">Its value; null for any.</param>
/// <param name="MaximumAge">How long the telemetry of such processes is kept.</param>
public sealed record LakeRetentionRule(string Property, string? Value, TimeSpan MaximumAge);

/// <summary>
/// How long telemetry is kept; what is not said is kept for ever. Ages count from the moment of insertion. Raw blocks go by the hour, a process and its streams of
/// one tag at a time, so that what somebody asked for survives in its partitions and the rest goes.
/// </summary>
public sealed record LakeRetention
{
    /// <summary>Age of everything, blocks and partitions.</summary>
    public TimeSpan? MaximumAge { get; init; }

    /// <summary>Age of the blocks of streams with a tag (<c>log</c>, <c>metrics</c>, <c>cpu</c> …); of several tags the longest counts.</summary>
    public IReadOnlyDictionary<string, TimeSpan> ByTag { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Age of the partitions of a view set.</summary>
    public IReadOnlyDictionary<string, TimeSpan> ByViewSet { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Ages by process; the first rule that fits counts before tags and the overall age.</summary>
    public IReadOnlyList<LakeRetentionRule> ByProcess { get; init; } = [];

    /// <summary>
    /// Decides whether the heavy telemetry (tags cpu, net, trace, image) of a process and hour is kept. Asked once, when the hour is over; it sees the logs and
    /// measures of that hour.
    /// </summary>
    public Func<LakeSample, CancellationToken, Task<bool>>? Sampler { get; init; }

    /// <summary>How long after its end an hour is sampled; an hour unless set.</summary>
    public TimeSpan SamplingDelay { get; init; } = TimeSpan.FromHours(1);

    internal RetentionPolicy ToPolicy() => new()
    {
        MaximumAge = MaximumAge,
        ByTag = ByTag,
        ByViewSet = ByViewSet,
        ByProcess = [.. ByProcess.Select(static rule => new RetentionRule(rule.Property, rule.Value, rule.MaximumAge))],
        Sampler = Sampler is { } sampler ? (hour, cancellationToken) => sampler(new LakeSample(hour), cancellationToken) : null,
        SamplingDelay = SamplingDelay,
    };
}

/// <summary>What a sampler decides on: the heavy telemetry that a process sent in one hour. It shows the process's cheap telemetry of that hour.</summary>
public sealed class LakeSample
{
    private readonly SampledHour hour;

    internal LakeSample(SampledHour hour) => this.hour = hour;

    /// <summary>The process.</summary>
    public Guid ProcessId => hour.ProcessId;

    /// <summary>Its properties.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties => hour.Properties;

    /// <summary>Tag of the streams in question.</summary>
    public string Tag => hour.Tag;

    /// <summary>Begin of the hour of insertion.</summary>
    public DateTimeOffset Hour => hour.Hour;

    /// <summary>Blocks at stake.</summary>
    public long Blocks => hour.Blocks;

    /// <summary>Bytes of their objects.</summary>
    public long Bytes => hour.Bytes;

    /// <summary>How many log entries of the process and hour satisfy an SQL condition, such as <c>level &lt;= 2</c>.</summary>
    /// <param name="condition">A condition on the columns of <c>log_entries</c>.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public Task<long> CountLogEntriesAsync(string condition, CancellationToken cancellationToken = default) =>
        hour.CountAsync("log_entries", condition, cancellationToken);

    /// <summary>How many measures of the process and hour satisfy an SQL condition, such as <c>name = 'latency' AND value > 0.5</c>.</summary>
    /// <param name="condition">A condition on the columns of <c>measures</c>.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public Task<long> CountMeasuresAsync(string condition, CancellationToken cancellationToken = default) =>
        hour.CountAsync("measures", condition, cancellationToken);
}

/// <summary>What retention would remove of one tag.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="Bytes">Bytes of their objects.</param>
public sealed record LakeRetentionShare(string Tag, long Blocks, long Bytes);

/// <summary>What retention would remove now.</summary>
public sealed record LakeRetentionPreview
{
    internal LakeRetentionPreview(RetentionReport report)
    {
        ByTag = [.. report.ByTag.Select(static share => new LakeRetentionShare(share.Tag, share.Blocks, share.Bytes))];
        Blocks = report.Blocks;
        Bytes = report.Bytes;
        Partitions = report.Partitions;
        PartitionBytes = report.PartitionBytes;
    }

    /// <summary>By tag; a block of several tags counts at each.</summary>
    public IReadOnlyList<LakeRetentionShare> ByTag { get; }

    /// <summary>Raw blocks.</summary>
    public long Blocks { get; }

    /// <summary>Bytes of their objects.</summary>
    public long Bytes { get; }

    /// <summary>Partitions.</summary>
    public int Partitions { get; }

    /// <summary>Bytes of their files.</summary>
    public long PartitionBytes { get; }
}
