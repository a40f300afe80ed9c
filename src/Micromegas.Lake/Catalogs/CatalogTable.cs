namespace Micromegas.Lake.Catalogs;

/// <summary>What a column holds and how it travels: PostgreSQL type, CLR type in table rows, SQLite storage (design.md §5).</summary>
internal enum CatalogColumnKind
{
    /// <summary>uuid — string, lower case with hyphens — TEXT.</summary>
    Uuid,

    /// <summary>varchar or text — string — TEXT.</summary>
    Text,

    /// <summary>integer or bigint — long — INTEGER.</summary>
    Integer,

    /// <summary>timestamptz — long, microseconds since 1970 UTC — INTEGER.</summary>
    Time,

    /// <summary>bytea — byte[] — BLOB.</summary>
    Bytes,

    /// <summary>text[] or micromegas_property[] — string, JSON — TEXT.</summary>
    Json,
}

internal sealed record CatalogColumn(string Name, CatalogColumnKind Kind, bool Required = false);

/// <summary>A table of the catalogue: drives its creation in SQLite and the transfer to and from JSON lines.</summary>
/// <param name="Name">The table's name.</param>
/// <param name="Columns">Its columns in physical order.</param>
/// <param name="Key">Columns that are unique together.</param>
/// <param name="Indexes">Further indexes, by name.</param>
internal sealed record CatalogTable(string Name, CatalogColumn[] Columns, string[] Key, params (string Name, string Columns)[] Indexes)
{
    public int IndexOf(string column) => Array.FindIndex(Columns, c => c.Name == column);
}
