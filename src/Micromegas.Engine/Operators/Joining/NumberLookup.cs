using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Finds numbers in a <see cref="NumberTable{T, TBits}"/>: what a look-up will read is asked for many rows ahead. The values of a dictionary are looked up once.</summary>
internal sealed unsafe class NumberLookup<T, TBits>(NumberTable<T, TBits> index) : JoinLookup
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    where TBits : struct, INumberBits<T>
{
    private const int Ahead = 24;

    private readonly KeyScratch scratch = new();
    private readonly NativeList<int> slots = new();
    private readonly NativeList<T> gathered = new();
    private readonly NativeList<int> places = new();

    public override void Resolve(ReadOnlySpan<Vector> keys, Selection? selection, int rowCount, int* numbers)
    {
        var rows = selection == null ? null : selection.Rows;
        var count = selection?.Count ?? rowCount;
        var access = VectorAccess.Of(keys[0], scratch.Access);
        if (access.Plain is not FlatVector plain)
        {
            // All are NULL.
            new Span<int>(numbers, rowCount).Fill(-1);
            return;
        }
        if (!access.IsDirect)
        {
            ResolveIndirect(access, plain, rows, count, numbers);
            return;
        }
        var values = (T*)plain.Data;
        if (rows == null && !access.MayHaveNulls)
        {
            Find(values, count, numbers);
            return;
        }
        gathered.EnsureCapacity(count);
        places.EnsureCapacity(count);
        var present = 0;
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            numbers[row] = -1;
            gathered.Items[present] = values[row];
            places.Items[present] = row;
            present += access.IsNull(row) ? 0 : 1;
        }
        var found = Find(gathered.Items, present);
        for (var i = 0; i < present; i++)
        {
            numbers[places.Items[i]] = found[i];
        }
    }

    public override void Dispose()
    {
        scratch.Dispose();
        slots.Dispose();
        gathered.Dispose();
        places.Dispose();
    }

    /// <summary>Looks up values of a dictionary, or one constant.</summary>
    private void ResolveIndirect(in VectorAccess access, FlatVector plain, int* rows, int count, int* numbers)
    {
        if (access.Codes == null)
        {
            // A constant's value may lie anywhere in its vector.
            var only = access.IsNull(0) ? -1 : FindOne(((T*)plain.Data)[access.IndexOf(0)]);
            for (var i = 0; i < count; i++)
            {
                numbers[rows == null ? i : rows[i]] = only;
            }
            return;
        }
        scratch.Use(plain);
        var known = scratch.Numbers.Items;
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            if (access.MayHaveNulls && access.IsNull(row))
            {
                numbers[row] = -1;
                continue;
            }
            ref var number = ref known[access.IndexOf(row)];
            if (number == KeyScratch.Unknown)
            {
                number = FindOne(((T*)plain.Data)[access.IndexOf(row)]);
            }
            numbers[row] = number;
        }
    }

    private int FindOne(T value)
    {
        int slot;
        Find(&value, 1, &slot);
        return slot;
    }

    private int* Find(T* keys, int count)
    {
        slots.EnsureCapacity(Math.Max(count, 1));
        Find(keys, count, slots.Items);
        return slots.Items;
    }

    /// <summary>The slots of some keys, -1 for those that are not there.</summary>
    private void Find(T* values, int count, int* found)
    {
        var buckets = index.BucketAt(0);
        var partitions = index.Partitions;
        for (var i = 0; i < count; i++)
        {
            found[i] = partitions.BucketOf(NumberPartitions.HashOf(ulong.CreateTruncating(TBits.Of(values[i]))));
        }
        for (var i = 0; i < Math.Min(Ahead, count); i++)
        {
            Prefetch(buckets, found[i]);
        }
        for (var i = 0; i < count; i++)
        {
            if (i + Ahead < count)
            {
                Prefetch(buckets, found[i + Ahead]);
            }
            var bucket = found[i];
            var key = TBits.Of(values[i]);
            var match = NumberBucket.Find(buckets + ((long)bucket * NumberBucket.Bytes), key, out var free);
            // Whether a key is there nobody can guess: -1 comes about without a branch.
            found[i] = (match | free) == 0 || T.IsZero(key)
                ? FindFurther(bucket, key)
                : (NumberBucket.FirstOf(bucket) + BitOperations.TrailingZeroCount(match)) | ((int)(match - 1) >> 31);
        }
    }

    /// <summary>The slot of 0, or of a key that may have found no room in its bucket.</summary>
    private int FindFurther(int bucket, T key)
    {
        if (T.IsZero(key))
        {
            return index.SlotOfZero;
        }
        var hash = NumberPartitions.HashOf(ulong.CreateTruncating(key));
        uint match, free;
        do
        {
            bucket = index.Partitions.BucketAfter(bucket, hash);
            match = NumberBucket.Find(index.BucketAt(bucket), key, out free);
        }
        while ((match | free) == 0);
        return match == 0 ? -1 : NumberBucket.FirstOf(bucket) + BitOperations.TrailingZeroCount(match);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* buckets, int bucket)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(buckets + ((long)bucket * NumberBucket.Bytes));
        }
    }
}
