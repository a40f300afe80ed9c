using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Storage;

namespace Micromegas.Lake.Administration;

/// <summary>What a check of a lake can find.</summary>
public enum LakeFlaw
{
    /// <summary>A partition's file is missing. Repair: the record is retired, and the rows are made again when they are asked for.</summary>
    MissingFile,

    /// <summary>A partition's file has another size than its record says. Repair: as for a missing one.</summary>
    DamagedFile,

    /// <summary>A partition record breaks the rules of spec/lakehouse.md §1.2. Repair: it is retired.</summary>
    InvalidRecord,

    /// <summary>Two partitions of one instance and schema overlap. Repair: all but the newest are retired.</summary>
    OverlappingRecords,

    /// <summary>A file under <c>views/</c> that no record mentions. Repair: it is deleted once it is old enough not to be about to be committed.</summary>
    OrphanFile,

    /// <summary>An object under <c>blobs/</c> that no row mentions. Repair: it is deleted when it is older than a day; a producer may still be about to name it.</summary>
    OrphanBlob,

    /// <summary>A block's object is missing. It cannot be repaired: the block gives no rows.</summary>
    MissingBlob,
}

/// <summary>A flaw of a lake.</summary>
/// <param name="Flaw">What is wrong.</param>
/// <param name="Subject">The file, or the partition as view set, instance and begin.</param>
/// <param name="Detail">More about it.</param>
/// <param name="IsRepaired">Whether the check put it right.</param>
public sealed record LakeFinding(LakeFlaw Flaw, string Subject, string Detail, bool IsRepaired);

/// <summary>Compares the catalogue with the objects, and itself with its rules; repairs what can be repaired without losing anything (spec/lakehouse.md §2.4).</summary>
internal sealed class LakeCheck(LakeHost lake)
{
    /// <summary>Files younger than this may belong to a commit that is about to happen.</summary>
    public TimeSpan YoungestOrphan { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan YoungestOrphanBlob { get; init; } = TimeSpan.FromDays(1);

    public async ValueTask<IReadOnlyList<LakeFinding>> RunAsync(bool repair, CancellationToken ct)
    {
        if (repair && lake.IsReadOnly)
        {
            throw Throw.ReadOnly();
        }

        // Objects first: a record that appears later has its file already, a file that appears later is not looked at.
        Dictionary<string, ObjectInfo> files = await ListAsync("views/", ct).ConfigureAwait(false);
        Dictionary<string, ObjectInfo> blobs = await ListAsync("blobs/", ct).ConfigureAwait(false);
        IReadOnlyList<PartitionRecord> partitions = await lake.Catalog.ListPartitionsAsync(default, ct).ConfigureAwait(false);
        var findings = new List<LakeFinding>();
        await CheckRecordsAsync(partitions, files, repair, findings, ct).ConfigureAwait(false);
        await CheckFilesAsync(partitions, files, repair, findings, ct).ConfigureAwait(false);
        await CheckBlobsAsync(blobs, repair, findings, ct).ConfigureAwait(false);
        return findings;
    }

    private async ValueTask CheckRecordsAsync(
        IReadOnlyList<PartitionRecord> partitions, Dictionary<string, ObjectInfo> files, bool repair, List<LakeFinding> findings, CancellationToken ct)
    {
        var flawed = new List<(PartitionRecord Partition, LakeFlaw Flaw, string Detail)>();
        foreach (PartitionRecord partition in partitions)
        {
            if (partition.Violation() is { } violation)
            {
                flawed.Add((partition, LakeFlaw.InvalidRecord, violation));
            }
            else if (partition.FilePath is { } path && !files.ContainsKey(path) && await lake.Store.HeadAsync(path, ct).ConfigureAwait(false) is null)
            {
                flawed.Add((partition, LakeFlaw.MissingFile, path));
            }
            else if (partition.FilePath is { } known && files.TryGetValue(known, out ObjectInfo file) && file.Size != partition.FileSize)
            {
                flawed.Add((partition, LakeFlaw.DamagedFile, $"{known} has {file.Size} bytes instead of {partition.FileSize}"));
            }
        }
        foreach (IGrouping<string, PartitionRecord> instance in partitions.GroupBy(
            p => $"{p.ViewSet}/{p.InstanceId}/{Convert.ToHexString(p.SchemaHash)}", StringComparer.Ordinal))
        {
            var kept = new List<PartitionRecord>();
            foreach (PartitionRecord partition in instance.OrderByDescending(p => p.Updated))
            {
                if (kept.Exists(k => k.InsertRange.Overlaps(partition.InsertRange) || (k.InsertRange.IsInstant && k.InsertRange == partition.InsertRange)))
                {
                    flawed.Add((partition, LakeFlaw.OverlappingRecords, "a newer partition covers part of its insert times"));
                }
                else
                {
                    kept.Add(partition);
                }
            }
        }
        IReadOnlyList<bool> retired = repair && flawed.Count > 0
            ? await lake.Catalog.RetirePartitionsAsync(flawed.ConvertAll(f => f.Partition), ct).ConfigureAwait(false)
            : new bool[flawed.Count];
        for (int i = 0; i < flawed.Count; i++)
        {
            PartitionRecord p = flawed[i].Partition;
            findings.Add(new LakeFinding(flawed[i].Flaw, $"{p.ViewSet}/{p.InstanceId}/{CatalogTime.ToText(p.InsertRange.Begin)}", flawed[i].Detail, retired[i]));
        }
    }

    private async ValueTask CheckFilesAsync(
        IReadOnlyList<PartitionRecord> partitions, Dictionary<string, ObjectInfo> files, bool repair, List<LakeFinding> findings, CancellationToken ct)
    {
        var known = new HashSet<string>(partitions.Select(p => p.FilePath).OfType<string>(), StringComparer.Ordinal);
        known.UnionWith((await lake.Catalog.ListExpiredFilesAsync(long.MaxValue, int.MaxValue, ct).ConfigureAwait(false)).Select(f => f.FilePath));
        foreach (ObjectInfo file in files.Values.Where(f => !known.Contains(f.Key)))
        {
            // A running commit may have named or retired it since.
            bool isOld = lake.Options.TimeProvider.GetUtcNow() - file.LastModified >= YoungestOrphan;
            if (!isOld || await lake.Catalog.IsFileReferencedAsync(file.Key, ct).ConfigureAwait(false))
            {
                continue;
            }
            if (repair)
            {
                await lake.Store.DeleteAsync([file.Key], ct).ConfigureAwait(false);
            }
            findings.Add(new LakeFinding(LakeFlaw.OrphanFile, file.Key, $"{file.Size} bytes", repair));
        }
    }

    private async ValueTask CheckBlobsAsync(Dictionary<string, ObjectInfo> blobs, bool repair, List<LakeFinding> findings, CancellationToken ct)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (object?[] row in await lake.Catalog.ReadTableAsync(CatalogSchema.Blocks, ct).ConfigureAwait(false))
        {
            string key = $"blobs/{row[2]}/{row[1]}/{row[0]}";
            known.Add(key);
            if (!blobs.ContainsKey(key) && await lake.Store.HeadAsync(key, ct).ConfigureAwait(false) is null)
            {
                findings.Add(new LakeFinding(LakeFlaw.MissingBlob, key, "the block gives no rows", false));
            }
        }
        known.UnionWith((await lake.Catalog.ListDeletionsAsync(ct).ConfigureAwait(false)).Select(d => d.ObjectKey));
        foreach (ObjectInfo blob in blobs.Values.Where(b => !known.Contains(b.Key)))
        {
            bool isOld = lake.Options.TimeProvider.GetUtcNow() - blob.LastModified >= YoungestOrphanBlob;
            if (isOld)
            {
                if (repair)
                {
                    await lake.Store.DeleteAsync([blob.Key], ct).ConfigureAwait(false);
                }
                findings.Add(new LakeFinding(LakeFlaw.OrphanBlob, blob.Key, $"{blob.Size} bytes", repair));
            }
        }
    }

    private async ValueTask<Dictionary<string, ObjectInfo>> ListAsync(string prefix, CancellationToken ct)
    {
        var objects = new Dictionary<string, ObjectInfo>(StringComparer.Ordinal);
        await foreach (ObjectInfo info in lake.Store.ListAsync(prefix, ct).ConfigureAwait(false))
        {
            objects[info.Key] = info;
        }
        return objects;
    }
}
