using System.Runtime.InteropServices;

namespace Micromegas.Data;

/// <summary>What a <see cref="TelemetryWriter"/> says about its process, and when it stores. The texts about the process are cut to 255 characters.</summary>
public sealed record TelemetryWriterOptions
{
    /// <summary>The process that started this one, when it writes telemetry too; by default none.</summary>
    public Guid? ParentProcessId { get; init; }

    /// <summary>The program, column <c>exe</c>; by default its path.</summary>
    public string Exe { get; init; } = Environment.ProcessPath ?? "";

    /// <summary>The account that runs it, column <c>username</c>; by default the current one.</summary>
    public string Username { get; init; } = Environment.UserName;

    /// <summary>The person behind the account, column <c>realname</c>; by default empty.</summary>
    public string RealName { get; init; } = "";

    /// <summary>The machine, column <c>computer</c>; by default this one's name.</summary>
    public string Computer { get; init; } = Environment.MachineName;

    /// <summary>The operating system, column <c>distro</c>; by default what the runtime says of it.</summary>
    public string Distro { get; init; } = RuntimeInformation.OSDescription;

    /// <summary>The processor, column <c>cpu_brand</c>; by default its architecture.</summary>
    public string CpuBrand { get; init; } = RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>Further properties of the process, such as its version; names that start with <c>micromegas.</c> are reserved.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>How often what was written is stored though no block is full: one minute by default; <see cref="Timeout.InfiniteTimeSpan"/> for never.</summary>
    public TimeSpan FlushPeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Bytes, before compression, after which a block is stored: 4 MiB by default, 1 to 256 MiB.</summary>
    public int FlushBytes { get; init; } = 4 << 20;

    /// <summary>Lines or measures after which a block is stored: 100,000 by default, at least 1.</summary>
    public int FlushCount { get; init; } = 100_000;

    /// <summary>
    /// Bytes that may wait for the store: 256 MiB by default, at least <see cref="FlushBytes"/>. Beyond, writing waits for the store, or throws while the store
    /// fails.
    /// </summary>
    public long BufferLimit { get; init; } = 256 << 20;
}
