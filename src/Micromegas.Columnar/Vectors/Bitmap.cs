using System.Numerics;
using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>Bit maps of 64-bit words, least significant bit first: bit <c>i</c> is bit <c>i % 64</c> of word <c>i / 64</c>.</summary>
public static unsafe class Bitmap
{
    /// <summary>Words that hold <paramref name="bits"/> bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WordCount(int bits) => (bits + 63) >> 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Get(ulong* words, int bit) => ((words[bit >> 6] >> bit) & 1) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set(ulong* words, int bit) => words[bit >> 6] |= 1UL << bit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(ulong* words, int bit) => words[bit >> 6] &= ~(1UL << bit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Assign(ulong* words, int bit, bool value)
    {
        var mask = 1UL << bit;
        ref var word = ref words[bit >> 6];
        word = value ? word | mask : word & ~mask;
    }

    /// <summary>Sets every bit of <paramref name="words"/> that belongs to the first <paramref name="bits"/> bits' words.</summary>
    public static void Fill(ulong* words, int bits, bool value) => new Span<ulong>(words, WordCount(bits)).Fill(value ? ulong.MaxValue : 0);

    /// <summary>Ones among the first <paramref name="bits"/> bits.</summary>
    public static int CountOnes(ulong* words, int bits)
    {
        var count = 0;
        var full = bits >> 6;
        for (var i = 0; i < full; i++)
        {
            count += BitOperations.PopCount(words[i]);
        }
        var rest = bits & 63;
        return rest == 0 ? count : count + BitOperations.PopCount(words[full] & ((1UL << rest) - 1));
    }
}
