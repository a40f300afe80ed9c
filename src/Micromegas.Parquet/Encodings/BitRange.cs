using System.Numerics;
using System.Runtime.CompilerServices;

namespace Micromegas.Parquet.Encodings;

/// <summary>Ranges of bit maps that start anywhere.</summary>
internal static unsafe class BitRange
{
    public static void Fill(ulong* bits, int at, int count, bool value)
    {
        while (count > 0)
        {
            var shift = at & 63;
            var some = Math.Min(64 - shift, count);
            var mask = Mask(some) << shift;
            ref var word = ref bits[at >> 6];
            word = value ? word | mask : word & ~mask;
            at += some;
            count -= some;
        }
    }

    /// <summary>Copies bits out of packed bytes; may read 8 bytes behind them.</summary>
    /// <returns>How many of them are set.</returns>
    public static int Copy(byte* source, int from, ulong* bits, int at, int count)
    {
        var ones = 0;
        while (count > 0)
        {
            var shift = at & 63;
            // A word read at a byte offers at least 57 bits from any bit of that byte on.
            var some = Math.Min(Math.Min(64 - shift, 57), count);
            var value = (Unsafe.ReadUnaligned<ulong>(source + (from >> 3)) >> (from & 7)) & Mask(some);
            ones += BitOperations.PopCount(value);
            ref var word = ref bits[at >> 6];
            word = (word & ~(Mask(some) << shift)) | (value << shift);
            from += some;
            at += some;
            count -= some;
        }
        return ones;
    }

    public static bool Get(ulong* bits, int at) => ((bits[at >> 6] >> at) & 1) != 0;

    private static ulong Mask(int bits) => bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;
}
