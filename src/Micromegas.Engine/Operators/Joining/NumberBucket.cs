using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// A line of the cache in a <see cref="NumberTable{T, TBits}"/>: as many keys as have room beside the places of their rows, which follow them. A key of 0 is a free slot.
/// Slots are numbered so that the next bucket's begin at the next multiple of eight.
/// </summary>
internal static unsafe class NumberBucket
{
    public const int Bytes = 64;

    private const int NumberShift = 3;
    private const int LaneMask = (1 << NumberShift) - 1;

    /// <summary>Slots of a bucket.</summary>
    public static int SlotsOf(int keySize) => Bytes / (keySize + sizeof(int));

    /// <summary>Number of a bucket's first slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FirstOf(int bucket) => bucket << NumberShift;

    /// <summary>Where the place of a slot's rows lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int* PlaceOf(byte* buckets, int slot, int keySize) =>
        (int*)(buckets + ((long)(slot >> NumberShift) * Bytes) + (SlotsOf(keySize) * keySize)) + (slot & LaneMask);

    /// <summary>The slots of a key, which is not 0, and those that are free: a bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Find<T>(byte* bucket, T key, out uint free)
        where T : unmanaged
    {
        var wanted = Vector256.Create(key);
        var keys = Vector256.Load((T*)bucket);
        free = Vector256.Equals(keys, Vector256<T>.Zero).ExtractMostSignificantBits();
        var found = Vector256.Equals(keys, wanted).ExtractMostSignificantBits();
        if (sizeof(T) == sizeof(ulong))
        {
            // The fifth key lies behind four others.
            keys = Vector256.Load((T*)bucket + Vector256<T>.Count);
            free |= (Vector256.Equals(keys, Vector256<T>.Zero).ExtractMostSignificantBits() & 1) << Vector256<T>.Count;
            found |= (Vector256.Equals(keys, wanted).ExtractMostSignificantBits() & 1) << Vector256<T>.Count;
        }
        return found;
    }
}
