namespace Micromegas.DuckDb;

/// <summary>Name and type of a result's column.</summary>
public sealed record DuckDbColumn(string Name, DuckDbType Type);
