namespace Micromegas.Lake.Maintenance;

/// <summary>Another age for the processes that have a property.</summary>
/// <param name="Property">The process property's name.</param>
/// <param name="Value">Its value; null for any.</param>
/// <param name="MaximumAge">How long their telemetry is kept.</param>
public sealed record RetentionRule(string Property, string? Value, TimeSpan MaximumAge);

/// <summary>What a sampler is asked about: the heavy telemetry that a process sent in one hour, and a way to look at its logs and measures.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Properties">The process's properties.</param>
/// <param name="Tag">Tag of the streams in question: cpu, net, trace or image.</param>
/// <param name="Hour">Begin of the hour of insert time.</param>
/// <param name="Blocks">Blocks at stake.</param>
/// <param name="Bytes">Bytes of their objects.</param>
/// <param name="CountAsync">Counts rows of <c>log_entries</c> or <c>measures</c> that the process sent in that hour and that satisfy an SQL condition.</param>
public sealed record SampledHour(
    Guid ProcessId, IReadOnlyList<KeyValuePair<string, string>> Properties, string Tag, DateTimeOffset Hour, long Blocks, long Bytes,
    Func<string, string, CancellationToken, Task<long>> CountAsync);

/// <summary>How long telemetry is kept. What is not said is kept for ever.</summary>
public sealed record RetentionPolicy
{
    /// <summary>Age of everything, blocks and partitions.</summary>
    public TimeSpan? MaximumAge { get; init; }

    /// <summary>Age of the blocks of streams with a tag, instead of <see cref="MaximumAge"/>; of several tags the longest counts.</summary>
    public IReadOnlyDictionary<string, TimeSpan> ByTag { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Age of the partitions of a view set, instead of <see cref="MaximumAge"/>.</summary>
    public IReadOnlyDictionary<string, TimeSpan> ByViewSet { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Ages by process; the first rule that fits counts before tags and the overall age.</summary>
    public IReadOnlyList<RetentionRule> ByProcess { get; init; } = [];

    /// <summary>Decides whether the heavy telemetry of a process and hour is kept; asked once, when the hour is over.</summary>
    public Func<SampledHour, CancellationToken, Task<bool>>? Sampler { get; init; }

    /// <summary>How long after its end an hour is sampled.</summary>
    public TimeSpan SamplingDelay { get; init; } = TimeSpan.FromHours(1);
}

/// <summary>What retention removes, or would remove, of one tag.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="Bytes">Bytes of their objects.</param>
public sealed record RetentionShare(string Tag, long Blocks, long Bytes);

/// <summary>What retention did, or would do.</summary>
public sealed record RetentionReport
{
    /// <summary>Per tag; a block of several tags counts at each.</summary>
    public IReadOnlyList<RetentionShare> ByTag { get; init; } = [];

    /// <summary>All blocks.</summary>
    public long Blocks { get; init; }

    /// <summary>Bytes of their objects.</summary>
    public long Bytes { get; init; }

    /// <summary>Partitions.</summary>
    public int Partitions { get; init; }

    /// <summary>Bytes of their files.</summary>
    public long PartitionBytes { get; init; }
}
