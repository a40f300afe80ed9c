using System.Globalization;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>
/// The way of whole rows in and out, for any table. Values go in as arrays of text, one a column, so that one statement inserts any number of rows and no type of the
/// server needs to be known to the driver.
/// </summary>
internal static class PostgresColumns
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    /// <summary>The statement that inserts rows given as parameters $1, $2, … in the order of the columns.</summary>
    public static string InsertInto(CatalogTable table, string onConflict = "") =>
        $"INSERT INTO {PostgresTables.NameOf(table)}({Names(table)}) SELECT {string.Join(", ", table.Columns.Select((c, i) => FromText(table, c, $"v{i}")))}"
        + $" FROM unnest({string.Join(", ", table.Columns.Select((_, i) => $"${i + 1}::text[]"))}) WITH ORDINALITY"
        + $" AS t({string.Join(", ", table.Columns.Select((_, i) => $"v{i}"))}, n) ORDER BY n{onConflict}";

    public static string Names(CatalogTable table, string prefix = "") => string.Join(", ", table.Columns.Select(c => prefix + c.Name));

    /// <summary>The columns as <see cref="PostgresRow"/> reads them: arrays as the JSON that other catalogues keep.</summary>
    public static string Selected(CatalogTable table, string prefix = "") => string.Join(", ", table.Columns.Select(c => c.Kind switch
    {
        CatalogColumnKind.Json when IsProperties(c) =>
            $"CASE WHEN {prefix}{c.Name} IS NOT NULL THEN coalesce((SELECT json_agg(json_build_array(p.key, p.value) ORDER BY p.n) FROM unnest({prefix}{c.Name})"
            + " WITH ORDINALITY AS p(key, value, n)), '[]'::json) END::text",
        CatalogColumnKind.Json => $"array_to_json({prefix}{c.Name})::text",
        _ => prefix + c.Name,
    }));

    /// <summary>A value in the form of <see cref="CatalogColumnKind"/> as text.</summary>
    public static string? ToText(CatalogColumn column, object? value) => value switch
    {
        null => null,
        byte[] bytes => Convert.ToBase64String(bytes),
        long time when column.Kind == CatalogColumnKind.Time => TimeText(time),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string TimeText(long microseconds) => microseconds is < PostgresRow.FirstMicrosecond or > PostgresRow.LastMicrosecond
        ? throw Throw.CorruptCatalog($"time {microseconds} lies outside the years 1 to 9999")
        : DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond).ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string FromText(CatalogTable table, CatalogColumn column, string value) => column.Kind switch
    {
        CatalogColumnKind.Uuid => value + "::uuid",
        CatalogColumnKind.Integer => value + "::bigint",
        CatalogColumnKind.Time => value + "::timestamptz",
        CatalogColumnKind.Bytes => $"decode({value}, 'base64')",
        CatalogColumnKind.Json when IsProperties(column) =>
            $"CASE WHEN {value} IS NOT NULL THEN ARRAY(SELECT ROW(e.value ->> 0, e.value ->> 1)::micromegas_property"
            + $" FROM json_array_elements({value}::json) WITH ORDINALITY AS e(value, n) ORDER BY e.n) END",
        CatalogColumnKind.Json =>
            $"CASE WHEN {value} IS NOT NULL THEN ARRAY(SELECT e.value FROM json_array_elements_text({value}::json) WITH ORDINALITY AS e(value, n) ORDER BY e.n) END",

        // What producers say about themselves is cut where the column ends, as upstream does with what comes by OTLP (spec/data-lake.md §1.7).
        _ when table == CatalogSchema.Processes => $"left({value}, 255)",
        _ => value,
    };

    private static bool IsProperties(CatalogColumn column) => column.Name == "properties";
}
