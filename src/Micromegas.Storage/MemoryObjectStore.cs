using System.Runtime.CompilerServices;

namespace Micromegas.Storage;

/// <summary>Objects in memory: for tests and for lakes that live as long as the process.</summary>
public sealed class MemoryObjectStore : IObjectStore
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    /// <summary>Creates an empty store.</summary>
    public MemoryObjectStore(TimeProvider? clock = null) => _clock = clock ?? TimeProvider.System;

    /// <inheritdoc/>
    public int RequestCost => 4 * 1024;

    /// <inheritdoc/>
    public ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ObjectKey.Validate(key);
        lock (_lock)
        {
            return ValueTask.FromResult(_objects.TryGetValue(key, out StoredObject stored) ? stored.Info(key) : (ObjectInfo?)null);
        }
    }

    /// <inheritdoc/>
    public ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ObjectKey.Validate(key);
        RangeReads.Validate(ranges, into);
        StoredObject stored;
        lock (_lock)
        {
            if (!_objects.TryGetValue(key, out stored))
            {
                throw new ObjectNotFoundException(key);
            }
        }
        for (int i = 0; i < ranges.Count; i++)
        {
            if (ranges[i].End > stored.Content.Length)
            {
                throw Throw.BeyondEnd(key, ranges[i], stored.Content.Length);
            }
            stored.Content.AsSpan((int)ranges[i].Offset, ranges[i].Length).CopyTo(into[i].Span);
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ObjectKey.Validate(key);
        return ValueTask.FromResult(Store(key, content.ToArray(), mode));
    }

    /// <inheritdoc/>
    public ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ObjectKey.Validate(key);
        return ValueTask.FromResult<ObjectUpload>(new Upload(this, key));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        ObjectKey.ValidatePrefix(prefix);
        var found = new List<ObjectInfo>();
        lock (_lock)
        {
            foreach ((string key, StoredObject stored) in _objects)
            {
                if (key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    found.Add(stored.Info(key));
                }
            }
        }
        foreach (ObjectInfo info in found)
        {
            ct.ThrowIfCancellationRequested();
            yield return info;
        }
        await ValueTask.CompletedTask.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        ArgumentNullException.ThrowIfNull(keys);
        foreach (string key in keys)
        {
            ObjectKey.Validate(key);
        }
        lock (_lock)
        {
            foreach (string key in keys)
            {
                _objects.Remove(key);
            }
        }
        return ValueTask.CompletedTask;
    }

    private PutResult Store(string key, byte[] content, PutMode mode)
    {
        lock (_lock)
        {
            if (mode == PutMode.CreateOnly && _objects.ContainsKey(key))
            {
                return PutResult.AlreadyExists;
            }
            _objects[key] = new StoredObject(content, _clock.GetUtcNow());
            return PutResult.Stored;
        }
    }

    private readonly record struct StoredObject(byte[] Content, DateTimeOffset Time)
    {
        public ObjectInfo Info(string key) => new(key, Content.Length, Time);
    }

    private sealed class Upload(MemoryObjectStore store, string key) : ObjectUpload(key)
    {
        private readonly MemoryStream _content = new();

        protected override ValueTask AppendAsync(ReadOnlyMemory<byte> content, long offset, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            _content.Write(content.Span);
            return ValueTask.CompletedTask;
        }

        protected override ValueTask<ObjectInfo> CommitAsync(long size, CancellationToken ct)
        {
            ct.ThrowIfCancellationRequested();
            if (store.Store(Key, _content.ToArray(), PutMode.CreateOnly) == PutResult.AlreadyExists)
            {
                throw new ObjectExistsException(Key);
            }
            return ValueTask.FromResult(new ObjectInfo(Key, size, store._clock.GetUtcNow()));
        }

        protected override ValueTask AbortAsync()
        {
            _content.SetLength(0);
            return ValueTask.CompletedTask;
        }
    }
}
