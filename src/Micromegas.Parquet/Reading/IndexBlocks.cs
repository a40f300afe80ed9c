using Micromegas.Columnar;
using Micromegas.Storage;

namespace Micromegas.Parquet.Reading;

/// <summary>Fetches what lies beside the pages of a row group (page indexes, bloom filters), in one request, and keeps it in the cache.</summary>
internal static class IndexBlocks
{
    /// <summary>One block: what it is of which leaf, and where it lies.</summary>
    public readonly record struct Block(int Leaf, ChunkPart Part, long Offset, int Length);

    /// <summary>Whether a block as the footer gives it lies in the file.</summary>
    public static bool Fits(ParquetFile file, long offset, int length) => offset > 0 && length > 0 && offset <= file.Size - length;

    /// <returns>The blocks in the order asked for; the caller disposes them.</returns>
    public static async ValueTask<FetchedBytes[]> ReadAsync(
        ParquetFile file, IObjectStore store, int rowGroup, IReadOnlyList<Block> blocks, ChunkCache? cache, CancellationToken ct)
    {
        var result = new FetchedBytes?[blocks.Count];
        var fetched = new List<(int Index, NativeBuffer Buffer)>();
        try
        {
            var ranges = new List<ByteRange>();
            var targets = new List<Memory<byte>>();
            for (var i = 0; i < blocks.Count; i++)
            {
                if (cache?.Find(file, rowGroup, blocks[i].Leaf, blocks[i].Part) is { } known)
                {
                    result[i] = new FetchedBytes(known.Buffer, blocks[i].Length, known);
                    continue;
                }
                var buffer = BufferPool.Shared.Rent(blocks[i].Length);
                fetched.Add((i, buffer));
                ranges.Add(new ByteRange(blocks[i].Offset, blocks[i].Length));
                targets.Add(MemoryOf(buffer, blocks[i].Length));
            }
            if (ranges.Count > 0)
            {
                await store.ReadAsync(file.Key, ranges, targets, ct).ConfigureAwait(false);
            }
            foreach (var (index, buffer) in fetched)
            {
                result[index] = new FetchedBytes(buffer, blocks[index].Length, cache?.Add(file, rowGroup, blocks[index].Leaf, blocks[index].Part, buffer));
            }
            fetched.Clear();
            return result!;
        }
        catch
        {
            fetched.ForEach(static block => block.Buffer.Dispose());
            foreach (var block in result)
            {
                block?.Dispose();
            }
            throw;
        }
    }

    private static unsafe Memory<byte> MemoryOf(NativeBuffer buffer, int length) => new NativeMemory(buffer.Pointer, length).Memory;
}
