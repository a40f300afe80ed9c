namespace Micromegas.Lake.Catalogs;

/// <summary>A block whose row is gone and whose object goes when <paramref name="Due"/> has come (spec/lakehouse.md §9.3); times in nanoseconds since 1970 UTC.</summary>
internal readonly record struct BlockDeletion(Guid BlockId, string ObjectKey, long PayloadSize, long InsertTime, long Due);
