using System.Runtime.CompilerServices;

namespace Micromegas.Parquet.Encodings;

/// <summary>The variant for machines without wide registers, and the yardstick of the others.</summary>
internal sealed unsafe class ScalarBitUnpacker : BitUnpacker
{
    public override void Unpack32(byte* source, int width, uint* target, int count) => UnpackNarrow(source, width, target, count);

    public override void Unpack64(byte* source, int width, ulong* target, int count) => UnpackWide(source, width, target, count);

    public static void UnpackNarrow(byte* source, int width, uint* target, int count)
    {
        if (width == 0)
        {
            new Span<uint>(target, count).Clear();
            return;
        }
        var mask = (1UL << width) - 1;
        for (var i = 0; i < count; i += 8)
        {
            var bit = 0;
            for (var j = 0; j < 8; j++, bit += width)
            {
                target[i + j] = (uint)((Unsafe.ReadUnaligned<ulong>(source + (bit >> 3)) >> (bit & 7)) & mask);
            }
            source += width;
        }
    }

    public static void UnpackWide(byte* source, int width, ulong* target, int count)
    {
        if (width == 0)
        {
            new Span<ulong>(target, count).Clear();
            return;
        }
        var mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        for (var i = 0; i < count; i += 8)
        {
            var bit = 0;
            for (var j = 0; j < 8; j++, bit += width)
            {
                var from = source + (bit >> 3);
                var shift = bit & 7;
                var value = Unsafe.ReadUnaligned<ulong>(from) >> shift;
                if (shift + width > 64)
                {
                    value |= (ulong)from[8] << (64 - shift);
                }
                target[i + j] = value & mask;
            }
            source += width;
        }
    }
}
