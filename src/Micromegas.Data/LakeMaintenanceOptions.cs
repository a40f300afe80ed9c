namespace Micromegas.Data;

/// <summary>What <see cref="LakeMaintenance"/> does and how much it may use.</summary>
public sealed record LakeMaintenanceOptions
{
    /// <summary>
    /// Whether the global views of a lake that upstream services share are maintained here. At most one daemon should do that, so it is off unless asked for; in a
    /// lake that only this library uses it plays no part.
    /// </summary>
    public bool MaintainsSharedViews { get; init; }

    /// <summary>Whether every second gets partitions of its own. Null: in shared lakes only, since otherwise queries read what is new from the blocks.</summary>
    public bool? WritesSeconds { get; init; }

    /// <summary>How long telemetry is kept; null: for ever.</summary>
    public LakeRetention? Retention { get; init; }

    /// <summary>Bytes that maintenance holds at one time; 512 MiB unless set.</summary>
    public long MemoryLimit { get; init; } = 512 << 20;

    /// <summary>How long <see cref="LakeMaintenance.StopAsync"/> waits for what is running before it cancels it; 25 s unless set.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(25);
}
