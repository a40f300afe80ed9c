using static Micromegas.Lake.Catalogs.CatalogColumnKind;

namespace Micromegas.Lake.Catalogs;

/// <summary>Upstream's tables at data-lake version 7 and lakehouse version 9 (spec/lakehouse.md §1), and ours (<c>mmd_*</c>).</summary>
internal static class CatalogSchema
{
    public const int MigrationVersion = 7;
    public const int LakehouseMigrationVersion = 9;

    /// <summary>Version of the <c>mmd_*</c> tables.</summary>
    public const int OwnVersion = 1;

    public static CatalogTable Migration { get; } = new("migration", [new("version", Integer)], []);

    public static CatalogTable LakehouseMigration { get; } = new("lakehouse_migration", [new("version", Integer)], []);

    public static CatalogTable Processes { get; } = new(
        "processes",
        [
            new("process_id", Uuid), new("exe", Text), new("username", Text), new("realname", Text), new("computer", Text), new("distro", Text),
            new("cpu_brand", Text), new("tsc_frequency", Integer), new("start_time", Time), new("start_ticks", Integer), new("insert_time", Time),
            new("parent_process_id", Uuid), new("properties", Json),
        ],
        ["process_id"],
        ("parent_process_id", "parent_process_id"), ("process_start_time", "start_time"), ("process_insert_time", "insert_time"));

    public static CatalogTable Streams { get; } = new(
        "streams",
        [
            new("stream_id", Uuid), new("process_id", Uuid), new("dependencies_metadata", Bytes), new("objects_metadata", Bytes), new("tags", Json),
            new("properties", Json), new("insert_time", Time), new("format", Text, Required: true),
        ],
        ["stream_id"],
        ("stream_process_id", "process_id"), ("stream_insert_time", "insert_time"));

    public static CatalogTable Blocks { get; } = new(
        "blocks",
        [
            new("block_id", Uuid), new("stream_id", Uuid), new("process_id", Uuid), new("begin_time", Time), new("begin_ticks", Integer),
            new("end_time", Time), new("end_ticks", Integer), new("nb_objects", Integer), new("object_offset", Integer), new("payload_size", Integer),
            new("insert_time", Time),
        ],
        ["block_id"],
        ("block_stream_id", "stream_id, insert_time"), ("block_process_id", "process_id, insert_time"), ("block_begin_time", "begin_time"),
        ("block_end_time", "end_time"), ("block_insert_time", "insert_time"));

    public static CatalogTable Partitions { get; } = new(
        "lakehouse_partitions",
        [
            new("view_set_name", Text), new("view_instance_id", Text), new("begin_insert_time", Time), new("end_insert_time", Time),
            new("min_event_time", Time), new("max_event_time", Time), new("updated", Time), new("file_path", Text), new("file_size", Integer),
            new("file_schema_hash", Bytes), new("source_data_hash", Bytes), new("num_rows", Integer, Required: true),
            new("partition_format_version", Integer, Required: true), new("sort_order", Json), new("max_sort_key_time", Time),
        ],
        [],
        ("lh_part_begin_insert", "view_set_name, view_instance_id, begin_insert_time"),
        ("lh_part_end_insert", "view_set_name, view_instance_id, end_insert_time"),
        ("lh_part_min_time", "view_set_name, view_instance_id, min_event_time"),
        ("lh_part_max_time", "view_set_name, view_instance_id, max_event_time"),
        ("lakehouse_partitions_file_path", "file_path"));

    public static CatalogTable TemporaryFiles { get; } = new(
        "temporary_files",
        [new("file_path", Text), new("file_size", Integer), new("expiration", Time)],
        [],
        ("temporary_files_expiration", "expiration"));

    /// <summary>Name and value pairs that say whose lake this is.</summary>
    public static CatalogTable Lake { get; } = new("mmd_lake", [new("name", Text, Required: true), new("value", Text, Required: true)], ["name"]);

    public static CatalogTable Leases { get; } = new(
        "mmd_leases", [new("name", Text, Required: true), new("owner", Text, Required: true), new("expires", Time, Required: true)], ["name"]);

    public static CatalogTable FailedBlocks { get; } = new(
        "mmd_failed_blocks",
        [
            new("block_id", Uuid, Required: true), new("view_set_name", Text, Required: true), new("reason", Text, Required: true),
            new("recorded_at", Time, Required: true),
        ],
        ["block_id", "view_set_name"]);

    /// <summary>Blocks whose rows are gone and whose objects go when no query can be reading them any more (spec/lakehouse.md §9.3).</summary>
    public static CatalogTable Deletions { get; } = new(
        "mmd_deletions",
        [
            new("block_id", Uuid, Required: true), new("object_key", Text, Required: true), new("payload_size", Integer, Required: true),
            new("insert_time", Time, Required: true), new("due", Time, Required: true),
        ],
        ["block_id"],
        ("mmd_deletions_due", "due"));

    /// <summary>Processes that retention spares.</summary>
    public static CatalogTable Pins { get; } = new(
        "mmd_pins",
        [new("process_id", Uuid, Required: true), new("reason", Text, Required: true), new("pinned_at", Time, Required: true)],
        ["process_id"]);

    /// <summary>What sampling decided, so that it is asked once.</summary>
    public static CatalogTable Samples { get; } = new(
        "mmd_samples",
        [
            new("process_id", Uuid, Required: true), new("tag", Text, Required: true), new("hour", Time, Required: true), new("kept", Integer, Required: true),
        ],
        ["process_id", "tag", "hour"]);

    /// <summary>Views and tables that users defined, as JSON.</summary>
    public static CatalogTable Definitions { get; } = new(
        "mmd_definitions",
        [new("kind", Text, Required: true), new("name", Text, Required: true), new("definition", Text, Required: true)],
        ["kind", "name"]);

    public static CatalogTable QueryDenyList { get; } = new(
        "query_deny_list",
        [
            new("rule_id", Uuid, Required: true), new("created_at", Time, Required: true), new("created_by", Text, Required: true),
            new("reason", Text, Required: true), new("match_expr", Text, Required: true), new("last_hit_at", Time),
        ],
        ["rule_id"]);

    private static readonly CatalogTable s_analyticsApiKeys = new("analytics_api_keys", ApiKeyColumns(), ["key_id"]);

    private static readonly CatalogTable s_ingestionApiKeys = new(
        "ingestion_api_keys", [.. ApiKeyColumns(), new("audience", Text, Required: true)], ["key_id"]);

    private static readonly CatalogTable s_audienceGrants = new(
        "audience_grants",
        [
            new("audience", Text, Required: true), new("axis", Text, Required: true), new("selector", Text, Required: true),
            new("created_at", Time, Required: true), new("created_by", Text, Required: true),
        ],
        ["audience", "axis", "selector"]);

    /// <summary>Upstream's tables.</summary>
    public static IReadOnlyList<CatalogTable> Upstream { get; } =
    [
        Migration, Processes, Streams, Blocks, s_ingestionApiKeys, s_analyticsApiKeys, s_audienceGrants,
        LakehouseMigration, Partitions, TemporaryFiles, QueryDenyList,
    ];

    /// <summary>What a backup holds: leases are left out, their owners are gone when it is read.</summary>
    public static IReadOnlyList<CatalogTable> Transferred { get; } = [.. Upstream, Lake, FailedBlocks, Deletions, Pins, Samples, Definitions];

    /// <summary>Ours: made where they are missing, so that older lakes go on working.</summary>
    public static IReadOnlyList<CatalogTable> Own { get; } = [Lake, FailedBlocks, Deletions, Pins, Samples, Definitions, Leases];

    public static IReadOnlyList<CatalogTable> All { get; } = [.. Transferred, Leases];

    private static CatalogColumn[] ApiKeyColumns() =>
    [
        new("key_id", Uuid, Required: true), new("key_hash", Bytes, Required: true), new("name", Text, Required: true),
        new("created_at", Time, Required: true), new("created_by", Text, Required: true), new("last_used_at", Time), new("revoked_at", Time),
        new("revoked_by", Text),
    ];
}
