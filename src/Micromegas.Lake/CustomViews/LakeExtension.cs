using Micromegas.Engine.Catalog;
using Micromegas.Engine.Functions;

namespace Micromegas.Lake.CustomViews;

/// <summary>What a program adds to the lakes that it opens; views may be made of all of it. One object stands for one set of additions.</summary>
public sealed class LakeExtension
{
    /// <summary>Scalar functions.</summary>
    public IReadOnlyList<ScalarFunction> Functions { get; init; } = [];

    /// <summary>Aggregates.</summary>
    public IReadOnlyList<AggregateFunction> Aggregates { get; init; } = [];

    /// <summary>Tables and table functions; they stand before the lake's.</summary>
    public TableCatalog? Tables { get; init; }

    /// <summary>Views.</summary>
    public IReadOnlyList<ViewSpecification> Views { get; init; } = [];
}
