using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Micromegas.Parquet.Encodings;

/// <summary>Copies mostly short pieces, over the end of both sides, which have that much slack.</summary>
internal static unsafe class ShortCopy
{
    /// <summary>Bytes that <see cref="CopyMessage"/> always reads and writes.</summary>
    public const int MessageLength = 128;

    /// <summary>Copies a piece that rarely has more than 32 bytes; may read and write up to 32 bytes beyond its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* to, byte* from, int length)
    {
        Vector256.Load(from).Store(to);
        if (length > 32)
        {
            CopyRest(to, from, length);
        }
    }

    /// <summary>Copies a piece whose length nobody can guess, up to <see cref="MessageLength"/> without a branch that depends on it; as many bytes behind its start are read and written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyMessage(byte* to, byte* from, int length)
    {
        Vector256.Load(from).Store(to);
        Vector256.Load(from + 32).Store(to + 32);
        Vector256.Load(from + 64).Store(to + 64);
        Vector256.Load(from + 96).Store(to + 96);
        if (length > MessageLength)
        {
            Unsafe.CopyBlockUnaligned(to + MessageLength, from + MessageLength, (uint)(length - MessageLength));
        }
    }

    private static void CopyRest(byte* to, byte* from, int length)
    {
        if (length > 256)
        {
            Unsafe.CopyBlockUnaligned(to, from, (uint)length);
            return;
        }
        for (var i = 32; i < length; i += 32)
        {
            Vector256.Load(from + i).Store(to + i);
        }
    }
}
