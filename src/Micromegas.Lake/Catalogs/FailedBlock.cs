namespace Micromegas.Lake.Catalogs;

/// <summary>A block whose rows are missing from a view because it could not be fetched or decoded (spec/lakehouse.md §3.15).</summary>
/// <param name="BlockId">The block.</param>
/// <param name="ViewSet">The view that lacks its rows.</param>
/// <param name="Reason">What went wrong.</param>
/// <param name="RecordedAt">Nanoseconds since 1970 UTC.</param>
internal readonly record struct FailedBlock(Guid BlockId, string ViewSet, string Reason, long RecordedAt);
