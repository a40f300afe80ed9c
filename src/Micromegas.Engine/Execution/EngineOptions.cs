using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>How the engine works. The defaults are right; tests turn the knobs to prove that no answer depends on them.</summary>
public sealed record EngineOptions
{
    /// <summary>Rows of a batch, 1 to <see cref="Batch.MaxRows"/>.</summary>
    public int BatchSize { get; init; } = Batch.MaxRows;

    /// <summary>Workers that one statement may use at a time.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Names of optimizer rules that are off.</summary>
    public IReadOnlySet<string> DisabledRules { get; init; } = new HashSet<string>();

    /// <summary>Spill although memory would suffice.</summary>
    public bool ForceSpill { get; init; }

    /// <summary>Groups of one worker from which on an aggregation whose rows hardly repeat their keys splits them by hash before it groups them.</summary>
    internal int ManyGroups { get; init; } = 64 * 1024;

    /// <summary>The part of a statement's memory, one so many-th, that splitting rows by hash may take for a start: two workers need 128 MiB.</summary>
    internal int SplitMemory { get; init; } = 16;

    /// <summary>Rows of a join's build side from which on all workers index it, where its key is one number.</summary>
    internal int ManyBuildRows { get; init; } = 32 * 1024;

    /// <summary>Flatten dictionaries where scans deliver them.</summary>
    public bool FlattenDictionaries { get; init; }

    /// <summary>Read Parquet files where they lie, without copying them, where their store can do that.</summary>
    public bool MapsFiles { get; init; }

    /// <summary>Zone of TIMESTAMPTZ; null means that it has none (spec/sql.md §0.1).</summary>
    public string? TimeZone { get; init; }

    /// <summary>Folder for temporary files.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <summary>Bytes that a statement may write to temporary files.</summary>
    public long TemporaryLimit { get; init; } = long.MaxValue;

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
