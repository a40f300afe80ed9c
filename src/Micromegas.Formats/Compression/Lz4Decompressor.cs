using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Micromegas.Formats;

/// <summary>Decoder of LZ4 blocks. Unchecked 16-byte copies wherever both ends leave room, exact copies near the ends.</summary>
internal static unsafe class Lz4Decompressor
{
    private const int MinMatch = 4;

    /// <summary>Offset of the matches in columns of 64-bit numbers whose neighbours share bytes, such as times.</summary>
    private const int Period = 8;

    /// <summary>Input that the fast loop leaves alone behind a sequence's start and literals: its copies may read this far.</summary>
    private const int InputRoom = 48;

    /// <summary>Output that the fast loop may touch behind literals and behind a match.</summary>
    private const int OutputRoom = 64;

    /// <summary>Longer literals are copied by the runtime.</summary>
    private const int LongLiterals = 1024;

    public static int Decompress(byte* source, int sourceLength, byte* destination, int prefix, int capacity)
    {
        byte* input = source;
        byte* inputEnd = source + sourceLength;
        byte* output = destination + prefix;
        byte* outputEnd = destination + capacity;

        while (true)
        {
            if (inputEnd - input > InputRoom && outputEnd - output > OutputRoom)
            {
                DecodeFast(ref input, inputEnd - InputRoom, ref output, outputEnd - OutputRoom, destination);
            }

            // What the loop above leaves is near an end, long, or damaged: one sequence with every check.
            if (input >= inputEnd)
            {
                CorruptDataException.Throw("LZ4 block ends without its last literals", input - source);
            }

            uint token = *input++;
            nint length = (nint)(token >> 4);
            if (length == 15)
            {
                length += ReadLength(ref input, inputEnd, source);
            }

            if (length > inputEnd - input)
            {
                CorruptDataException.Throw("LZ4 literals run beyond the block", input - source);
            }

            if (length > outputEnd - output)
            {
                CorruptDataException.Throw("LZ4 block decompresses to more than expected", input - source);
            }

            Unsafe.CopyBlockUnaligned(output, input, (uint)length);
            output += length;
            input += length;
            if (input == inputEnd)
            {
                return (int)(output - destination) - prefix;
            }

            if (inputEnd - input < 2)
            {
                CorruptDataException.Throw("LZ4 block is cut in a match offset", input - source);
            }

            nint offset = ReadUInt16(input);
            input += 2;
            if (offset == 0 || offset > output - destination)
            {
                CorruptDataException.Throw("LZ4 match offset is 0 or points before the data", input - 2 - source);
            }

            length = (nint)(token & 15);
            if (length == 15)
            {
                length += ReadLength(ref input, inputEnd, source);
            }

            length += MinMatch;
            nint room = (nint)(outputEnd - output);
            if (length > room)
            {
                CorruptDataException.Throw("LZ4 block decompresses to more than expected", input - source);
            }

            if (room - length >= OverlappingCopy.Slack)
            {
                OverlappingCopy.Wild(output, offset, length);
            }
            else
            {
                OverlappingCopy.Exact(output, offset, length);
            }

            output += length;
        }
    }

    /// <summary>
    /// Decodes sequences as long as both ends are far away, and stops in front of one that is long or damaged. It calls nothing, so that all positions stay in
    /// registers, and asks little: what lies within the rooms that are left behind the limits needs no check.
    /// </summary>
    /// <param name="inputAt">Start of a sequence.</param>
    /// <param name="inputLimit">The block's end less <see cref="InputRoom"/>.</param>
    /// <param name="outputAt">Where its literals go.</param>
    /// <param name="outputLimit">The destination's end less <see cref="OutputRoom"/>.</param>
    /// <param name="first">The first byte that matches may reach.</param>
    private static void DecodeFast(ref byte* inputAt, byte* inputLimit, ref byte* outputAt, byte* outputLimit, byte* first)
    {
        byte* input = inputAt;
        byte* output = outputAt;
        ref byte patterns = ref MemoryMarshal.GetReference(OverlappingCopy.RepeatPatterns);
        while (input < inputLimit && output < outputLimit)
        {
            inputAt = input;
            outputAt = output;
            uint token = *input++;
            long length = token >> 4;
            if (length < 15)
            {
                OverlappingCopy.Copy16(output, input);
                output += length;
                input += length;
            }
            else
            {
                uint part;
                do
                {
                    part = *input++;
                    length += part;
                }
                while (part == 255 && input < inputLimit);
                if (length > LongLiterals || length > inputLimit - input || length > outputLimit - output)
                {
                    return;
                }

                byte* from = input;
                byte* to = output;
                input += length;
                output += length;
                do
                {
                    Unsafe.WriteUnaligned(to, Unsafe.ReadUnaligned<Vector256<byte>>(from));
                    to += 32;
                    from += 32;
                }
                while (to < output);
            }

            nint offset = ReadUInt16(input);
            input += 2;
            byte* match = output - offset;
            if (match < first)
            {
                return;
            }

            length = token & 15;
            if (length < 15)
            {
                length += MinMatch;
                if (offset > Period)
                {
                    // At most 18 bytes; steps of eight read only what is already there.
                    OverlappingCopy.Copy8(output, match);
                    OverlappingCopy.Copy8(output + 8, match + 8);
                    Unsafe.WriteUnaligned(output + 16, Unsafe.ReadUnaligned<ushort>(match + 16));
                    output += length;
                    continue;
                }

                if (offset == Period)
                {
                    RepeatPeriod(ref input, inputLimit, ref output, outputLimit, (int)length);
                    continue;
                }
            }
            else
            {
                uint part;
                do
                {
                    part = *input++;
                    length += part;
                }
                while (part == 255 && input < inputLimit);
                length += MinMatch;
                if (part == 255 || length > outputLimit - output)
                {
                    return;
                }

                if (offset >= 16)
                {
                    byte* to = output;
                    output += length;
                    do
                    {
                        OverlappingCopy.Copy16(to, match);
                        OverlappingCopy.Copy16(to + 16, match + 16);
                        to += 32;
                        match += 32;
                    }
                    while (to < output);
                    continue;
                }
            }

            if (offset == 0)
            {
                return;
            }

            // A short period: 16 bytes of it at once, as many as it fits into them.
            Vector128<byte> repeated = Vector128.ShuffleNative(
                Unsafe.ReadUnaligned<Vector128<byte>>(match), Vector128.LoadUnsafe(ref patterns, (nuint)(offset * 16)));
            nint step = OverlappingCopy.RepeatSteps[(int)offset];
            byte* at = output;
            output += length;
            do
            {
                Unsafe.WriteUnaligned(at, repeated);
                at += step;
            }
            while (at < output);
        }

        inputAt = input;
        outputAt = output;
    }

    /// <summary>
    /// Writes a short match that reaches eight bytes back, and goes on with short sequences as long as their matches do so too. The last eight bytes stay in a
    /// register: reading them back from where they were just written in parts would stall every sequence.
    /// </summary>
    /// <param name="input">Behind the offset of the first match.</param>
    /// <param name="inputLimit">As in the loop above, which it belongs to.</param>
    /// <param name="output">Where the first match goes.</param>
    /// <param name="outputLimit">As in the loop above.</param>
    /// <param name="length">Length of the first match, at most 18.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RepeatPeriod(ref byte* input, byte* inputLimit, ref byte* output, byte* outputLimit, int length)
    {
        ulong last = Unsafe.ReadUnaligned<ulong>(output - Period);
        while (true)
        {
            Unsafe.WriteUnaligned(output, last);
            Unsafe.WriteUnaligned(output + 8, last);
            Unsafe.WriteUnaligned(output + 16, last);
            output += length;
            last = RotateBytes(last, length);
            if (input >= inputLimit || output >= outputLimit)
            {
                return;
            }

            uint token = *input;
            int literals = (int)(token >> 4);
            length = (int)(token & 15);
            if (literals > Period || length == 15 || ReadUInt16(input + 1 + literals) != Period)
            {
                return;
            }

            ulong word = Unsafe.ReadUnaligned<ulong>(input + 1);
            Unsafe.WriteUnaligned(output, word);
            last = ReplaceOldest(last, word, literals);
            input += literals + 3;
            output += literals;
            length += MinMatch;
        }
    }

    /// <summary>The last eight bytes after <paramref name="count"/> more of a text that repeats them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong RotateBytes(ulong last, int count) =>
        BitConverter.IsLittleEndian ? BitOperations.RotateRight(last, 8 * count) : BitOperations.RotateLeft(last, 8 * count);

    /// <summary>The last eight bytes after up to eight of <paramref name="word"/>. Two half shifts each, since a shift by 64 would be one by 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReplaceOldest(ulong last, ulong word, int count)
    {
        int half = 4 * count;
        return BitConverter.IsLittleEndian
            ? (last >> half >> half) | (word << (32 - half) << (32 - half))
            : (last << half << half) | (word >> (32 - half) >> (32 - half));
    }

    private static nint ReadLength(ref byte* input, byte* inputEnd, byte* source)
    {
        nint length = 0;
        while (input < inputEnd)
        {
            byte part = *input++;
            length += part;
            if (part != 255)
            {
                return length;
            }

            if (length > int.MaxValue - 1024)
            {
                break;
            }
        }

        CorruptDataException.Throw("LZ4 length is cut or too large", input - source);
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint ReadUInt16(byte* at)
    {
        ushort value = Unsafe.ReadUnaligned<ushort>(at);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }
}
