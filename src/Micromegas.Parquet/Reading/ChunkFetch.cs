using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Storage;

namespace Micromegas.Parquet.Reading;

/// <summary>What one request brings: ranges of the file, and the chunks whose buffers they fill.</summary>
internal sealed class ChunkFetch
{
    /// <summary>Stores take ranges of up to 2 GiB; larger chunks are fetched in parts.</summary>
    private const int LargestRange = 1 << 30;

    public List<ByteRange> Ranges { get; } = [];

    public List<Memory<byte>> Targets { get; } = [];

    /// <summary>The chunks, as they will be held.</summary>
    public List<HeldChunk> Chunks { get; } = [];

    /// <summary>Asks for a chunk.</summary>
    /// <param name="held">The chunk, whose buffer is there.</param>
    /// <param name="metadata">Where it lies in the file.</param>
    /// <param name="known">Bytes at its beginning that need not be fetched.</param>
    public void Add(HeldChunk held, ColumnChunkMetadata metadata, long known)
    {
        Chunks.Add(held);
        var (buffer, length, parts) = held.Chunk;
        if (parts is null)
        {
            AddRange(metadata.Start + known, buffer, known, length - known);
            return;
        }
        for (var i = 0; i < parts.Length;)
        {
            // Pages that lie one behind the other are one range.
            var first = parts[i++];
            if (first.IsAbsent || first.Position < known)
            {
                continue;
            }
            long size = first.Length;
            while (i < parts.Length && !parts[i].IsAbsent && parts[i].FileOffset == first.FileOffset + size)
            {
                size += parts[i++].Length;
            }
            AddRange(first.FileOffset, buffer, first.Position, size);
        }
    }

    /// <summary>Gives the buffers back that nobody took over.</summary>
    public void Discard()
    {
        Chunks.ForEach(static held => held.Chunk.Buffer.Dispose());
        Chunks.Clear();
    }

    private unsafe void AddRange(long offset, NativeBuffer buffer, long position, long size)
    {
        for (long done = 0; done < size;)
        {
            var length = (int)Math.Min(size - done, LargestRange);
            Ranges.Add(new ByteRange(offset + done, length));
            Targets.Add(new NativeMemory(buffer.Pointer + position + done, length).Memory);
            done += length;
        }
    }
}

/// <summary>The bytes of a leaf's chunk that a row group's reader has.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="Chunk">The bytes.</param>
/// <param name="Cached">Set where they are the cache's.</param>
/// <param name="IsDictionaryOnly">Whether they are the dictionary page, and the rest is still to be fetched.</param>
internal readonly record struct HeldChunk(int Leaf, FetchedChunk Chunk, CachedChunk? Cached, bool IsDictionaryOnly)
{
    public void Release()
    {
        if (Cached is { } cached)
        {
            cached.Release();
        }
        else
        {
            Chunk.Buffer.Dispose();
        }
    }
}
