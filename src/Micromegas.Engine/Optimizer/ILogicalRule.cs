using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>A rewriting of plans that changes what is computed when, never the answer.</summary>
internal interface ILogicalRule
{
    /// <summary>Name by which <see cref="EngineOptions.DisabledRules"/> switches the rule off.</summary>
    string Name { get; }

    LogicalPlan Apply(LogicalPlan plan, QueryContext context);
}
