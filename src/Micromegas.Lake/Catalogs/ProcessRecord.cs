namespace Micromegas.Lake.Catalogs;

/// <summary>A row of <c>processes</c>; times in nanoseconds since 1970 UTC.</summary>
internal sealed record ProcessRecord
{
    public required Guid ProcessId { get; init; }
    public string Exe { get; init; } = "";
    public string Username { get; init; } = "";
    public string Realname { get; init; } = "";
    public string Computer { get; init; } = "";
    public string Distro { get; init; } = "";
    public string CpuBrand { get; init; } = "";

    /// <summary>Ticks per second, 0 when unknown.</summary>
    public long TscFrequency { get; init; }

    public long StartTime { get; init; }
    public long StartTicks { get; init; }
    public long InsertTime { get; init; }
    public Guid? ParentProcessId { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];
}
