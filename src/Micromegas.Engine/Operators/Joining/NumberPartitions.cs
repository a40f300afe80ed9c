using System.Runtime.CompilerServices;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Buckets of a <see cref="NumberIndex"/> that belong to one partition; a look-up that leaves them behind goes on at the first.</summary>
internal readonly record struct NumberPartition(int Start, int Size)
{
    public int End => Start + Size;
}

/// <summary>How a <see cref="NumberIndex"/> divides its slots by the hash of keys: the first bits choose the partition, the last 32 the bucket in it.</summary>
internal sealed unsafe class NumberPartitions : IDisposable
{
    /// <summary>More partitions than this are written to at a time at the cost of misses.</summary>
    public const int Most = 512;

    /// <summary>The rows are counted in so many parts.</summary>
    public const int Parts = 64;

    /// <summary>Bytes of the counts.</summary>
    public const long MostBytes = Parts * Most * 2L * sizeof(int);

    /// <summary>Bytes of slots that lie in a core's cache with what else is read meanwhile.</summary>
    private const long CachedBytes = 256 << 10;

    private readonly NativeList<NumberPartition> partitions = new();
    private readonly int shift;

    /// <param name="bytes">Bytes of all slots.</param>
    public NumberPartitions(long bytes)
    {
        var count = 2;
        while (count < Most && bytes / count > CachedBytes)
        {
            count *= 2;
        }
        shift = 64 - System.Numerics.BitOperations.Log2((uint)count);
        partitions.Resize(count, default);
    }

    public int Count => partitions.Count;

    public ref NumberPartition this[int partition] => ref partitions[partition];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HashOf(ulong key)
    {
        var hash = key * 0x9E3779B97F4A7C15;
        return (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(ulong hash) => (int)(hash >> shift);

    /// <summary>The bucket at which a look-up begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int BucketOf(ulong hash)
    {
        ref var partition = ref partitions[Of(hash)];
        return partition.Start + (int)(((hash & uint.MaxValue) * (uint)partition.Size) >> 32);
    }

    /// <summary>The bucket behind one; the first of its partition behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int BucketAfter(int bucket, ulong hash)
    {
        ref var partition = ref partitions[Of(hash)];
        return ++bucket == partition.End ? partition.Start : bucket;
    }

    public void Dispose() => partitions.Dispose();
}
