using Micromegas.Columnar;

namespace Micromegas.Parquet;

/// <summary>What of a column chunk is kept.</summary>
internal enum ChunkPart
{
    Pages,
    ColumnIndex,
    OffsetIndex,
    BloomFilter,
    Dictionary,
}

/// <summary>
/// Keeps the bytes of column chunks and of their indexes, as the files hold them, for the statements that follow. A chunk belongs to a <see cref="ParquetFile"/> object: a file
/// that is opened again is read again. What is kept counts in a budget; what has not been used for longest goes first. Thread-safe.
/// </summary>
public sealed class ChunkCache : IDisposable
{
    private readonly long capacity;
    private readonly MemoryBudget budget;
    private readonly Lock gate = new();
    private readonly Dictionary<(ParquetFile File, int RowGroup, int Leaf, ChunkPart Part), LinkedListNode<CachedChunk>> chunks = [];
    private readonly LinkedList<CachedChunk> byUse = [];
    private long bytes;

    /// <param name="capacity">Bytes that are kept at most; 0 keeps nothing.</param>
    /// <param name="budget">Where they count.</param>
    public ChunkCache(long capacity, MemoryBudget budget)
    {
        ArgumentNullException.ThrowIfNull(budget);
        this.capacity = capacity;
        this.budget = budget;
    }

    /// <summary>Bytes kept now.</summary>
    public long Bytes
    {
        get
        {
            lock (gate)
            {
                return bytes;
            }
        }
    }

    /// <summary>A chunk that is there, which the caller gives back by <see cref="CachedChunk.Release"/>; else null.</summary>
    internal CachedChunk? Find(ParquetFile file, int rowGroup, int leaf, ChunkPart part)
    {
        lock (gate)
        {
            if (!chunks.TryGetValue((file, rowGroup, leaf, part), out var node))
            {
                return null;
            }
            byUse.Remove(node);
            byUse.AddLast(node);
            node.Value.Users++;
            return node.Value;
        }
    }

    /// <summary>Takes over the buffer of a chunk, in use by the caller; null when it is not kept, and the buffer stays the caller's.</summary>
    internal CachedChunk? Add(ParquetFile file, int rowGroup, int leaf, ChunkPart part, NativeBuffer buffer)
    {
        lock (gate)
        {
            if (buffer.Capacity > capacity / 4 || chunks.ContainsKey((file, rowGroup, leaf, part)))
            {
                return null;
            }
            while (bytes + buffer.Capacity > capacity && byUse.First is { } oldest)
            {
                Remove(oldest);
            }
            if (!budget.TryReserve(buffer.Capacity))
            {
                return null;
            }
            buffer.MoveTo(budget);
            var chunk = new CachedChunk(this, (file, rowGroup, leaf, part), buffer) { Users = 1 };
            chunks.Add(chunk.Key, byUse.AddLast(chunk));
            bytes += buffer.Capacity;
            return chunk;
        }
    }

    /// <summary>The page index that was decoded from a part that is kept.</summary>
    internal PageIndex? FindIndex(ParquetFile file, int rowGroup, int leaf, ChunkPart part)
    {
        lock (gate)
        {
            if (!chunks.TryGetValue((file, rowGroup, leaf, part), out var node) || node.Value.Index is not { } index)
            {
                return null;
            }
            byUse.Remove(node);
            byUse.AddLast(node);
            return index;
        }
    }

    /// <summary>Keeps a page index for as long as the part that it was decoded from, if that is kept and there is room.</summary>
    internal void KeepIndex(ParquetFile file, int rowGroup, int leaf, ChunkPart part, PageIndex index)
    {
        lock (gate)
        {
            if (chunks.TryGetValue((file, rowGroup, leaf, part), out var node) && node.Value.Index is null
                && bytes + index.Bytes <= capacity && budget.TryReserve(index.Bytes))
            {
                node.Value.Index = index;
                bytes += index.Bytes;
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            while (byUse.First is { } node)
            {
                Remove(node);
            }
        }
    }

    internal void Release(CachedChunk chunk)
    {
        lock (gate)
        {
            chunk.Users--;
            FreeUnused(chunk);
        }
    }

    private void Remove(LinkedListNode<CachedChunk> node)
    {
        byUse.Remove(node);
        chunks.Remove(node.Value.Key);
        bytes -= node.Value.Bytes;
        node.Value.IsRemoved = true;
        FreeUnused(node.Value);
    }

    private void FreeUnused(CachedChunk chunk)
    {
        if (chunk is { IsRemoved: true, Users: 0 })
        {
            budget.Release(chunk.Bytes);
            chunk.Buffer.Dispose();
        }
    }
}

/// <summary>A chunk of a <see cref="ChunkCache"/>; its bytes stay while somebody uses it.</summary>
internal sealed class CachedChunk(ChunkCache cache, (ParquetFile File, int RowGroup, int Leaf, ChunkPart Part) key, NativeBuffer buffer)
{
    public (ParquetFile File, int RowGroup, int Leaf, ChunkPart Part) Key { get; } = key;

    public NativeBuffer Buffer { get; } = buffer;

    /// <summary>What was decoded from the bytes of a page index, once somebody needed it; the cache's lock guards it.</summary>
    public PageIndex? Index { get; set; }

    /// <summary>What the chunk takes of the cache's capacity.</summary>
    public long Bytes => Buffer.Capacity + (Index?.Bytes ?? 0);

    /// <summary>Readers that look at the bytes; the cache's lock guards it.</summary>
    public int Users { get; set; }

    public bool IsRemoved { get; set; }

    public void Release() => cache.Release(this);
}
