using Microsoft.Win32.SafeHandles;

namespace Micromegas.Storage.Directories;

/// <summary>
/// Open files by path, least recently used ones closed first. Objects are immutable, so an open handle never shows stale bytes; whoever deletes or replaces an
/// object calls <see cref="Evict"/>.
/// </summary>
internal sealed class FileHandleCache(int capacity) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<OpenFile>> _byPath = new(StringComparer.Ordinal);
    private readonly LinkedList<OpenFile> _byUse = new();
    private bool _disposed;

    /// <summary>Opens a file, or takes it from the cache; dispose the lease when done reading.</summary>
    public Lease Acquire(string path)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_byPath.TryGetValue(path, out LinkedListNode<OpenFile>? node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                node.Value.Users++;
                return new Lease(this, node.Value);
            }
        }

        // Opened outside the lock: a slow file system must not hold up readers of other files.
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess);
        OpenFile? closing = null;
        var opened = new OpenFile(path, handle) { Users = 1 };
        lock (_lock)
        {
            if (_disposed || _byPath.ContainsKey(path))
            {
                opened.Evicted = true;
            }
            else
            {
                _byPath.Add(path, _byUse.AddFirst(opened));
                if (_byPath.Count > capacity)
                {
                    closing = Remove(_byUse.Last!);
                }
            }
        }
        closing?.Dispose();
        return new Lease(this, opened);
    }

    /// <summary>Forgets a path; its handle is closed when the last reader is done.</summary>
    public void Evict(string path)
    {
        OpenFile? closing = null;
        lock (_lock)
        {
            if (_byPath.TryGetValue(path, out LinkedListNode<OpenFile>? node))
            {
                closing = Remove(node);
            }
        }
        closing?.Dispose();
    }

    public void Dispose()
    {
        var closing = new List<OpenFile>();
        lock (_lock)
        {
            _disposed = true;
            while (_byUse.First is { } node)
            {
                if (Remove(node) is { } file)
                {
                    closing.Add(file);
                }
            }
        }
        closing.ForEach(file => file.Dispose());
    }

    /// <summary>Returns the file when nobody uses it any more, so that the caller closes it outside the lock.</summary>
    private OpenFile? Remove(LinkedListNode<OpenFile> node)
    {
        _byUse.Remove(node);
        _byPath.Remove(node.Value.Path);
        node.Value.Evicted = true;
        return node.Value.Users == 0 ? node.Value : null;
    }

    private void Release(OpenFile file)
    {
        bool close;
        lock (_lock)
        {
            close = --file.Users == 0 && file.Evicted;
        }
        if (close)
        {
            file.Dispose();
        }
    }

    internal sealed class OpenFile(string path, SafeFileHandle handle) : IDisposable
    {
        private readonly Lock _mapping = new();
        private MappedFile? _mapped;

        public string Path { get; } = path;
        public SafeFileHandle Handle { get; } = handle;
        public int Users { get; set; }
        public bool Evicted { get; set; }

        /// <summary>The file in memory, until it is closed; null when it is empty.</summary>
        public MappedFile? Map()
        {
            lock (_mapping)
            {
                return _mapped ??= MappedFile.TryOpen(Handle);
            }
        }

        public void Dispose()
        {
            _mapped?.Dispose();
            Handle.Dispose();
        }
    }

    internal readonly struct Lease(FileHandleCache cache, OpenFile file) : IDisposable
    {
        public SafeFileHandle Handle => file.Handle;

        /// <inheritdoc cref="OpenFile.Map"/>
        public MappedFile? Map() => file.Map();

        public void Dispose() => cache.Release(file);
    }
}
