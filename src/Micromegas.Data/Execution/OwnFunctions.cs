using Micromegas.Engine.Functions;

namespace Micromegas.Data.Execution;

/// <summary>Functions that a data source adds.</summary>
internal sealed record OwnFunctions(IReadOnlyList<ScalarFunction> Scalars, IReadOnlyList<AggregateFunction> Aggregates, IReadOnlyList<TableFunction> Tables)
{
    internal bool IsEmpty => Scalars.Count + Aggregates.Count + Tables.Count == 0;

    internal FunctionRegistry AddTo(FunctionRegistry registry) => Scalars.Count + Aggregates.Count == 0 ? registry : registry.With(Scalars, Aggregates);
}
