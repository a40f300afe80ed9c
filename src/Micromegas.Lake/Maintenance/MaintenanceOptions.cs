namespace Micromegas.Lake.Maintenance;

/// <summary>What maintenance does and how much it may use.</summary>
public sealed record MaintenanceOptions
{
    /// <summary>
    /// Whether the global views of a lake that upstream services share are maintained here. At most one daemon should do that (spec/lakehouse.md §0.1 rule 9), so
    /// it is off unless asked for.
    /// </summary>
    public bool MaintainsSharedViews { get; init; }

    /// <summary>
    /// Whether every second gets its partitions. Where only this library asks it is of no use: what came a moment ago is read from the blocks. Null: in shared
    /// lakes only.
    /// </summary>
    public bool? WritesSeconds { get; init; }

    /// <summary>How long telemetry is kept; null for ever.</summary>
    public RetentionPolicy? Retention { get; init; }

    /// <summary>Bytes that maintenance holds at one time.</summary>
    public long MemoryLimit { get; init; } = 512 << 20;

    /// <summary>How long <see cref="LakeMaintainer.StopAsync"/> waits for what is running.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(25);
}
