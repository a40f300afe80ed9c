namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>The tables as PostgreSQL has them: upstream's as its services make them (spec/lakehouse.md §1, spec/data-lake.md §1), ours in a schema of their own.</summary>
internal static class PostgresTables
{
    /// <summary>What a new lake's database gets from us in upstream's place: everything at data-lake version 7 and lakehouse version 9.</summary>
    public const string Upstream = """
        CREATE EXTENSION IF NOT EXISTS btree_gist;
        CREATE TYPE micromegas_property AS (key TEXT, value TEXT);
        CREATE TABLE processes(
            process_id UUID, exe VARCHAR(255), username VARCHAR(255), realname VARCHAR(255), computer VARCHAR(255), distro VARCHAR(255), cpu_brand VARCHAR(255),
            tsc_frequency BIGINT, start_time TIMESTAMPTZ, start_ticks BIGINT, insert_time TIMESTAMPTZ, parent_process_id UUID, properties micromegas_property[]);
        CREATE TABLE streams(
            stream_id UUID, process_id UUID, dependencies_metadata BYTEA, objects_metadata BYTEA, tags TEXT[], properties micromegas_property[],
            insert_time TIMESTAMPTZ, format TEXT NOT NULL DEFAULT 'micromegas-transit');
        CREATE TABLE blocks(
            block_id UUID, stream_id UUID, process_id UUID, begin_time TIMESTAMPTZ, begin_ticks BIGINT, end_time TIMESTAMPTZ, end_ticks BIGINT, nb_objects INT,
            object_offset BIGINT, payload_size BIGINT, insert_time TIMESTAMPTZ);
        CREATE INDEX parent_process_id ON processes(parent_process_id);
        CREATE INDEX process_start_time ON processes(start_time);
        CREATE INDEX process_insert_time ON processes(insert_time);
        CREATE UNIQUE INDEX processes_process_id_unique ON processes(process_id);
        CREATE INDEX stream_process_id ON streams(process_id);
        CREATE INDEX stream_insert_time ON streams(insert_time);
        CREATE UNIQUE INDEX streams_stream_id_unique ON streams(stream_id);
        CREATE INDEX block_stream_id ON blocks(stream_id);
        CREATE INDEX block_begin_time ON blocks(begin_time);
        CREATE INDEX block_end_time ON blocks(end_time);
        CREATE INDEX block_insert_time ON blocks(insert_time);
        CREATE UNIQUE INDEX blocks_block_id_unique ON blocks(block_id);

        CREATE TABLE ingestion_api_keys(
            key_id UUID PRIMARY KEY, key_hash BYTEA NOT NULL, name VARCHAR(255) NOT NULL, created_at TIMESTAMPTZ NOT NULL, created_by VARCHAR(255) NOT NULL,
            last_used_at TIMESTAMPTZ, revoked_at TIMESTAMPTZ, revoked_by VARCHAR(255),
            audience VARCHAR(255) NOT NULL CONSTRAINT ingestion_api_keys_audience_name CHECK (audience ~ '^[A-Za-z0-9_-]+$'));
        CREATE UNIQUE INDEX ingestion_api_keys_key_hash ON ingestion_api_keys(key_hash);
        CREATE TABLE analytics_api_keys(
            key_id UUID PRIMARY KEY, key_hash BYTEA NOT NULL, name VARCHAR(255) NOT NULL, created_at TIMESTAMPTZ NOT NULL, created_by VARCHAR(255) NOT NULL,
            last_used_at TIMESTAMPTZ, revoked_at TIMESTAMPTZ, revoked_by VARCHAR(255));
        CREATE UNIQUE INDEX analytics_api_keys_key_hash ON analytics_api_keys(key_hash);
        CREATE TABLE audience_grants(
            audience VARCHAR(255) NOT NULL CONSTRAINT audience_grants_audience_name CHECK (audience ~ '^[A-Za-z0-9_-]+$'),
            axis VARCHAR(4) NOT NULL CHECK (axis IN ('read', 'mint')),
            selector VARCHAR(255) NOT NULL CONSTRAINT audience_grants_selector_shape CHECK (selector = '*' OR selector ~ '^(user|group):.+$'),
            created_at TIMESTAMPTZ NOT NULL, created_by VARCHAR(255) NOT NULL, PRIMARY KEY (audience, axis, selector));

        CREATE TABLE lakehouse_partitions(
            view_set_name VARCHAR(255), view_instance_id VARCHAR(255), begin_insert_time TIMESTAMPTZ, end_insert_time TIMESTAMPTZ, min_event_time TIMESTAMPTZ,
            max_event_time TIMESTAMPTZ, updated TIMESTAMPTZ, file_path VARCHAR(2047), file_size BIGINT, file_schema_hash BYTEA, source_data_hash BYTEA,
            num_rows BIGINT NOT NULL, partition_format_version INTEGER NOT NULL DEFAULT 1, sort_order TEXT[], max_sort_key_time TIMESTAMPTZ);
        CREATE INDEX lh_part_begin_insert ON lakehouse_partitions(view_set_name, view_instance_id, begin_insert_time);
        CREATE INDEX lh_part_end_insert ON lakehouse_partitions(view_set_name, view_instance_id, end_insert_time);
        CREATE INDEX lh_part_min_time ON lakehouse_partitions(view_set_name, view_instance_id, min_event_time);
        CREATE INDEX lh_part_max_time ON lakehouse_partitions(view_set_name, view_instance_id, max_event_time);
        CREATE INDEX lakehouse_partitions_file_path ON lakehouse_partitions(file_path);
        ALTER TABLE lakehouse_partitions ADD CONSTRAINT lakehouse_partitions_no_overlap EXCLUDE USING gist (
            view_set_name WITH =, view_instance_id WITH =, file_schema_hash WITH =, tstzrange(begin_insert_time, end_insert_time) WITH &&);
        CREATE TABLE temporary_files(file_path VARCHAR(2047), file_size BIGINT, expiration TIMESTAMPTZ);
        CREATE INDEX temporary_files_expiration ON temporary_files(expiration);
        CREATE TABLE query_deny_list(
            rule_id UUID PRIMARY KEY, created_at TIMESTAMPTZ NOT NULL, created_by VARCHAR(255) NOT NULL, reason TEXT NOT NULL, match_expr TEXT NOT NULL,
            last_hit_at TIMESTAMPTZ NULL);

        CREATE TABLE migration(version INTEGER);
        INSERT INTO migration VALUES (7);
        CREATE TABLE lakehouse_migration(version INTEGER);
        INSERT INTO lakehouse_migration VALUES (9);
        """;

    private const string OwnSchema = "mmd";
    private const string OwnPrefix = "mmd_";

    /// <summary>The table's name in statements: <c>mmd_leases</c> is <c>mmd.leases</c>.</summary>
    public static string NameOf(CatalogTable table) =>
        table.Name.StartsWith(OwnPrefix, StringComparison.Ordinal) ? $"{OwnSchema}.{table.Name[OwnPrefix.Length..]}" : table.Name;

    /// <summary>Makes what is missing of our own tables.</summary>
    public static string Own { get; } = string.Join(
        '\n', CatalogSchema.Own.SelectMany(Define).Prepend($"CREATE SCHEMA IF NOT EXISTS {OwnSchema};"));

    private static IEnumerable<string> Define(CatalogTable table)
    {
        string name = NameOf(table);
        yield return $"CREATE TABLE IF NOT EXISTS {name}({string.Join(", ", table.Columns.Select(c => $"{c.Name} {TypeOf(c)}{(c.Required ? " NOT NULL" : "")}"))}"
            + $", PRIMARY KEY ({string.Join(", ", table.Key)}));";
        foreach ((string index, string columns) in table.Indexes)
        {
            yield return $"CREATE INDEX IF NOT EXISTS {index} ON {name}({columns});";
        }
    }

    private static string TypeOf(CatalogColumn column) => column.Kind switch
    {
        CatalogColumnKind.Uuid => "UUID",
        CatalogColumnKind.Integer => "BIGINT",
        CatalogColumnKind.Time => "TIMESTAMPTZ",
        CatalogColumnKind.Bytes => "BYTEA",
        _ => "TEXT",
    };
}
