using System.Collections.Concurrent;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Lake.Tables;

/// <summary>Footers of partition files. Files never change, so an entry is never wrong; the oldest go when the footers take more than the limit.</summary>
internal sealed class FooterCache(IObjectStore store, long limit)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ParquetFile>>> _files = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Key, int Size)> _order = new();
    private long _size;

    /// <summary>Reads a footer, or takes it from the cache; a concurrent reader of the same file waits for the first.</summary>
    public async ValueTask<ParquetFile> OpenAsync(string key, long? size, CancellationToken ct)
    {
        Lazy<Task<ParquetFile>> entry = _files.GetOrAdd(key, _ => new Lazy<Task<ParquetFile>>(() => ReadAsync(key, size)));
        try
        {
            return await entry.Value.WaitAsync(ct).ConfigureAwait(false);
        }
        catch when (entry.Value.IsFaulted)
        {
            // A failure is this caller's, not that of everybody after it.
            _files.TryRemove(KeyValuePair.Create(key, entry));
            throw;
        }
    }

    /// <summary>Keeps the footer of a file that was just written, so that its first reader need not fetch it.</summary>
    public void Add(ParquetFile file)
    {
        if (_files.TryAdd(file.Key, new Lazy<Task<ParquetFile>>(Task.FromResult(file))))
        {
            Account(file);
        }
    }

    private async Task<ParquetFile> ReadAsync(string key, long? size)
    {
        // Shared by all who ask for the file, so nobody's token may end it.
        ParquetFile file = await ParquetFile.OpenAsync(store, key, size, CancellationToken.None).ConfigureAwait(false);
        Account(file);
        return file;
    }

    private void Account(ParquetFile file)
    {
        _order.Enqueue((file.Key, file.FooterSize));
        Interlocked.Add(ref _size, file.FooterSize);
        while (Volatile.Read(ref _size) > limit && _order.TryDequeue(out (string Key, int Size) oldest))
        {
            Interlocked.Add(ref _size, -oldest.Size);
            _files.TryRemove(oldest.Key, out _);
        }
    }
}
