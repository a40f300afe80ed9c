namespace Micromegas.Lake.Catalogs;

/// <summary>A retired file that running queries may still read until <paramref name="Expiration"/> (nanoseconds since 1970 UTC).</summary>
internal readonly record struct TemporaryFile(string FilePath, long FileSize, long Expiration);
