using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Postgres;
using Micromegas.Testing;

namespace Micromegas.Lake.Tests.Catalogs.Postgres;

[Collection("PostgreSQL")]
public sealed class PostgresCatalogTests(PostgresDatabases databases) : CatalogRules
{
    // Far below the server's time-outs, far above what a busy machine takes.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(15);

    private string _database = "";

    private protected override async ValueTask<ILakeCatalog> CreateAsync(TimeProvider? clock = null)
    {
        _database = await databases.CreateAsync();
        return await PostgresCatalog.OpenAsync(_database, LakeMode.ReadWriteCreate, clock ?? TimeProvider.System, default);
    }

    private protected override async ValueTask<ILakeCatalog> OpenAgainAsync(LakeMode mode) =>
        await PostgresCatalog.OpenAsync(_database, mode, TimeProvider.System, default);

    [Fact]
    public async Task A_new_lake_has_upstreams_tables_to_the_letter()
    {
        await (await CreateAsync()).DisposeAsync();

        // spec/lakehouse.md §1.1 to §1.5, spec/data-lake.md §1: columns in their order, with types.
        string[] columns = await PostgresDatabases.TextsAsync(_database, """
            SELECT c.relname || ': ' || string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
                || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''), ', ' ORDER BY a.attnum)
            FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
            WHERE c.relkind IN ('r', 'c') AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname ORDER BY c.relname
            """);
        const string ApiKeys = "key_id uuid not null, key_hash bytea not null, name character varying(255) not null, created_at timestamp with time zone not null, "
            + "created_by character varying(255) not null, last_used_at timestamp with time zone, revoked_at timestamp with time zone, revoked_by character varying(255)";
        Assert.Equal(
            [
                "analytics_api_keys: " + ApiKeys,
                "audience_grants: audience character varying(255) not null, axis character varying(4) not null, selector character varying(255) not null, created_at timestamp with time zone not null, created_by character varying(255) not null",
                "blocks: block_id uuid, stream_id uuid, process_id uuid, begin_time timestamp with time zone, begin_ticks bigint, end_time timestamp with time zone, end_ticks bigint, nb_objects integer, object_offset bigint, payload_size bigint, insert_time timestamp with time zone",
                "ingestion_api_keys: " + ApiKeys + ", audience character varying(255) not null",
                "lakehouse_migration: version integer",
                "lakehouse_partitions: view_set_name character varying(255), view_instance_id character varying(255), begin_insert_time timestamp with time zone, end_insert_time timestamp with time zone, min_event_time timestamp with time zone, max_event_time timestamp with time zone, updated timestamp with time zone, file_path character varying(2047), file_size bigint, file_schema_hash bytea, source_data_hash bytea, num_rows bigint not null, partition_format_version integer not null default 1, sort_order text[], max_sort_key_time timestamp with time zone",
                "micromegas_property: key text, value text",
                "migration: version integer",
                "processes: process_id uuid, exe character varying(255), username character varying(255), realname character varying(255), computer character varying(255), distro character varying(255), cpu_brand character varying(255), tsc_frequency bigint, start_time timestamp with time zone, start_ticks bigint, insert_time timestamp with time zone, parent_process_id uuid, properties micromegas_property[]",
                "query_deny_list: rule_id uuid not null, created_at timestamp with time zone not null, created_by character varying(255) not null, reason text not null, match_expr text not null, last_hit_at timestamp with time zone",
                "streams: stream_id uuid, process_id uuid, dependencies_metadata bytea, objects_metadata bytea, tags text[], properties micromegas_property[], insert_time timestamp with time zone, format text not null default 'micromegas-transit'::text",
                "temporary_files: file_path character varying(2047), file_size bigint, expiration timestamp with time zone",
            ],
            columns);
        string[] indexes = await PostgresDatabases.TextsAsync(
            _database, "SELECT replace(indexdef, 'public.', '') FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname COLLATE \"C\"");
        Assert.Equal(
            [
                "CREATE UNIQUE INDEX analytics_api_keys_key_hash ON analytics_api_keys USING btree (key_hash)",
                "CREATE UNIQUE INDEX analytics_api_keys_pkey ON analytics_api_keys USING btree (key_id)",
                "CREATE UNIQUE INDEX audience_grants_pkey ON audience_grants USING btree (audience, axis, selector)",
                "CREATE INDEX block_begin_time ON blocks USING btree (begin_time)",
                "CREATE INDEX block_end_time ON blocks USING btree (end_time)",
                "CREATE INDEX block_insert_time ON blocks USING btree (insert_time)",
                "CREATE INDEX block_stream_id ON blocks USING btree (stream_id)",
                "CREATE UNIQUE INDEX blocks_block_id_unique ON blocks USING btree (block_id)",
                "CREATE UNIQUE INDEX ingestion_api_keys_key_hash ON ingestion_api_keys USING btree (key_hash)",
                "CREATE UNIQUE INDEX ingestion_api_keys_pkey ON ingestion_api_keys USING btree (key_id)",
                "CREATE INDEX lakehouse_partitions_file_path ON lakehouse_partitions USING btree (file_path)",
                "CREATE INDEX lakehouse_partitions_no_overlap ON lakehouse_partitions USING gist (view_set_name, view_instance_id, file_schema_hash, tstzrange(begin_insert_time, end_insert_time))",
                "CREATE INDEX lh_part_begin_insert ON lakehouse_partitions USING btree (view_set_name, view_instance_id, begin_insert_time)",
                "CREATE INDEX lh_part_end_insert ON lakehouse_partitions USING btree (view_set_name, view_instance_id, end_insert_time)",
                "CREATE INDEX lh_part_max_time ON lakehouse_partitions USING btree (view_set_name, view_instance_id, max_event_time)",
                "CREATE INDEX lh_part_min_time ON lakehouse_partitions USING btree (view_set_name, view_instance_id, min_event_time)",
                "CREATE INDEX parent_process_id ON processes USING btree (parent_process_id)",
                "CREATE INDEX process_insert_time ON processes USING btree (insert_time)",
                "CREATE INDEX process_start_time ON processes USING btree (start_time)",
                "CREATE UNIQUE INDEX processes_process_id_unique ON processes USING btree (process_id)",
                "CREATE UNIQUE INDEX query_deny_list_pkey ON query_deny_list USING btree (rule_id)",
                "CREATE INDEX stream_insert_time ON streams USING btree (insert_time)",
                "CREATE INDEX stream_process_id ON streams USING btree (process_id)",
                "CREATE UNIQUE INDEX streams_stream_id_unique ON streams USING btree (stream_id)",
                "CREATE INDEX temporary_files_expiration ON temporary_files USING btree (expiration)",
            ],
            indexes);
        Assert.Equal(["7", "9"], await PostgresDatabases.TextsAsync(_database, "SELECT version::text FROM migration UNION ALL SELECT version::text FROM lakehouse_migration"));
        Assert.Equal(
            ["audience_grants_audience_name", "audience_grants_axis_check", "audience_grants_selector_shape", "ingestion_api_keys_audience_name"],
            await PostgresDatabases.TextsAsync(
                _database, "SELECT conname FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace ORDER BY conname COLLATE \"C\""));
    }

    [Fact]
    public async Task Many_who_create_one_lake_create_it_once()
    {
        string database = await databases.CreateAsync();
        PostgresCatalog[] catalogs = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            _ => Task.Run(() => PostgresCatalog.OpenAsync(database, LakeMode.ReadWriteCreate, TimeProvider.System, default).AsTask())));
        foreach (PostgresCatalog catalog in catalogs)
        {
            Assert.Equal(LakeSharing.Exclusive, catalog.Sharing);
            await catalog.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_lake_of_upstreams_is_shared_and_gets_our_tables_beside_its_own()
    {
        string database = await databases.CreateAsync();
        await PostgresDatabases.ExecuteAsync(database, PostgresTables.Upstream);
        await using (ILakeCatalog reading = await PostgresCatalog.OpenAsync(database, LakeMode.ReadOnly, TimeProvider.System, default))
        {
            Assert.Equal(LakeSharing.Shared, reading.Sharing);
            Assert.Empty(await reading.ListFailedBlocksAsync(default));
            Assert.Empty(await reading.ReadTableAsync(CatalogSchema.Pins, default));
            Assert.Equal("25006", (await Assert.ThrowsAsync<LakeException>(async () => await reading.InsertAsync(new CatalogRows(), false, default))).SqlState);
        }
        Assert.Empty(await PostgresDatabases.TextsAsync(database, "SELECT nspname::text FROM pg_namespace WHERE nspname = 'mmd'"));
        await using (ILakeCatalog writing = await PostgresCatalog.OpenAsync(database, LakeMode.ReadWrite, TimeProvider.System, default))
        {
            Assert.Equal(LakeSharing.Shared, writing.Sharing);
            await writing.RecordFailedBlocksAsync([new FailedBlock(Guid.NewGuid(), "log_entries", "torn", 1_000)], default);
        }
        await using ILakeCatalog again = await PostgresCatalog.OpenAsync(database, LakeMode.ReadWriteCreate, TimeProvider.System, default);
        Assert.Equal(LakeSharing.Shared, again.Sharing);
        Assert.Single(await again.ListFailedBlocksAsync(default));
    }

    [Theory]
    [InlineData("UPDATE lakehouse_migration SET version = 10", true)]
    [InlineData("UPDATE migration SET version = 6; DROP TABLE audience_grants", true)]
    [InlineData("UPDATE migration SET version = 3; ALTER TABLE streams DROP COLUMN format", false)]
    public async Task Another_version_is_not_written_and_read_where_its_columns_suffice(string change, bool readable)
    {
        string database = await databases.CreateAsync();
        await PostgresDatabases.ExecuteAsync(database, PostgresTables.Upstream);
        await PostgresDatabases.ExecuteAsync(database, change);
        await Assert.ThrowsAsync<LakeVersionException>(async () => await PostgresCatalog.OpenAsync(database, LakeMode.ReadWriteCreate, TimeProvider.System, default));
        if (readable)
        {
            await using ILakeCatalog reading = await PostgresCatalog.OpenAsync(database, LakeMode.ReadOnly, TimeProvider.System, default);
            Assert.Empty(await reading.ListBlocksAsync(default, default));
        }
        else
        {
            await Assert.ThrowsAsync<LakeVersionException>(async () => await PostgresCatalog.OpenAsync(database, LakeMode.ReadOnly, TimeProvider.System, default));
        }
    }

    [Fact]
    public async Task What_is_no_lake_is_refused_with_a_name_and_without_secrets()
    {
        string empty = await databases.CreateAsync();
        Assert.Contains("not a lake", await RefusalAsync(empty, LakeMode.ReadWrite), StringComparison.Ordinal);
        Assert.Contains("not a lake", await RefusalAsync(empty, LakeMode.ReadOnly), StringComparison.Ordinal);
        await PostgresDatabases.ExecuteAsync(empty, "CREATE TABLE processes(x int)");
        Assert.Contains("not a lake", await RefusalAsync(empty, LakeMode.ReadWriteCreate), StringComparison.Ordinal);
        Assert.Contains("no-such", await RefusalAsync($"Host=127.0.0.1;Port={databases.Port};Username=no-such;Password=hidden;Database=no-such", LakeMode.ReadWriteCreate), StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1/", await RefusalAsync("postgres://me:hidden@127.0.0.1:1/lake?connect_timeout=5", LakeMode.ReadWrite), StringComparison.Ordinal);

        static async Task<string> RefusalAsync(string database, LakeMode mode)
        {
            var error = await Assert.ThrowsAsync<LakeException>(async () => await PostgresCatalog.OpenAsync(database, mode, TimeProvider.System, default));
            Assert.Equal("08006", error.SqlState);
            Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
            return error.Message;
        }
    }

    [Theory]
    [InlineData("colour=hidden")]
    [InlineData("Host=x;Port=hidden")]
    [InlineData("postgres://me:hidden@host/db?colour=hidden")]
    [InlineData("postgres://me:hid den@:port/")]
    [InlineData("Username=hidden")]
    public async Task A_wrong_address_is_refused_without_its_values(string address)
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await PostgresCatalog.OpenAsync(address, LakeMode.ReadOnly, TimeProvider.System, default));
        Assert.DoesNotContain("hidden", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stopped_answering_does_not_hold_who_cancels()
    {
        await (await CreateAsync()).DisposeAsync();
        await using var way = new FaultyConnection("127.0.0.1", databases.Port);
        ILakeCatalog catalog = await PostgresCatalog.OpenAsync(
            _database.Replace($"Port={databases.Port}", $"Port={way.Port}", StringComparison.Ordinal) + ";Command Timeout=120;Timeout=120", LakeMode.ReadWrite, TimeProvider.System, default);
        way.Stall();
        foreach (Func<CancellationToken, Task> call in (Func<CancellationToken, Task>[])
            [
                async ct => await catalog.SumBlocksAsync(default, ct),
                async ct => await catalog.InsertAsync(new CatalogRows { Processes = [new ProcessRecord { ProcessId = Guid.NewGuid() }] }, true, ct),
            ])
        {
            using var cancel = new CancellationTokenSource();
            Task waiting = call(cancel.Token);
            Assert.False(waiting.IsCompleted);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_soon));
        }

        // What was given up is not committed when the way is free again.
        way.Resume();
        await using ILakeCatalog direct = await OpenAgainAsync(LakeMode.ReadWrite);
        Assert.Empty(await direct.ReadTableAsync(CatalogSchema.Processes, default));
        await catalog.DisposeAsync();
    }

    [Fact]
    public async Task A_writer_that_waits_for_another_can_be_cancelled()
    {
        await using ILakeCatalog catalog = await CreateAsync();
        await using var other = new Npgsql.NpgsqlConnection(_database + ";Pooling=false");
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("LOCK TABLE blocks, processes, lakehouse_partitions IN ACCESS EXCLUSIVE MODE", other, transaction))
        {
            await command.ExecuteNonQueryAsync();
        }
        using var cancel = new CancellationTokenSource();
        Task waiting = catalog.InsertAsync(new CatalogRows { Processes = [new ProcessRecord { ProcessId = Guid.NewGuid() }] }, false, cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_soon));
        await transaction.RollbackAsync();
        Assert.Equal(0, (await catalog.SumBlocksAsync(default, default)).Blocks);
    }

    [Fact]
    public async Task Long_names_are_cut_where_the_columns_end()
    {
        await using ILakeCatalog catalog = await CreateAsync();
        var process = new ProcessRecord { ProcessId = Guid.NewGuid(), Exe = new string('é', 300) };
        await catalog.InsertAsync(new CatalogRows { Processes = [process] }, false, default);
        Assert.Equal(new string('é', 255), (await catalog.FindProcessAsync(process.ProcessId, default))!.Exe);
    }

    [Fact]
    public async Task Rows_of_our_tables_are_written_replaced_and_deleted()
    {
        await using ILakeCatalog catalog = await CreateAsync();
        string process = Guid.NewGuid().ToString();
        await catalog.WriteRowAsync(CatalogSchema.Pins, [process, "a", 1_000_000L], default);
        await catalog.WriteRowAsync(CatalogSchema.Pins, [process, "b", 2_000_000L], default);
        await catalog.WriteRowAsync(CatalogSchema.Samples, [process, "cpu", 3_600_000_000L, 1L], default);
        Assert.Equal([process, "b", 2_000_000L], Assert.Single(await catalog.ReadTableAsync(CatalogSchema.Pins, default)));
        Assert.True(await catalog.DeleteRowAsync(CatalogSchema.Samples, [process, "cpu", 3_600_000_000L], default));
        Assert.False(await catalog.DeleteRowAsync(CatalogSchema.Samples, [process, "cpu", 3_600_000_000L], default));
    }
}
