namespace Micromegas.Lake.Catalogs;

/// <summary>What a producer adds to a lake in one transaction.</summary>
internal sealed record CatalogRows
{
    public IReadOnlyList<ProcessRecord> Processes { get; init; } = [];
    public IReadOnlyList<StreamRecord> Streams { get; init; } = [];
    public IReadOnlyList<BlockRecord> Blocks { get; init; } = [];
}
