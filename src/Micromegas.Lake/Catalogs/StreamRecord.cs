namespace Micromegas.Lake.Catalogs;

/// <summary>A row of <c>streams</c>; times in nanoseconds since 1970 UTC.</summary>
internal sealed record StreamRecord
{
    public const string TransitFormat = "micromegas-transit";

    public required Guid StreamId { get; init; }
    public required Guid ProcessId { get; init; }

    /// <summary>CBOR descriptions of the types in the blocks' dependencies.</summary>
    public byte[] DependenciesMetadata { get; init; } = [];

    /// <summary>CBOR descriptions of the types of the blocks' objects.</summary>
    public byte[] ObjectsMetadata { get; init; } = [];

    /// <summary>Null where the column is null, which is not the same as no tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];
    public long InsertTime { get; init; }
    public string Format { get; init; } = TransitFormat;
}
