namespace Micromegas.Lake.Writing;

/// <summary>What a <see cref="ProcessRecorder"/> says about its process, and when it stores.</summary>
/// <remarks>Texts about the process are cut to the 255 characters that catalogues keep (spec/data-lake.md §1.2).</remarks>
public sealed record ProcessRecorderOptions
{
    /// <summary>The process that started this one, when it writes telemetry too.</summary>
    public Guid? ParentProcessId { get; init; }

    /// <summary>Path of the program.</summary>
    public string Exe { get; init; } = "";

    /// <summary>Account that runs it.</summary>
    public string Username { get; init; } = "";

    /// <summary>Name of the person behind the account.</summary>
    public string RealName { get; init; } = "";

    /// <summary>Name of the machine.</summary>
    public string Computer { get; init; } = "";

    /// <summary>Operating system.</summary>
    public string Distro { get; init; } = "";

    /// <summary>Model of the processor.</summary>
    public string CpuBrand { get; init; } = "";

    /// <summary>Further properties; names that start with <c>micromegas.</c> are reserved (spec/data-lake.md §5.1).</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>> Properties { get; init; } = [];

    /// <summary>Bytes, before compression, after which a block is closed and stored; 1 to 256 MiB.</summary>
    public int BlockBytes { get; init; } = 4 << 20;

    /// <summary>Events after which a block is closed and stored, at least 1.</summary>
    public int BlockEvents { get; init; } = 100_000;

    /// <summary>How often what was recorded is stored though no block is full; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan FlushPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of closed blocks that may wait for the store, at least <see cref="BlockBytes"/>. Beyond, recording waits, or fails while the store fails.</summary>
    public long BufferLimit { get; init; } = 256 << 20;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BlockBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BlockBytes, 256 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(BlockEvents, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferLimit, BlockBytes);
        if (FlushPeriod != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FlushPeriod, TimeSpan.Zero);
            // The longest period of the framework's timers.
            ArgumentOutOfRangeException.ThrowIfGreaterThan(FlushPeriod, TimeSpan.FromMilliseconds(uint.MaxValue - 1));
        }
    }
}
