using System.Runtime.CompilerServices;
using Micromegas.Storage.Directories;

namespace Micromegas.Storage;

/// <summary>
/// Objects as files below a directory. Files are written under a temporary name and then linked (create-only) or renamed (overwrite) into place, so a reader,
/// in whatever process, sees an object whole or not at all.
/// </summary>
public sealed class DirectoryObjectStore : IMappingObjectStore, IDisposable
{
    // Neighbouring column chunks are read in one call even when a page index or the like lies between them.
    private const int MaximumGap = 16 * 1024;
    private const long MaximumGroup = 8L << 20;
    private const int ReadParallelism = 8;

    private readonly FileHandleCache _handles;
    private readonly StagingArea _staging;

    /// <summary>Creates a store on a directory, which need not exist yet.</summary>
    public DirectoryObjectStore(string root, DirectoryObjectStoreOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        options ??= new DirectoryObjectStoreOptions();
        Root = Path.GetFullPath(root);
        _handles = new FileHandleCache(options.OpenFiles);
        _staging = new StagingArea(Root, options.FlushToDisk);
    }

    /// <summary>The directory's full path.</summary>
    public string Root { get; }

    /// <inheritdoc/>
    public int RequestCost => 128 * 1024;

    /// <inheritdoc/>
    public async ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct)
    {
        string path = PathOf(key);
        return await Task.Run(
            () => Guarded(key, "look at", () =>
            {
                var file = new FileInfo(path);
                return file.Exists ? new ObjectInfo(key, file.Length, file.LastWriteTimeUtc) : (ObjectInfo?)null;
            }),
            ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct)
    {
        string path = PathOf(key);
        RangeReads.Validate(ranges, into);
        int[] order = RangeReads.Sort(ranges);
        List<RangeReads.Group> groups = RangeReads.Coalesce(ranges, order, MaximumGap, MaximumGroup);
        var read = new ScatterRead(key, path, ranges, into, order, _handles);
        if (groups.Count <= 1)
        {
            await Task.Run(() => Guarded(key, "read", () => read.Fill(groups, 0, 1, ct)), ct).ConfigureAwait(false);
            return;
        }
        int workers = Math.Min(ReadParallelism, groups.Count);
        var tasks = new Task[workers];
        for (int i = 0; i < workers; i++)
        {
            int worker = i;
            tasks[i] = Task.Run(() => Guarded(key, "read", () => read.Fill(groups, worker, workers, ct)), ct);
        }

        // All of them, also after a failure: the buffers belong to the caller again once this returns.
        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public MappedRange? TryMap(string key, long offset, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        string path = PathOf(key);
        return Guarded(key, "read", () => TryMap(_handles.Acquire(path), offset, length));
    }

    /// <inheritdoc/>
    public async ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct)
    {
        string path = PathOf(key);
        return await Task.Run(
            () => Guarded(key, "write", () =>
            {
                using StagedFile staged = _staging.Create();
                staged.Write(content.Span, 0);
                ct.ThrowIfCancellationRequested();
                if (mode == PutMode.CreateOnly)
                {
                    return staged.PublishNew(path) ? PutResult.Stored : PutResult.AlreadyExists;
                }
                staged.Replace(path);
                _handles.Evict(path);
                return PutResult.Stored;
            }),
            ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct)
    {
        string path = PathOf(key);
        return await Task.Run(() => Guarded(key, "write", () => new Upload(key, path, _staging.Create())), ct).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        ObjectKey.ValidatePrefix(prefix);
        int folderEnd = prefix.LastIndexOf('/');
        string folder = folderEnd < 0 ? "" : prefix[..folderEnd];
        var pending = new Stack<(string Key, FileSystemInfo? Entry)>();
        pending.Push((folder, null));
        while (pending.TryPop(out (string Key, FileSystemInfo? Entry) next))
        {
            ct.ThrowIfCancellationRequested();
            if (next.Entry is FileInfo file)
            {
                yield return new ObjectInfo(next.Key, file.Length, file.LastWriteTimeUtc);
                continue;
            }
            List<(string Key, FileSystemInfo Entry)> entries = await Task.Run(
                () => Guarded(prefix, "list", () => Entries(next.Key, prefix)), ct).ConfigureAwait(false);
            for (int i = entries.Count - 1; i >= 0; i--)
            {
                pending.Push(entries[i]);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(keys);
        string[] paths = keys.Select(PathOf).ToArray();
        await Task.Run(
            () =>
            {
                for (int i = 0; i < paths.Length; i++)
                {
                    ct.ThrowIfCancellationRequested();
                    string path = paths[i];
                    Guarded(keys[i], "delete", () => Delete(path));
                }
            },
            ct).ConfigureAwait(false);
    }

    /// <summary>Closes the files kept open; reads in progress finish.</summary>
    public void Dispose() => _handles.Dispose();

    private static unsafe MappedRange? TryMap(FileHandleCache.Lease lease, long offset, long length)
    {
        MappedRange? range = null;
        try
        {
            if (lease.Map() is { } file && length <= file.Length - MappedRange.Slack && offset <= file.Length - MappedRange.Slack - length)
            {
                range = new MappedRange(file.Begin(offset, length), length, lease);
            }
            return range;
        }
        finally
        {
            if (range is null)
            {
                lease.Dispose();
            }
        }
    }

    private string PathOf(string key)
    {
        ObjectKey.Validate(key);
        if (StagingArea.Owns(key))
        {
            Throw.InvalidKey(key, "lies in the folder for unfinished files");
        }
        return Path.Combine(Root, Path.DirectorySeparatorChar == '/' ? key : key.Replace('/', Path.DirectorySeparatorChar));
    }

    private List<(string Key, FileSystemInfo Entry)> Entries(string folder, string prefix)
    {
        var found = new List<(string Key, FileSystemInfo Entry)>();
        try
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(Path.Combine(Root, folder)).EnumerateFileSystemInfos())
            {
                string key = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
                bool isFolder = entry is DirectoryInfo;
                if (StagingArea.Owns(key)
                    || !(key.StartsWith(prefix, StringComparison.Ordinal) || (isFolder && prefix.StartsWith(key + "/", StringComparison.Ordinal))))
                {
                    continue;
                }
                found.Add((key, entry));
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Nothing was stored there, or a deletion has just emptied the folder.
            return [];
        }

        // Ordinal order of whole keys: a folder sorts by its name and the slash that follows.
        found.Sort((a, b) => string.CompareOrdinal(SortKey(a), SortKey(b)));
        return found;

        static string SortKey((string Key, FileSystemInfo Entry) entry) => entry.Entry is DirectoryInfo ? entry.Key + "/" : entry.Key;
    }

    private void Delete(string path)
    {
        _handles.Evict(path);
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }
        for (string? folder = Path.GetDirectoryName(path); folder is not null && folder.Length > Root.Length; folder = Path.GetDirectoryName(folder))
        {
            if (!TryRemoveEmpty(folder))
            {
                return;
            }
        }
    }

    private static bool TryRemoveEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: false);
            return true;
        }
        catch (IOException)
        {
            // Not empty (the usual case), or removed by another deletion.
            return false;
        }
    }

    private static void Guarded(string key, string what, Action action) =>
        Guarded(key, what, () =>
        {
            action();
            return true;
        });

    private static T Guarded<T>(string key, string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (what == "read" && (e is FileNotFoundException or DirectoryNotFoundException))
        {
            throw new ObjectNotFoundException(key, e);
        }
        catch (Exception e) when (e is IOException and not ObjectStoreException or UnauthorizedAccessException)
        {
            throw Throw.Failed(key, what, e);
        }
    }

    private sealed class Upload(string key, string path, StagedFile file) : ObjectUpload(key)
    {
        protected override async ValueTask AppendAsync(ReadOnlyMemory<byte> content, long offset, CancellationToken ct) =>
            await Task.Run(() => Guarded(Key, "write", () => file.Write(content.Span, offset)), ct).ConfigureAwait(false);

        protected override async ValueTask<ObjectInfo> CommitAsync(long size, CancellationToken ct) =>
            await Task.Run(
                () => Guarded(Key, "write", () =>
                {
                    using StagedFile publishing = file;
                    return publishing.PublishNew(path)
                        ? new ObjectInfo(Key, size, File.GetLastWriteTimeUtc(path))
                        : throw new ObjectExistsException(Key);
                }),
                ct).ConfigureAwait(false);

        protected override async ValueTask AbortAsync() => await Task.Run(() => Guarded(Key, "discard", file.Dispose)).ConfigureAwait(false);
    }
}
