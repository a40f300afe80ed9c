using Micromegas.Engine;
using Micromegas.Engine.Execution;

namespace Micromegas.LogicTests;

/// <summary>A way to run the records that may not change an answer.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Options">How the engine works.</param>
/// <param name="Parquet">Tables lie in Parquet files of a few rows a row group, so that dictionaries, statistics and several morsels take part; else in memory.</param>
internal sealed record LogicSetting(string Name, EngineOptions Options, bool Parquet)
{
    public static IReadOnlyList<LogicSetting> All { get; } =
    [
        new("memory", new EngineOptions(), Parquet: false),
        new("parquet", new EngineOptions { Threads = 4 }, Parquet: true),
        new("batch-1", new EngineOptions { BatchSize = 1 }, Parquet: false),
        new("batch-7", new EngineOptions { BatchSize = 7 }, Parquet: true),
        new("one-worker", new EngineOptions { Threads = 1 }, Parquet: true),
        new("no-rules", new EngineOptions { DisabledRules = SqlEngine.OptimizerRules.ToHashSet() }, Parquet: true),
        new("spill", new EngineOptions { ForceSpill = true }, Parquet: false),
        new("no-dictionaries", new EngineOptions { FlattenDictionaries = true }, Parquet: true),
    ];

    public override string ToString() => Name;
}
