namespace Micromegas.Engine.Execution;

/// <summary>A node of a plan that ran, with its figures: what EXPLAIN ANALYZE prints.</summary>
/// <param name="Name">The operator.</param>
/// <param name="Details">What it does: keys, predicates, pruning.</param>
/// <param name="Statistics">Rows and time.</param>
/// <param name="Inputs">The nodes below.</param>
public sealed record OperatorProfile(
    string Name, IReadOnlyList<string> Details, OperatorStatistics Statistics, IReadOnlyList<OperatorProfile> Inputs);
