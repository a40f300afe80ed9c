using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Micromegas.Formats;

/// <summary>
/// Decoder of LZ4 blocks. Unchecked copies of fixed size wherever both ends leave room, exact copies near the ends. What a sequence costs is mostly branches that were
/// guessed wrong, and which ones can be guessed depends on the data: a sample of them, taken anew every few pages, tells which of three loops decodes what follows.
/// </summary>
internal static unsafe class Lz4Decompressor
{
    private const int MinMatch = 4;

    /// <summary>Offset of the matches in columns of 64-bit numbers whose neighbours share bytes, such as times.</summary>
    private const int Period = 8;

    /// <summary>Input that the fast loop leaves alone behind a sequence's start and literals: its copies may read this far.</summary>
    private const int InputRoom = 80;

    /// <summary>Output that the fast loop may touch behind literals and behind a match.</summary>
    private const int OutputRoom = 128;

    /// <summary>Literals and matches whose length takes more than one further byte are left to the checked loop.</summary>
    private const int LongestLiterals = 15 + 254, LongestMatch = LongestLiterals + MinMatch;

    /// <summary>Bytes of output that are looked at, and for which the outcome then holds.</summary>
    private const int SampleLength = 3072, SegmentLength = 128 * 1024;

    /// <summary>Decodes until at least <paramref name="wanted"/> bytes are written, or to the end of the block.</summary>
    /// <param name="source">The block.</param>
    /// <param name="sourceLength">Its length.</param>
    /// <param name="destination">Where matches may reach back to.</param>
    /// <param name="capacity">Length of the destination, all of which may be overwritten from where the writing stands.</param>
    /// <param name="wanted">Length of the destination at which the decoding may stop; beyond the capacity to see the block's end.</param>
    /// <param name="progress">Where it begins and, in the end, stands.</param>
    public static void Decompress(byte* source, int sourceLength, byte* destination, int capacity, int wanted, ref Lz4Progress progress)
    {
        byte* input = source + progress.Read;
        byte* inputEnd = source + sourceLength;
        byte* output = destination + progress.Written;
        byte* outputEnd = destination + capacity;
        byte* stop = destination + wanted;
        byte* segmentEnd = output;
        Lz4Loop loop = Lz4Loop.Sampling;
        Lz4Sample sample = default;

        while (output < stop)
        {
            if (inputEnd - input > InputRoom && outputEnd - output > OutputRoom)
            {
                if (output >= segmentEnd)
                {
                    loop = loop == Lz4Loop.Sampling && sample.Sequences > 0 ? sample.Next() : Lz4Loop.Sampling;
                    sample = default;
                    segmentEnd = output + Math.Min(loop == Lz4Loop.Sampling ? SampleLength : SegmentLength, outputEnd - output);
                }

                byte* inputLimit = inputEnd - InputRoom;
                byte* limit = outputEnd - OutputRoom;
                limit = limit < segmentEnd ? limit : segmentEnd;
                limit = limit < stop ? limit : stop;
                switch (loop)
                {
                    case Lz4Loop.Plain:
                        DecodeFast<Lz4PlainSequences>(ref input, inputLimit, ref output, limit, destination, ref sample);
                        break;
                    case Lz4Loop.LongMatches:
                        DecodeFast<Lz4LongMatches>(ref input, inputLimit, ref output, limit, destination, ref sample);
                        break;
                    case Lz4Loop.Periodic:
                        DecodeFast<Lz4PeriodicMatches>(ref input, inputLimit, ref output, limit, destination, ref sample);
                        break;
                    default:
                        DecodeFast<Lz4SampledSequences>(ref input, inputLimit, ref output, limit, destination, ref sample);
                        break;
                }
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
                progress.IsComplete = true;
                break;
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

        progress.Read = (int)(input - source);
        progress.Written = (int)(output - destination);
    }

    /// <summary>
    /// Decodes sequences as long as both ends are far away, and stops in front of one that is long or damaged. It calls nothing, so that all positions stay in
    /// registers, and asks little: what lies within the rooms that are left behind the limits needs no check.
    /// </summary>
    /// <param name="inputAt">Start of a sequence.</param>
    /// <param name="inputLimit">The block's end less <see cref="InputRoom"/>.</param>
    /// <param name="outputAt">Where its literals go.</param>
    /// <param name="outputLimit">No sequence begins behind it; at most the destination's end less <see cref="OutputRoom"/>.</param>
    /// <param name="first">The first byte that matches may reach.</param>
    /// <param name="sample">Counts what is met, where the kind is for that.</param>
    private static void DecodeFast<TSequences>(ref byte* inputAt, byte* inputLimit, ref byte* outputAt, byte* outputLimit, byte* first, ref Lz4Sample sample)
        where TSequences : struct, ILz4Sequences
    {
        byte* input = inputAt;
        byte* output = outputAt;
        int sequences = 0, longMatches = 0, fewLiterals = 0, periodicMatches = 0;
        ref byte patterns = ref MemoryMarshal.GetReference(OverlappingCopy.RepeatPatterns);
        while (true)
        {
            inputAt = input;
            outputAt = output;
            if (input >= inputLimit || output >= outputLimit)
            {
                break;
            }

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
                length += *input++;
                if (length > LongestLiterals || length > inputLimit - input || length > outputLimit - output)
                {
                    break;
                }

                // Most end within 64 bytes, which then takes no branch that depends on their number.
                OverlappingCopy.Copy32(output, input);
                OverlappingCopy.Copy32(output + 32, input + 32);
                byte* from = input;
                byte* to = output;
                input += length;
                output += length;
                for (; output - to > 64; to += 32, from += 32)
                {
                    OverlappingCopy.Copy32(to + 64, from + 64);
                }
            }

            nint offset = ReadUInt16(input);
            input += 2;
            byte* match = output - offset;
            if (match < first)
            {
                break;
            }

            length = token & 15;
            if (TSequences.IsSampled)
            {
                sequences++;
                longMatches += length == 15 ? 1 : 0;
                fewLiterals += token < Period << 4 ? 1 : 0;
                periodicMatches += offset == Period ? 1 : 0;
            }

            if (TSequences.HasLongMatches)
            {
                // Whether there is another byte of length is a coin's toss in texts.
                uint isLong = (uint)(length + 1) >> 4;
                length += (*input & (0 - isLong)) + MinMatch;
                input += isLong;
                if (length > LongestMatch || (length > 48 && length > outputLimit - output))
                {
                    break;
                }

                if (offset >= 16)
                {
                    OverlappingCopy.Copy16(output, match);
                    OverlappingCopy.Copy16(output + 16, match + 16);
                    OverlappingCopy.Copy16(output + 32, match + 32);
                    byte* to = output;
                    output += length;
                    for (; output - to > 48; to += 16, match += 16)
                    {
                        OverlappingCopy.Copy16(to + 48, match + 48);
                    }

                    continue;
                }
            }
            else if (length < 15)
            {
                length += MinMatch;
                if (TSequences.HasPeriods ? offset > Period : offset >= Period)
                {
                    // At most 18 bytes; steps of eight read only what is already there.
                    OverlappingCopy.Copy8(output, match);
                    OverlappingCopy.Copy8(output + 8, match + 8);
                    Unsafe.WriteUnaligned(output + 16, Unsafe.ReadUnaligned<ushort>(match + 16));
                    output += length;
                    continue;
                }

                if (TSequences.HasPeriods && offset == Period)
                {
                    RepeatPeriod(ref input, inputLimit, ref output, outputLimit, (int)length);
                    continue;
                }
            }
            else
            {
                length += *input++ + MinMatch;
                if (length > LongestMatch || length > outputLimit - output)
                {
                    break;
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
                break;
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

        if (TSequences.IsSampled)
        {
            sample = new Lz4Sample(sample.Sequences + sequences, sample.LongMatches + longMatches, sample.FewLiterals + fewLiterals, sample.PeriodicMatches + periodicMatches);
        }
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
