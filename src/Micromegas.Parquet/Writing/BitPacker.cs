using System.Numerics;

namespace Micromegas.Parquet.Writing;

/// <summary>Packs integers one behind the other, the lowest bits first (the counterpart of <see cref="Encodings.BitUnpacker"/>).</summary>
internal static unsafe class BitPacker
{
    private const int GroupSize = 8;

    /// <summary>A group is written in whole words, which may reach this far behind it.</summary>
    private const int Slack = 16;

    /// <param name="values">The values, none wider than <paramref name="width"/>.</param>
    /// <param name="width">Bits of a value, at most those of its type.</param>
    /// <param name="count">Values to write, a multiple of 8; those missing are 0.</param>
    /// <param name="output">Takes the bytes.</param>
    public static void Pack<T>(ReadOnlySpan<T> values, int width, int count, ByteBuffer output)
        where T : unmanaged, IBinaryInteger<T>
    {
        var size = (int)((long)count * width / 8);
        var target = output.GetSpan(size + Slack);
        var whole = values.Length & -GroupSize;
        fixed (T* from = values)
        fixed (byte* to = target)
        {
            PackGroups(from, whole, width, to);
            if (whole < count)
            {
                var end = to + (whole / GroupSize * width);
                new Span<byte>(end, (int)(to + size - end)).Clear();
                if (whole < values.Length)
                {
                    var last = stackalloc T[GroupSize];
                    values[whole..].CopyTo(new Span<T>(last, GroupSize));
                    // The words behind the group are zeros too.
                    PackGroups(last, GroupSize, width, end);
                }
            }
        }
        output.Advance(size);
    }

    private static void PackGroups<T>(T* values, int count, int width, byte* target)
        where T : unmanaged, IBinaryInteger<T>
    {
        switch (width)
        {
            case 0:
                break;
            case <= 16:
                PackHalves(values, count, width, target);
                break;
            case <= 32:
                PackPairs(values, count, width, target);
                break;
            default:
                PackSingly(values, count, width, target);
                break;
        }
    }

    /// <summary>Four values fit a word, a group two.</summary>
    private static void PackHalves<T>(T* values, int count, int width, byte* target)
        where T : unmanaged, IBinaryInteger<T>
    {
        var half = 4 * width;
        for (var end = values + count; values < end; values += GroupSize)
        {
            var low = Word(values[0]) | (Word(values[1]) << width) | (Word(values[2]) << (2 * width)) | (Word(values[3]) << (3 * width));
            var high = Word(values[4]) | (Word(values[5]) << width) | (Word(values[6]) << (2 * width)) | (Word(values[7]) << (3 * width));
            // In two shifts, since one by 64 would be one by 0.
            Write(target, low | (high << (half - 1) << 1));
            Write(target + 8, high >> (64 - half));
            target += width;
        }
    }

    private static void PackPairs<T>(T* values, int count, int width, byte* target)
        where T : unmanaged, IBinaryInteger<T>
    {
        var pair = 2 * width;
        ulong pending = 0;
        var bits = 0;
        for (var end = values + count; values < end; values += 2)
        {
            var both = Word(values[0]) | (Word(values[1]) << width);
            pending |= both << bits;
            bits += pair;
            if (bits >= 64)
            {
                Write(target, pending);
                target += 8;
                bits -= 64;
                // What did not fit; the shift is by 1 to 64.
                pending = both >> (pair - bits - 1) >> 1;
            }
        }
        Write(target, pending);
    }

    private static void PackSingly<T>(T* values, int count, int width, byte* target)
        where T : unmanaged, IBinaryInteger<T>
    {
        ulong pending = 0;
        var bits = 0;
        for (var end = values + count; values < end; values++)
        {
            var value = Word(*values);
            pending |= value << bits;
            bits += width;
            if (bits >= 64)
            {
                Write(target, pending);
                target += 8;
                bits -= 64;
                pending = value >> (width - bits - 1) >> 1;
            }
        }
        Write(target, pending);
    }

    private static ulong Word<T>(T value)
        where T : IBinaryInteger<T> => ulong.CreateTruncating(value);

    private static void Write(byte* target, ulong word) => System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(new Span<byte>(target, 8), word);
}
