using Micromegas.Data.Execution;
using Micromegas.Lake.Administration;

namespace Micromegas.Data;

/// <summary>
/// What administrators do to a lake: make partitions, retire them, see what takes how much, pin processes, check and repair. The same as the SQL functions
/// (<c>materialize_partitions</c>, <c>retire_partitions</c>, <c>check_lake</c> …), with results as objects. Retired partitions are gone for the next question;
/// their files follow an hour later. Thread-safe.
/// </summary>
/// <remarks>Every member throws <see cref="MicromegasException"/> when catalogue or store fail, when a name does not exist, or when the lake is read-only.</remarks>
public sealed class LakeAdministration
{
    private readonly LakeOperations operations;

    internal LakeAdministration(LakeOperations operations) => this.operations = operations;

    /// <summary>Makes the partitions of a global view that are missing or out of date.</summary>
    /// <param name="view">The view, such as <c>log_entries</c>.</param>
    /// <param name="begin">Begin of the insert times.</param>
    /// <param name="end">Their end, exclusive. A last bucket that would reach beyond it is left out.</param>
    /// <param name="bucket">Length of a bucket: a second at least.</param>
    /// <param name="cancellationToken">Ends the work; what was made until then stays.</param>
    /// <returns>How many partitions were written or merged.</returns>
    public Task<int> MaterializeAsync(string view, NanoTimestamp begin, NanoTimestamp end, TimeSpan bucket, CancellationToken cancellationToken = default) =>
        RunAsync(operations.MaterializeAsync(view, begin.UnixNanoseconds, end.UnixNanoseconds, checked(bucket.Ticks * 100), null, cancellationToken));

    /// <summary>Makes the partitions of a global view anew from the blocks, whatever is there. The buckets must tile the range.</summary>
    /// <inheritdoc cref="MaterializeAsync"/>
    public Task<int> RegenerateAsync(string view, NanoTimestamp begin, NanoTimestamp end, TimeSpan bucket, CancellationToken cancellationToken = default) =>
        RunAsync(operations.RegenerateAsync(view, begin.UnixNanoseconds, end.UnixNanoseconds, checked(bucket.Ticks * 100), null, cancellationToken));

    /// <summary>
    /// Buckets of insert times that are over and whose partitions are missing or hold less than there is, however old. Questions are right without them: what no
    /// partition holds is read from the blocks.
    /// </summary>
    /// <param name="view">Of this view; null for all that maintenance makes.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public Task<IReadOnlyList<LakePartitionGap>> ListGapsAsync(string? view = null, CancellationToken cancellationToken = default) => RunAsync(
        operations.ListGapsAsync(view, cancellationToken),
        static g => new LakePartitionGap(g.ViewSet, new NanoTimestamp(g.BeginInsertTime), new NanoTimestamp(g.EndInsertTime), g.State.ToString(), g.ExpectedCount, g.FoundCount));

    /// <summary>Makes the partitions of all gaps.</summary>
    /// <param name="view">Of this view; null for all that maintenance makes.</param>
    /// <param name="cancellationToken">Ends the work; what was made until then stays.</param>
    /// <returns>How many partitions were written or merged.</returns>
    public Task<int> BackfillAsync(string? view = null, CancellationToken cancellationToken = default) => RunAsync(operations.BackfillAsync(view, null, cancellationToken));

    /// <summary>Retires the partitions of an instance that lie inside a range of insert times; all or none.</summary>
    /// <param name="viewSet">The view set.</param>
    /// <param name="instanceId"><c>global</c>, or the id of a process or stream.</param>
    /// <param name="begin">Begin of the range.</param>
    /// <param name="end">Its end.</param>
    /// <param name="dryRun">Only says what would be retired.</param>
    /// <param name="cancellationToken">Ends the work; nothing is retired then.</param>
    /// <returns>What was retired, or would be.</returns>
    public Task<IReadOnlyList<LakePartitionInfo>> RetireAsync(
        string viewSet, string instanceId, NanoTimestamp begin, NanoTimestamp end, bool dryRun = false, CancellationToken cancellationToken = default) =>
        RunAsync(operations.RetireAsync(viewSet, instanceId, begin.UnixNanoseconds, end.UnixNanoseconds, dryRun, cancellationToken), Describe);

    /// <summary>Retires the partition of a file.</summary>
    /// <param name="filePath">Its path, as <c>list_partitions()</c> shows it.</param>
    /// <param name="cancellationToken">Ends the work; nothing is retired then.</param>
    /// <returns>What was retired: nothing when no partition has that file.</returns>
    public Task<IReadOnlyList<LakePartitionInfo>> RetireFileAsync(string filePath, CancellationToken cancellationToken = default) =>
        RunAsync(operations.RetireFileAsync(filePath, cancellationToken), Describe);

    /// <summary>Partitions that an older version of their view made. No question reads them.</summary>
    /// <param name="viewSet">Of this view set; null for all.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public Task<IReadOnlyList<LakePartitionInfo>> ListIncompatibleAsync(string? viewSet = null, CancellationToken cancellationToken = default) =>
        RunAsync(operations.ListIncompatibleAsync(viewSet, cancellationToken), Describe);

    /// <summary>Retires them.</summary>
    /// <inheritdoc cref="ListIncompatibleAsync"/>
    public Task<IReadOnlyList<LakePartitionInfo>> RetireIncompatibleAsync(string? viewSet = null, CancellationToken cancellationToken = default) =>
        RunAsync(operations.RetireIncompatibleAsync(viewSet, cancellationToken), Describe);

    /// <summary>What the partitions of each view instance take, the largest first.</summary>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public Task<IReadOnlyList<LakeViewSize>> ListViewSizesAsync(CancellationToken cancellationToken = default) => RunAsync(
        operations.ListViewSizesAsync(cancellationToken), static s => new LakeViewSize(s.ViewSet, s.InstanceId, s.Partitions, s.RowCount, s.FileSize));

    /// <summary>What the raw blocks of each process take, the largest first.</summary>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public Task<IReadOnlyList<LakeProcessSize>> ListProcessSizesAsync(CancellationToken cancellationToken = default) => RunAsync(
        operations.ListProcessSizesAsync(cancellationToken), static s => new LakeProcessSize(s.ProcessId, s.Exe, s.Blocks, s.PayloadSize));

    /// <summary>Spares a process from retention, whatever its policy says.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="reason">Why, for those who wonder later.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public Task PinAsync(Guid processId, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return RunAsync(PinAsync());

        async ValueTask<bool> PinAsync()
        {
            await operations.PinAsync(processId, reason, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Leaves a process to retention again.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>False when it was not pinned.</returns>
    public Task<bool> UnpinAsync(Guid processId, CancellationToken cancellationToken = default) => RunAsync(operations.UnpinAsync(processId, cancellationToken));

    /// <summary>The processes that retention spares.</summary>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public Task<IReadOnlyList<LakePin>> ListPinsAsync(CancellationToken cancellationToken = default) =>
        RunAsync(operations.ListPinsAsync(cancellationToken), static p => new LakePin(p.ProcessId, p.Reason, new NanoTimestamp(p.PinnedAt)));

    /// <summary>
    /// Compares the catalogue with the objects and with its own rules. Repair never loses a row: a partition whose file is missing or damaged is retired and made
    /// again from its blocks, files without partition are deleted once they are old.
    /// </summary>
    /// <param name="repair">Whether to repair.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>What was found; nothing in a sound lake.</returns>
    public Task<IReadOnlyList<LakeCheckFinding>> CheckAsync(bool repair = false, CancellationToken cancellationToken = default) => RunAsync(
        operations.CheckAsync(repair, cancellationToken), static f => new LakeCheckFinding(f.Flaw.ToString(), f.Subject, f.Detail, f.IsRepaired));

    private static LakePartitionInfo Describe(PartitionInfo partition) => new(partition);

    private static async Task<IReadOnlyList<TResult>> RunAsync<T, TResult>(ValueTask<IReadOnlyList<T>> work, Func<T, TResult> convert) =>
        [.. (await RunAsync(work).ConfigureAwait(false)).Select(convert)];

    private static async Task<T> RunAsync<T>(ValueTask<T> work)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (Exception e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }
}
