using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;
using static Micromegas.Lake.Administration.OperationArgumentKind;

namespace Micromegas.Lake.Administration;

/// <summary>The administration's table functions (spec/lakehouse.md §8), upstream's under their names and ours beside them.</summary>
internal static class OperationFunctions
{
    private static readonly RowColumn<(long Time, string Message)>[] s_log =
    [
        RowColumn.Long<(long Time, string Message)>(ViewColumns.Required("time", DataType.LakeTime), l => l.Time),
        RowColumn.Text<(long Time, string Message)>(ViewColumns.Required("msg", DataType.Utf8), l => l.Message),
    ];

    private static readonly RowColumn<PartitionInfo>[] s_partitions =
    [
        RowColumn.Text<PartitionInfo>(ViewColumns.Required("view_set_name", DataType.Utf8), p => p.ViewSet),
        RowColumn.Text<PartitionInfo>(ViewColumns.Required("view_instance_id", DataType.Utf8), p => p.InstanceId),
        RowColumn.Long<PartitionInfo>(ViewColumns.Required("begin_insert_time", DataType.LakeTime), p => p.BeginInsertTime),
        RowColumn.Long<PartitionInfo>(ViewColumns.Required("end_insert_time", DataType.LakeTime), p => p.EndInsertTime),
        RowColumn.Text<PartitionInfo>(new Field("file_path", DataType.Utf8), p => p.FilePath),
        RowColumn.Long<PartitionInfo>(ViewColumns.Required("file_size", DataType.Int64), p => p.FileSize),
        RowColumn.Long<PartitionInfo>(ViewColumns.Required("num_rows", DataType.Int64), p => p.RowCount),
        RowColumn.Bytes<PartitionInfo>(ViewColumns.Required("file_schema_hash", DataType.Binary), p => p.SchemaHash.ToArray()),
    ];

    private static readonly RowColumn<ViewSize>[] s_viewSizes =
    [
        RowColumn.Text<ViewSize>(ViewColumns.Required("view_set_name", DataType.Utf8), s => s.ViewSet),
        RowColumn.Text<ViewSize>(ViewColumns.Required("view_instance_id", DataType.Utf8), s => s.InstanceId),
        RowColumn.Long<ViewSize>(ViewColumns.Required("partitions", DataType.Int64), s => s.Partitions),
        RowColumn.Long<ViewSize>(ViewColumns.Required("num_rows", DataType.Int64), s => s.RowCount),
        RowColumn.Long<ViewSize>(ViewColumns.Required("file_size", DataType.Int64), s => s.FileSize),
    ];

    private static readonly RowColumn<ProcessSize>[] s_processSizes =
    [
        RowColumn.Id<ProcessSize>(ViewColumns.Required("process_id", DataType.Utf8), s => s.ProcessId),
        RowColumn.Text<ProcessSize>(ViewColumns.Required("exe", DataType.Utf8), s => s.Exe),
        RowColumn.Long<ProcessSize>(ViewColumns.Required("blocks", DataType.Int64), s => s.Blocks),
        RowColumn.Long<ProcessSize>(ViewColumns.Required("payload_size", DataType.Int64), s => s.PayloadSize),
    ];

    private static readonly RowColumn<FailedBlock>[] s_failedBlocks =
    [
        RowColumn.Id<FailedBlock>(ViewColumns.Required("block_id", DataType.Utf8), b => b.BlockId),
        RowColumn.Text<FailedBlock>(ViewColumns.Required("view_set_name", DataType.Utf8), b => b.ViewSet),
        RowColumn.Text<FailedBlock>(ViewColumns.Required("reason", DataType.Utf8), b => b.Reason),
        RowColumn.Long<FailedBlock>(ViewColumns.Required("recorded_at", DataType.LakeTime), b => b.RecordedAt),
    ];

    private static readonly RowColumn<LakeFinding>[] s_findings =
    [
        RowColumn.Text<LakeFinding>(ViewColumns.Required("flaw", DataType.Utf8), f => f.Flaw.ToString()),
        RowColumn.Text<LakeFinding>(ViewColumns.Required("subject", DataType.Utf8), f => f.Subject),
        RowColumn.Text<LakeFinding>(ViewColumns.Required("detail", DataType.Utf8), f => f.Detail),
        RowColumn.Boolean<LakeFinding>(ViewColumns.Required("repaired", DataType.Boolean), f => f.IsRepaired),
    ];

    private static readonly RowColumn<PartitionGap>[] s_gaps =
    [
        RowColumn.Text<PartitionGap>(ViewColumns.Required("view_set_name", DataType.Utf8), g => g.ViewSet),
        RowColumn.Long<PartitionGap>(ViewColumns.Required("begin_insert_time", DataType.LakeTime), g => g.BeginInsertTime),
        RowColumn.Long<PartitionGap>(ViewColumns.Required("end_insert_time", DataType.LakeTime), g => g.EndInsertTime),
        RowColumn.Text<PartitionGap>(ViewColumns.Required("state", DataType.Utf8), g => g.State.ToString()),
        RowColumn.Long<PartitionGap>(ViewColumns.Required("expected_count", DataType.Int64), g => g.ExpectedCount),
        RowColumn.Long<PartitionGap>(ViewColumns.Required("found_count", DataType.Int64), g => g.FoundCount),
    ];

    private static readonly RowColumn<QueryDenial>[] s_denials =
    [
        RowColumn.Id<QueryDenial>(ViewColumns.Required("rule_id", DataType.Utf8), d => d.RuleId),
        RowColumn.Long<QueryDenial>(ViewColumns.Required("created_at", DataType.LakeTime), d => d.CreatedAt),
        RowColumn.Text<QueryDenial>(ViewColumns.Required("created_by", DataType.Utf8), d => d.CreatedBy),
        RowColumn.Text<QueryDenial>(ViewColumns.Required("reason", DataType.Utf8), d => d.Reason),
        RowColumn.Text<QueryDenial>(ViewColumns.Required("match_expr", DataType.Utf8), d => d.Condition),
        RowColumn.Long<QueryDenial>(new Field("last_hit_at", DataType.LakeTime), d => d.LastHitAt),
    ];

    /// <summary>Those that stand in a SELECT list and work on every row, so that they go with <c>list_partitions()</c>.</summary>
    public static IEnumerable<ScalarFunction> CreateScalars(LakeHost lake)
    {
        var operations = new LakeOperations(lake);
        yield return new OutcomeFunction(
            "remove_query_denial", "(rule_id)", "Removes a rule of the deny list.", [new("rule_id", Text)],
            (a, ct) => lake.Denials.RemoveAsync((string?)a[0], ct));
        yield return new OutcomeFunction(
            "retire_partition_by_file", "(file_path)", "Retires the partition of a file.", [new("file_path", Text)],
            async (a, ct) => a[0] is not string path ? "ERROR: file_path cannot be null"
                : (await operations.RetireFileAsync(path, ct).ConfigureAwait(false)).Count > 0 ? $"SUCCESS: Retired partition {path}"
                : $"ERROR: Partition not found: {path}");
        yield return new OutcomeFunction(
            "retire_partition_by_metadata", "(view_set, instance, begin, end)", "Retires the partitions of exactly these insert times.",
            [new("view_set", Text), new("instance", Text), new("begin", Time), new("end", Time)],
            async (a, ct) =>
            {
                if (a is not [string viewSet, string instance, long begin, long end])
                {
                    return "ERROR: no argument may be null";
                }
                string partition = $"{viewSet}/{instance} [{CatalogTime.ToText(begin)}, {CatalogTime.ToText(end)})";
                return (await operations.RetireExactAsync(viewSet, instance, begin, end, ct).ConfigureAwait(false)).Count > 0
                    ? $"SUCCESS: Retired partition {partition}"
                    : $"ERROR: Partition not found: {partition}";
            });
    }

    public static IEnumerable<TableFunction> Create(LakeHost lake)
    {
        var operations = new LakeOperations(lake);
        OperationArgument viewSet = new("view_set", Text);
        OperationArgument instance = new("instance", Text);
        OperationArgument begin = new("begin", Time);
        OperationArgument end = new("end", Time);
        OperationArgument seconds = new("delta_seconds", Seconds);
        yield return new OperationFunction<(long, string)>(
            "materialize_partitions", "(view, begin, end, delta_seconds)", "Makes what is missing or out of date of a global view.", 4,
            [viewSet, begin, end, seconds], s_log,
            (a, ct) => LoggedAsync(lake, log => operations.MaterializeAsync(a.Text(0), a.Number(1), a.Number(2), a.Number(3), log, ct)));
        yield return new OperationFunction<(long, string)>(
            "regenerate_partitions", "(view, begin, end, delta_seconds)", "Makes the partitions of a global view anew from their source.", 4,
            [viewSet, begin, end, seconds], s_log,
            (a, ct) => LoggedAsync(lake, log => operations.RegenerateAsync(a.Text(0), a.Number(1), a.Number(2), a.Number(3), log, ct)));
        yield return new OperationFunction<PartitionGap>(
            "list_gaps", "([view])", "Buckets of global views that are over and whose partitions are missing or hold less than there is.", 0, [viewSet], s_gaps,
            (a, ct) => operations.ListGapsAsync(a.OptionalText(0), ct));
        yield return new OperationFunction<(long, string)>(
            "backfill_partitions", "([view])", "Makes the partitions of all gaps.", 0, [viewSet], s_log,
            (a, ct) => LoggedAsync(lake, log => operations.BackfillAsync(a.OptionalText(0), log, ct)));
        yield return new OperationFunction<(long, string)>(
            "retire_partitions", "(view_set, instance, begin, end [, dry_run])", "Retires the partitions of an instance that lie inside a range of insert times.", 4,
            [viewSet, instance, begin, end, new("dry_run", Flag)], s_log,
            async (a, ct) => Lines(
                lake, await operations.RetireAsync(a.Text(0), a.Text(1), a.Number(2), a.Number(3), a.Flag(4), ct).ConfigureAwait(false), isDryRun: a.Flag(4)));
        yield return Partitions(
            "retire_file", "(file_path)", "Retires the partition of a file.", 1, [new("file_path", Text)], (a, ct) => operations.RetireFileAsync(a.Text(0), ct));
        yield return Partitions(
            "retire_exact", "(view_set, instance, begin, end)", "Retires the partitions of exactly these insert times.", 4, [viewSet, instance, begin, end],
            (a, ct) => operations.RetireExactAsync(a.Text(0), a.Text(1), a.Number(2), a.Number(3), ct));
        yield return Partitions(
            "list_incompatible_partitions", "([view_set])", "Partitions that an older version of their view made; they are not read.", 0, [viewSet],
            (a, ct) => operations.ListIncompatibleAsync(a.OptionalText(0), ct));
        yield return Partitions(
            "retire_incompatible_partitions", "([view_set])", "Retires partitions that an older version of their view made.", 0, [viewSet],
            (a, ct) => operations.RetireIncompatibleAsync(a.OptionalText(0), ct));
        yield return new OperationFunction<ViewSize>(
            "view_sizes", "()", "What the partitions of each view instance take.", 0, [], s_viewSizes, (_, ct) => operations.ListViewSizesAsync(ct));
        yield return new OperationFunction<ProcessSize>(
            "process_sizes", "()", "What the blocks of each process take.", 0, [], s_processSizes, (_, ct) => operations.ListProcessSizesAsync(ct));
        yield return new OperationFunction<FailedBlock>(
            "failed_blocks", "()", "Blocks whose rows are missing from a view, and why.", 0, [], s_failedBlocks, (_, ct) => lake.Catalog.ListFailedBlocksAsync(ct));
        yield return new OperationFunction<QueryDenial>(
            "list_query_denials", "()", "The rules of the deny list.", 0, [], s_denials, (_, ct) => lake.Denials.ListAsync(ct));
        yield return new OperationFunction<(long, string)>(
            "deny_queries", "(condition, reason)", "Refuses statements of which a condition is true; gives the rule's id.", 2,
            [new("condition", Text), new("reason", Text)], s_log,
            async (a, ct) =>
                [(CatalogTime.Now(lake.Options.TimeProvider), (await lake.Denials.AddAsync(a.Text(0), a.Text(1), ct).ConfigureAwait(false)).ToString("D"))]);
        yield return new OperationFunction<LakeFinding>(
            "check_lake", "([repair])", "Compares the catalogue with the objects, and repairs what can be repaired.", 0, [new("repair", Flag)], s_findings,
            (a, ct) => operations.CheckAsync(a.Flag(0), ct));
    }

    private static OperationFunction<PartitionInfo> Partitions(
        string name, string usage, string summary, int required, IReadOnlyList<OperationArgument> arguments,
        Func<OperationArguments, CancellationToken, ValueTask<IReadOnlyList<PartitionInfo>>> run) =>
        new(name, usage, summary, required, arguments, s_partitions, run);

    /// <summary>An error fails the statement; upstream hides it in the last line (spec/lakehouse.md §11.5 W36).</summary>
    private static async ValueTask<IReadOnlyList<(long Time, string Message)>> LoggedAsync(LakeHost lake, Func<Action<string>, ValueTask<int>> work)
    {
        var lines = new List<(long Time, string Message)>();
        int partitions = await work(message => lines.Add((CatalogTime.Now(lake.Options.TimeProvider), message))).ConfigureAwait(false);
        lines.Add((CatalogTime.Now(lake.Options.TimeProvider), $"{partitions} partitions written"));
        return lines;
    }

    private static List<(long Time, string Message)> Lines(LakeHost lake, IReadOnlyList<PartitionInfo> retired, bool isDryRun)
    {
        long now = CatalogTime.Now(lake.Options.TimeProvider);
        List<(long Time, string Message)> lines =
            [.. retired.Select(p => (now, $"{(isDryRun ? "would retire" : "retired")} {p.ViewSet}/{p.InstanceId} [{CatalogTime.ToText(p.BeginInsertTime)}, {CatalogTime.ToText(p.EndInsertTime)})"))];
        lines.Add((now, isDryRun ? $"{retired.Count} partitions would be retired" : $"{retired.Count} partitions retired"));
        return lines;
    }
}
