using Micromegas.Columnar;

namespace Micromegas.Engine.Catalog;

/// <summary>What a morsel's metadata say, exactly, of the rows that it would deliver.</summary>
/// <param name="RowCount">Rows.</param>
/// <param name="Columns">One entry for each column that was asked about.</param>
public sealed record MorselSummary(long RowCount, IReadOnlyList<ColumnSummary> Columns);

/// <summary>What is known of a column of those rows.</summary>
/// <param name="NullCount">Rows without a value.</param>
/// <param name="Min">Smallest value; null when it is not known exactly, or when there is none.</param>
/// <param name="Max">Largest value, likewise.</param>
public readonly record struct ColumnSummary(long? NullCount, Scalar? Min, Scalar? Max);
