using System.Globalization;
using Npgsql;
using static Micromegas.Lake.Catalogs.Postgres.PostgresStatement;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>Creates and checks the tables. Upstream's are created in an empty database only, and never changed (spec/lakehouse.md §0.1).</summary>
internal static class PostgresDefinition
{
    private const string SharingName = "sharing";
    private const string VersionName = "version";

    // Keeps processes that open a lake at the same time from making the same tables; "mmd" in ASCII.
    private const long OwnLock = 0x6D6D64;

    /// <summary>Waits for an upgrade by upstream's services that is under way: they hold these locks until they are done (spec/lakehouse.md §1.1).</summary>
    public static async Task WaitForUpgradesAsync(NpgsqlConnection connection, CancellationToken ct) =>
        await new PostgresStatement("SELECT pg_advisory_xact_lock_shared(0), pg_advisory_xact_lock_shared(1)").ScalarAsync(connection, ct).ConfigureAwait(false);

    /// <summary>Whether the database has none of upstream's tables.</summary>
    public static async Task<bool> IsEmptyAsync(NpgsqlConnection connection, CancellationToken ct) =>
        (await MissingAsync(connection, CatalogSchema.Upstream, ct).ConfigureAwait(false)).Count == CatalogSchema.Upstream.Count;

    /// <summary>Creates upstream's tables and ours; false when another process was faster.</summary>
    public static async Task<bool> CreateAsync(NpgsqlConnection connection, LakeSharing sharing, CancellationToken ct)
    {
        await new PostgresStatement("SELECT pg_advisory_xact_lock(0), pg_advisory_xact_lock(1)").ScalarAsync(connection, ct).ConfigureAwait(false);
        if (!await IsEmptyAsync(connection, ct).ConfigureAwait(false))
        {
            return false;
        }
        await new PostgresStatement(PostgresTables.Upstream).ExecuteAsync(connection, ct).ConfigureAwait(false);
        await CompleteAsync(connection, ct).ConfigureAwait(false);
        await WriteMarkerAsync(connection, sharing, ct).ConfigureAwait(false);
        return true;
    }

    /// <summary>Makes those of our tables that are missing.</summary>
    public static async Task CompleteAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        if ((await MissingAsync(connection, CatalogSchema.Own, ct).ConfigureAwait(false)).Count > 0)
        {
            await new PostgresStatement("SELECT pg_advisory_xact_lock($1)").With(Number(OwnLock)).ScalarAsync(connection, ct).ConfigureAwait(false);
            await new PostgresStatement(PostgresTables.Own).ExecuteAsync(connection, ct).ConfigureAwait(false);
        }
    }

    public static Task WriteMarkerAsync(NpgsqlConnection connection, LakeSharing sharing, CancellationToken ct) => ExecuteAsync(
        connection,
        [
            .. ((string Name, string Value)[])[(VersionName, CatalogSchema.OwnVersion.ToString(CultureInfo.InvariantCulture)), (SharingName, sharing.ToString())],
        ],
        ct);

    /// <summary>Checks the versions and says whose lake this is; without a marker of ours it is somebody else's.</summary>
    public static async Task<LakeSharing> CheckAsync(NpgsqlConnection connection, string name, bool readOnly, CancellationToken ct)
    {
        List<string> missing = await MissingAsync(connection, CatalogSchema.Upstream, ct).ConfigureAwait(false);
        foreach ((CatalogTable table, int expected) in ((CatalogTable, int)[])
            [(CatalogSchema.Migration, CatalogSchema.MigrationVersion), (CatalogSchema.LakehouseMigration, CatalogSchema.LakehouseMigrationVersion)])
        {
            if (missing.Contains(table.Name))
            {
                throw Throw.NotALake(name, $"its database has no table '{table.Name}'");
            }
            long? found = (await new PostgresStatement($"SELECT max(version)::bigint FROM {table.Name}").ScalarAsync(connection, ct).ConfigureAwait(false)) as long?;

            // Other versions are read where they have the columns that are needed (spec/lakehouse.md §0.1 rule 2).
            if (found != expected && !(readOnly && await IsReadableAsync(connection, missing, ct).ConfigureAwait(false)))
            {
                throw new LakeVersionException(table.Name, found, expected);
            }
        }
        if (missing.Count > 0 && !readOnly)
        {
            throw Throw.NotALake(name, $"its database has no table '{missing[0]}'");
        }
        if ((await MissingAsync(connection, CatalogSchema.Own, ct).ConfigureAwait(false)).Contains(CatalogSchema.Lake.Name))
        {
            return LakeSharing.Shared;
        }
        string? own = await MarkerAsync(connection, VersionName, ct).ConfigureAwait(false);
        if (own is not null && own != CatalogSchema.OwnVersion.ToString(CultureInfo.InvariantCulture))
        {
            throw new LakeVersionException(
                CatalogSchema.Lake.Name, long.TryParse(own, CultureInfo.InvariantCulture, out long version) ? version : null, CatalogSchema.OwnVersion);
        }
        return await MarkerAsync(connection, SharingName, ct).ConfigureAwait(false) == nameof(LakeSharing.Exclusive) ? LakeSharing.Exclusive : LakeSharing.Shared;
    }

    /// <summary>Versions that come with imported rows; upstream's tables of them are not written.</summary>
    public static void CheckVersion(CatalogTable table, IReadOnlyList<object?[]> rows)
    {
        int expected = table == CatalogSchema.Migration ? CatalogSchema.MigrationVersion : CatalogSchema.LakehouseMigrationVersion;
        long? found = rows.Max(row => row[0] as long?);
        if (found != expected)
        {
            throw new LakeVersionException(table.Name, found, expected);
        }
    }

    public static Task<List<string>> MissingAsync(NpgsqlConnection connection, IReadOnlyList<CatalogTable> tables, CancellationToken ct) =>
        new PostgresStatement("SELECT t.name FROM unnest($1, $2) AS t(name, place) WHERE to_regclass(t.place) IS NULL")
            .With(Texts([.. tables.Select(t => t.Name)]), Texts([.. tables.Select(PostgresTables.NameOf)]))
            .ListAsync(connection, static row => row.Text(0), ct);

    private static async Task<string?> MarkerAsync(NpgsqlConnection connection, string name, CancellationToken ct) =>
        await new PostgresStatement("SELECT value FROM mmd.lake WHERE name = $1").With(Text(name)).ScalarAsync(connection, ct).ConfigureAwait(false) as string;

    private static async Task ExecuteAsync(NpgsqlConnection connection, IEnumerable<(string Name, string Value)> markers, CancellationToken ct) =>
        await PostgresStatement.ExecuteAsync(
            connection,
            markers.Select(m => new PostgresStatement("INSERT INTO mmd.lake VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
                .With(Text(m.Name), Text(m.Value))),
            ct).ConfigureAwait(false);

    private static async Task<bool> IsReadableAsync(NpgsqlConnection connection, List<string> missing, CancellationToken ct)
    {
        CatalogTable[] needed = [CatalogSchema.Processes, CatalogSchema.Streams, CatalogSchema.Blocks, CatalogSchema.Partitions];
        if (needed.Any(t => missing.Contains(t.Name)))
        {
            return false;
        }
        var columns = new List<(string, string)>();
        columns.AddRange(await new PostgresStatement("""
            SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = ANY(SELECT to_regclass(n) FROM unnest($1) AS t(n))
            """).With(Texts([.. needed.Select(t => t.Name)])).ListAsync(connection, static row => (row.Text(0), row.Text(1)), ct).ConfigureAwait(false));
        return needed.All(t => t.Columns.All(c => columns.Contains((t.Name, c.Name))));
    }
}
