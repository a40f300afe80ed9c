using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Micromegas.Parquet.Encodings;

/// <summary>Copies mostly short pieces: 16 bytes at a time, over the end of both sides, which have that much slack.</summary>
internal static unsafe class ShortCopy
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* to, byte* from, int length)
    {
        Vector128.Load(from).Store(to);
        if (length > 16)
        {
            CopyRest(to, from, length);
        }
    }

    private static void CopyRest(byte* to, byte* from, int length)
    {
        if (length > 256)
        {
            Unsafe.CopyBlockUnaligned(to, from, (uint)length);
            return;
        }
        for (var i = 16; i < length; i += 16)
        {
            Vector128.Load(from + i).Store(to + i);
        }
    }
}
