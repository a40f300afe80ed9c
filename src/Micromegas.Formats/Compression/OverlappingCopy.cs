using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Micromegas.Formats;

/// <summary>Copies of Lempel-Ziv matches, whose source may overlap what is being written.</summary>
internal static unsafe class OverlappingCopy
{
    /// <summary>Bytes that <see cref="Wild"/> may write beyond the end of the match.</summary>
    public const int Slack = 32;

    // Row k repeats the first k bytes of a vector; row 0 is never used (an offset of 0 is corrupt).
    public static ReadOnlySpan<byte> RepeatPatterns =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1,
        0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0,
        0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0,
        0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1,
        0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 1, 2,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1,
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0,
    ];

    // Bytes to advance after storing 16 repeated bytes so that the pattern starts afresh: the largest multiple of k up to 16.
    public static ReadOnlySpan<byte> RepeatSteps => [0, 16, 16, 15, 16, 15, 12, 14, 16, 9, 10, 11, 12, 13, 14, 15];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy32(byte* to, byte* from) => Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<Vector256<byte>>(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy16(byte* to, byte* from) => Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<Vector128<byte>>(from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy8(byte* to, byte* from) => Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<ulong>(from));

    /// <summary>
    /// Writes <paramref name="length"/> bytes (at least 1) taken <paramref name="offset"/> bytes back. May write, and read what lies there,
    /// up to <see cref="Slack"/> bytes beyond the end, so the caller proves that so much memory is its own.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Wild(byte* to, nint offset, nint length)
    {
        byte* end = to + length;
        if (offset >= 16)
        {
            byte* from = to - offset;
            do
            {
                Copy16(to, from);
                Copy16(to + 16, from + 16);
                to += 32;
                from += 32;
            }
            while (to < end);
            return;
        }

        Repeat(to, offset, end);
    }

    /// <summary>The same without touching a byte beyond the end.</summary>
    public static void Exact(byte* to, nint offset, nint length)
    {
        byte* from = to - offset;
        if (offset >= length)
        {
            Unsafe.CopyBlockUnaligned(to, from, (uint)length);
            return;
        }

        for (byte* end = to + length; to < end;)
        {
            *to++ = *from++;
        }
    }

    private static void Repeat(byte* to, nint offset, byte* end)
    {
        Vector128<byte> window = Unsafe.ReadUnaligned<Vector128<byte>>(to - offset);
        ref byte patterns = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(RepeatPatterns);
        Vector128<byte> pattern = Vector128.LoadUnsafe(ref patterns, (nuint)(offset * 16));
        Vector128<byte> repeated = Vector128.Shuffle(window, pattern);
        nint step = RepeatSteps[(int)offset];
        do
        {
            Unsafe.WriteUnaligned(to, repeated);
            to += step;
        }
        while (to < end);
    }
}
