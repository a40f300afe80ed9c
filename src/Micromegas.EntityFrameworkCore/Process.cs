using Micromegas.Data;

namespace Micromegas.EntityFrameworkCore;

/// <summary>A row of view <c>processes</c>: one run of an instrumented program.</summary>
public sealed class Process
{
    /// <summary>The identity of the run.</summary>
    public string ProcessId { get; init; } = "";

    /// <summary>The executable.</summary>
    public string Exe { get; init; } = "";

    /// <summary>The user's login name.</summary>
    public string Username { get; init; } = "";

    /// <summary>The user's full name.</summary>
    public string Realname { get; init; } = "";

    /// <summary>The computer.</summary>
    public string Computer { get; init; } = "";

    /// <summary>The operating system.</summary>
    public string Distro { get; init; } = "";

    /// <summary>The processor's name.</summary>
    public string CpuBrand { get; init; } = "";

    /// <summary>Ticks per second of the process's clock; 0 when unknown.</summary>
    public long TscFrequency { get; init; }

    /// <summary>When the run began.</summary>
    public NanoTimestamp StartTime { get; init; }

    /// <summary>The clock's ticks at <see cref="StartTime"/>.</summary>
    public long StartTicks { get; init; }

    /// <summary>When the lake first heard of the run.</summary>
    public NanoTimestamp InsertTime { get; init; }

    /// <summary>The run that started this one; empty when none.</summary>
    public string ParentProcessId { get; init; } = "";

    /// <summary>The properties of the run.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = EmptyProperties.Instance;

    /// <summary>When the lake last received a block of the run.</summary>
    public NanoTimestamp LastUpdateTime { get; init; }

    /// <summary>The clock's ticks at <see cref="LastBlockEndTime"/>.</summary>
    public long LastBlockEndTicks { get; init; }

    /// <summary>Where the last block of the run ends.</summary>
    public NanoTimestamp LastBlockEndTime { get; init; }
}
