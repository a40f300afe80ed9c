using Micromegas.Columnar;

namespace Micromegas.Parquet;

/// <summary>
/// What a file says of the values of a column chunk or page. Bounds compare as SQL does: numbers by value, unsigned ones unsigned, texts and binaries
/// by bytes. No value that is not null (and not NaN) lies outside them.
/// </summary>
public sealed class ColumnStatistics
{
    /// <summary>Lower bound of the values that are not null, of the column's value type; <see langword="null"/> when unknown.</summary>
    public Scalar? Min { get; init; }

    /// <summary>Upper bound; of a text or binary it may be cut and counted up.</summary>
    public Scalar? Max { get; init; }

    /// <summary>Whether <see cref="Min"/> is itself a value of the column. Never for floats: NaN is not counted.</summary>
    public bool IsMinExact { get; init; }

    /// <summary>Whether <see cref="Max"/> is itself a value of the column. Never for floats.</summary>
    public bool IsMaxExact { get; init; }

    public long? NullCount { get; init; }

    public long? DistinctCount { get; init; }

    internal static ColumnStatistics None { get; } = new();
}
