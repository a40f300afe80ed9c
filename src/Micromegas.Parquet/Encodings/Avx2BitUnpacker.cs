using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Micromegas.Parquet.Encodings;

/// <summary>
/// Each 128-bit half of a register gets the bytes of its own values: a byte shuffle moves every value's bytes to its lane, a shift per lane
/// removes the bits before it, a mask those behind it. Values of up to 25 bits fit 32-bit lanes, those of up to 57 bits 64-bit lanes.
/// </summary>
internal sealed unsafe class Avx2BitUnpacker : BitUnpacker
{
    private const int WidestInHalfLane = 25;

    private readonly Step[] narrow = new Step[WidestInHalfLane + 1];
    private readonly Step[] wideLow = new Step[WidestInLane + 1];
    private readonly Step[] wideHigh = new Step[WidestInLane + 1];

    public Avx2BitUnpacker()
    {
        for (var width = 1; width <= WidestInHalfLane; width++)
        {
            narrow[width] = Step.Make(width, 0, 8, 4);
        }
        for (var width = 1; width <= WidestInLane; width++)
        {
            wideLow[width] = Step.Make(width, 0, 4, 8);
            wideHigh[width] = Step.Make(width, 4, 4, 8);
        }
    }

    public override void Unpack32(byte* source, int width, uint* target, int count)
    {
        if (width is 0 or > WidestInHalfLane)
        {
            ScalarBitUnpacker.UnpackNarrow(source, width, target, count);
            return;
        }
        var step = narrow[width];
        var mask = Vector256.Create((1u << width) - 1);
        for (var i = 0; i < count; i += 8)
        {
            var lanes = step.Gather(source).AsUInt32();
            (Avx2.ShiftRightLogicalVariable(lanes, step.Shifts.AsUInt32()) & mask).Store(target + i);
            source += width;
        }
    }

    public override void Unpack64(byte* source, int width, ulong* target, int count)
    {
        if (width is 0 or > WidestInLane)
        {
            ScalarBitUnpacker.UnpackWide(source, width, target, count);
            return;
        }
        var low = wideLow[width];
        var high = wideHigh[width];
        var mask = Vector256.Create((1UL << width) - 1);
        for (var i = 0; i < count; i += 8)
        {
            (Avx2.ShiftRightLogicalVariable(low.Gather(source).AsUInt64(), low.Shifts.AsUInt64()) & mask).Store(target + i);
            (Avx2.ShiftRightLogicalVariable(high.Gather(source).AsUInt64(), high.Shifts.AsUInt64()) & mask).Store(target + i + 4);
            source += width;
        }
    }

    public override void UnpackSums(byte* source, int width, long* target, int count, long last, long offset)
    {
        if (width is 0 or > WidestInLane)
        {
            base.UnpackSums(source, width, target, count, last, offset);
            return;
        }
        var low = wideLow[width];
        var high = wideHigh[width];
        var mask = Vector256.Create((1L << width) - 1);
        var offsets = Vector256.Create(offset);
        var before = Vector256.Create(last);
        for (var i = 0; i < count; i += 8)
        {
            var sums = Sum((Avx2.ShiftRightLogicalVariable(low.Gather(source).AsInt64(), low.Shifts.AsUInt64()) & mask) + offsets);
            (sums + before).Store(target + i);
            before += Avx2.Permute4x64(sums, 0b11_11_11_11);
            sums = Sum((Avx2.ShiftRightLogicalVariable(high.Gather(source).AsInt64(), high.Shifts.AsUInt64()) & mask) + offsets);
            (sums + before).Store(target + i + 4);
            before += Avx2.Permute4x64(sums, 0b11_11_11_11);
            source += width;
        }
    }

    /// <summary>Gives each lane the sum of itself and those in front of it: first of one, then of two more.</summary>
    private static Vector256<long> Sum(Vector256<long> values)
    {
        values += Avx2.Blend(Avx2.Permute4x64(values, 0b10_01_00_00).AsInt32(), Vector256<int>.Zero, 0b0000_0011).AsInt64();
        return values + Avx2.Permute2x128(values, values, 0b0000_1000);
    }

    /// <summary>How one register of values is fetched from a group.</summary>
    private readonly record struct Step(int LowStart, int HighStart, Vector256<byte> Shuffle, Vector256<byte> Shifts)
    {
        /// <param name="width">Bits a value.</param>
        /// <param name="first">First value of the group.</param>
        /// <param name="count">Values, half of them for each half of the register.</param>
        /// <param name="lane">Bytes of a lane.</param>
        public static Step Make(int width, int first, int count, int lane)
        {
            var shuffle = new byte[32];
            var shifts = new byte[32];
            var starts = new[] { first * width / 8, (first + (count / 2)) * width / 8 };
            for (var i = 0; i < count; i++)
            {
                var half = i / (count / 2);
                var bit = (first + i) * width;
                for (var b = 0; b < lane; b++)
                {
                    // Bytes beyond the half's 16 hold no bit of the value (the widths see to that): any byte will do.
                    shuffle[(i * lane) + b] = (byte)Math.Min((bit / 8) + b - starts[half], 15);
                }
                shifts[i * lane] = (byte)(bit % 8);
            }
            return new Step(starts[0], starts[1], Vector256.Create(shuffle), Vector256.Create(shifts));
        }

        public Vector256<byte> Gather(byte* source) =>
            Avx2.Shuffle(Vector256.Create(Vector128.Load(source + LowStart), Vector128.Load(source + HighStart)), Shuffle);
    }
}
