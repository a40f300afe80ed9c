namespace Micromegas.Golden.Running;

/// <summary>How a statement is counted.</summary>
internal enum Outcome
{
    Passed,

    /// <summary>Upstream refuses it; we answer on purpose, with a checked-in reason.</summary>
    Superset,

    /// <summary>It deviates otherwise, with a checked-in reason.</summary>
    Listed,
    Failed,
}
