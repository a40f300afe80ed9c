using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Micromegas.Parquet.Encodings;

/// <summary>
/// As <see cref="Avx2BitUnpacker"/>, with a byte permutation over all 64 bytes: 16 values of up to 25 bits or 8 of up to 57 bits a step.
/// </summary>
internal sealed unsafe class Avx512BitUnpacker : BitUnpacker
{
    private const int WidestInHalfLane = 25;

    private readonly Step[] narrow = new Step[WidestInHalfLane + 1];
    private readonly Step[] wide = new Step[WidestInLane + 1];

    /// <summary>Eight values of up to eight bits in each 64-bit lane, and where in the lane each begins.</summary>
    private readonly Step[] bytes = new Step[9];

    public Avx512BitUnpacker()
    {
        for (var width = 1; width <= WidestInHalfLane; width++)
        {
            narrow[width] = Step.Make(width, 16, 4);
        }
        for (var width = 1; width <= WidestInLane; width++)
        {
            wide[width] = Step.Make(width, 8, 8);
        }
        for (var width = 1; width < bytes.Length; width++)
        {
            bytes[width] = Step.MakeBytes(width);
        }
    }

    public static bool IsSupported => Avx512F.IsSupported && Avx512Vbmi.IsSupported;

    public override void UnpackSums(byte* source, int width, long* target, int count, long last, long offset)
    {
        if (width is 0 or > WidestInLane)
        {
            base.UnpackSums(source, width, target, count, last, offset);
            return;
        }
        var step = wide[width];
        var shuffle = step.Shuffle;
        var shifts = step.Shifts.AsUInt64();
        var mask = Vector512.Create((1L << width) - 1);
        var offsets = Vector512.Create(offset);
        var before = Vector512.Create(last);
        var highest = Vector512.Create(7L);
        for (var i = 0; i < count; i += 8)
        {
            var lanes = Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), shuffle).AsInt64();
            // Each lane gets the sum of itself and those in front of it: first of one, then of two, then of four more.
            var sums = (Avx512F.ShiftRightLogicalVariable(lanes, shifts) & mask) + offsets;
            sums += Avx512F.AlignRight64(sums, Vector512<long>.Zero, 7);
            sums += Avx512F.AlignRight64(sums, Vector512<long>.Zero, 6);
            sums += Avx512F.AlignRight64(sums, Vector512<long>.Zero, 4);
            (sums + before).Store(target + i);
            before += Avx512F.PermuteVar8x64(sums, highest);
            source += width;
        }
    }

    public override void Unpack32(byte* source, int width, uint* target, int count)
    {
        if (width == 0)
        {
            ScalarBitUnpacker.UnpackNarrow(source, width, target, count);
            return;
        }
        if (width > WidestInHalfLane)
        {
            UnpackThroughWide(source, width, target, count);
            return;
        }
        var step = narrow[width];
        var shuffle = step.Shuffle;
        var shifts = step.Shifts.AsUInt32();
        var mask = Vector512.Create((1u << width) - 1);
        var i = 0;
        for (; i <= count - 16; i += 16)
        {
            var lanes = Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), shuffle).AsUInt32();
            (Avx512F.ShiftRightLogicalVariable(lanes, shifts) & mask).Store(target + i);
            source += 2 * width;
        }
        if (i < count)
        {
            var lanes = Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), shuffle).AsUInt32();
            (Avx512F.ShiftRightLogicalVariable(lanes, shifts) & mask).GetLower().Store(target + i);
        }
    }

    public override void Unpack64(byte* source, int width, ulong* target, int count)
    {
        if (width is 0 or > WidestInLane)
        {
            ScalarBitUnpacker.UnpackWide(source, width, target, count);
            return;
        }
        var shuffle = wide[width].Shuffle;
        var shifts = wide[width].Shifts.AsUInt64();
        var mask = Vector512.Create((1UL << width) - 1);
        for (var i = 0; i < count; i += 8)
        {
            var lanes = Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), shuffle).AsUInt64();
            (Avx512F.ShiftRightLogicalVariable(lanes, shifts) & mask).Store(target + i);
            source += width;
        }
    }

    public override int CountFew(byte* source, int width, int skip, int count, uint* counts, int values)
    {
        var (shuffle, shifts) = bytes[width];
        var mask = Vector512.Create((byte)((1 << width) - 1));
        var unknown = 0L;
        for (var left = count; left > 0;)
        {
            if (skip == 0 && left >= 4 * 64)
            {
                // Four registers share what a value costs beside comparing.
                var first = UnpackBytes(source, shuffle, shifts, mask);
                var second = UnpackBytes(source + (8 * width), shuffle, shifts, mask);
                var third = UnpackBytes(source + (16 * width), shuffle, shifts, mask);
                var fourth = UnpackBytes(source + (24 * width), shuffle, shifts, mask);
                var value = Vector512<byte>.Zero;
                var found = 0L;
                for (var i = 0; i < values; i++)
                {
                    var equal = CountEqual(first, value) + CountEqual(second, value) + (CountEqual(third, value) + CountEqual(fourth, value));
                    counts[i] += (uint)equal;
                    found += equal;
                    value += Vector512<byte>.One;
                }
                unknown |= found ^ (4 * 64);
                left -= 4 * 64;
                source += 32 * width;
                continue;
            }
            // A bit for each of the 64 that counts.
            var rest = ulong.MaxValue << skip;
            if (skip + left < 64)
            {
                rest &= (1UL << (skip + left)) - 1;
            }
            var some = UnpackBytes(source, shuffle, shifts, mask);
            var wanted = Vector512<byte>.Zero;
            for (var i = 0; i < values; i++)
            {
                var equal = Vector512.Equals(some, wanted).ExtractMostSignificantBits() & rest;
                counts[i] += (uint)BitOperations.PopCount(equal);
                rest ^= equal;
                wanted += Vector512<byte>.One;
            }
            unknown |= (long)rest;
            left -= 64 - skip;
            skip = 0;
            source += 8 * width;
        }
        return unknown == 0 ? count : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> UnpackBytes(byte* source, Vector512<byte> shuffle, Vector512<byte> shifts, Vector512<byte> mask) =>
        Avx512Vbmi.MultiShift(shifts, Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), shuffle).AsUInt64()) & mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long CountEqual(Vector512<byte> values, Vector512<byte> wanted) =>
        BitOperations.PopCount(Vector512.Equals(values, wanted).ExtractMostSignificantBits());

    private void UnpackThroughWide(byte* source, int width, uint* target, int count)
    {
        var shuffle = wide[width].Shuffle;
        var shifts = wide[width].Shifts.AsUInt64();
        var mask = Vector512.Create(width == 32 ? uint.MaxValue : (1UL << width) - 1);
        for (var i = 0; i < count; i += 8)
        {
            var lanes = Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), shuffle).AsUInt64();
            Avx512F.ConvertToVector256UInt32(Avx512F.ShiftRightLogicalVariable(lanes, shifts) & mask).Store(target + i);
            source += width;
        }
    }

    /// <summary>How one register of values is fetched.</summary>
    private readonly record struct Step(Vector512<byte> Shuffle, Vector512<byte> Shifts)
    {
        public static Step Make(int width, int count, int lane)
        {
            var shuffle = new byte[64];
            var shifts = new byte[64];
            for (var i = 0; i < count; i++)
            {
                var bit = i * width;
                for (var b = 0; b < lane; b++)
                {
                    shuffle[(i * lane) + b] = (byte)Math.Min((bit / 8) + b, 63);
                }
                shifts[i * lane] = (byte)(bit % 8);
            }
            return new Step(Vector512.Create(shuffle), Vector512.Create(shifts));
        }

        public static Step MakeBytes(int width)
        {
            var shuffle = new byte[64];
            var shifts = new byte[64];
            for (var i = 0; i < 64; i++)
            {
                shuffle[i] = (byte)((i / 8 * width) + (i % 8));
                shifts[i] = (byte)(i % 8 * width);
            }
            return new Step(Vector512.Create(shuffle), Vector512.Create(shifts));
        }
    }
}
