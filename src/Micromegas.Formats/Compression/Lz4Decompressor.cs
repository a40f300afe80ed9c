using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Micromegas.Formats;

/// <summary>Decoder of LZ4 blocks. Unchecked 16-byte copies wherever both ends leave room, exact copies near the ends.</summary>
internal static unsafe class Lz4Decompressor
{
    private const int MinMatch = 4;

    /// <summary>Offset of the matches in columns of 64-bit numbers whose neighbours share bytes, such as times.</summary>
    private const int Period = 8;

    /// <summary>Output that a sequence in <see cref="RepeatPeriod"/> may touch: literals and match as whole words.</summary>
    private const int PeriodicRoom = 64;

    public static int Decompress(byte* source, int sourceLength, byte* destination, int prefix, int capacity)
    {
        byte* input = source;
        byte* inputEnd = source + sourceLength;
        byte* output = destination + prefix;
        byte* outputEnd = destination + capacity;

        while (true)
        {
            if (input >= inputEnd)
            {
                CorruptDataException.Throw("LZ4 block ends without its last literals", input - source);
            }

            uint token = *input++;
            nint length = (nint)(token >> 4);
            if (length < 15 && inputEnd - input >= 18 && outputEnd - output >= 16)
            {
                // At most 14 literals and the offset lie within the 18 bytes just proven.
                OverlappingCopy.Copy16(output, input);
                output += length;
                input += length;
            }
            else
            {
                if (length == 15)
                {
                    length += ReadLength(input, inputEnd, source, out byte* literals);
                    input = literals;
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
            }

            nint offset = ReadUInt16(input);
            input += 2;
            if (offset == 0 || offset > output - destination)
            {
                CorruptDataException.Throw("LZ4 match offset is 0 or points before the data", input - 2 - source);
            }

            length = (nint)(token & 15);
            if (length < 15 && offset == Period && BitConverter.IsLittleEndian && outputEnd - output >= PeriodicRoom && ContinuesPeriod(input, inputEnd))
            {
                // Copies, so that the positions of this loop stay in registers.
                byte* periodicInput = input;
                byte* periodicOutput = output;
                RepeatPeriod(ref periodicInput, inputEnd, ref periodicOutput, outputEnd, (int)length + MinMatch);
                input = periodicInput;
                output = periodicOutput;
                continue;
            }

            if (length < 15 && offset >= 8 && outputEnd - output >= 24)
            {
                // At most 18 bytes; steps of eight read only what is already there.
                byte* match = output - offset;
                OverlappingCopy.Copy8(output, match);
                OverlappingCopy.Copy8(output + 8, match + 8);
                OverlappingCopy.Copy8(output + 16, match + 16);
                output += length + MinMatch;
                continue;
            }

            if (length == 15)
            {
                length += ReadLength(input, inputEnd, source, out byte* next);
                input = next;
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

    /// <summary>Whether the sequence behind a match is short and reaches eight bytes back as well.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool ContinuesPeriod(byte* input, byte* inputEnd)
    {
        if (inputEnd - input < 16)
        {
            return false;
        }

        int literals = *input >> 4;
        return literals <= Period && ReadUInt16(input + 1 + literals) == Period;
    }

    /// <summary>
    /// Goes on with short sequences as long as their matches reach eight bytes back. The last eight bytes stay in a register: reading them back from where they
    /// were just written in parts would stall every sequence.
    /// </summary>
    /// <param name="inputAt">Behind the offset of the first match.</param>
    /// <param name="inputEnd">End of the block.</param>
    /// <param name="outputAt">Where the first match goes.</param>
    /// <param name="outputEnd">End of the destination, at least <see cref="PeriodicRoom"/> bytes away.</param>
    /// <param name="length">Length of the first match, at most 18.</param>
    private static void RepeatPeriod(ref byte* inputAt, byte* inputEnd, ref byte* outputAt, byte* outputEnd, int length)
    {
        byte* input = inputAt;
        byte* output = outputAt;
        // Token, a word of literals and the offset lie before the input's end; two words and the match's three fit the output.
        byte* inputLimit = inputEnd - 16;
        byte* outputLimit = outputEnd - PeriodicRoom;
        ulong last = Unsafe.ReadUnaligned<ulong>(output - Period);
        while (true)
        {
            Unsafe.WriteUnaligned(output, last);
            Unsafe.WriteUnaligned(output + 8, last);
            Unsafe.WriteUnaligned(output + 16, last);
            output += length;
            last = BitOperations.RotateRight(last, 8 * length);
            if (input >= inputLimit || output > outputLimit)
            {
                break;
            }

            uint token = *input;
            int literals = (int)(token >> 4);
            length = (int)(token & 15);
            if (literals > Period || length == 15 || ReadUInt16(input + 1 + literals) != Period)
            {
                break;
            }

            ulong word = Unsafe.ReadUnaligned<ulong>(input + 1);
            Unsafe.WriteUnaligned(output, word);
            // Two half shifts each, since a shift by 64 would be one by 0.
            int kept = 4 * literals;
            last = (last >> kept >> kept) | (word << (32 - kept) << (32 - kept));
            input += literals + 3;
            output += literals;
            length += MinMatch;
        }

        inputAt = input;
        outputAt = output;
    }

    // The position goes in and out by value: a reference to it would keep it out of a register in the loop above.
    private static nint ReadLength(byte* input, byte* inputEnd, byte* source, out byte* next)
    {
        nint length = 0;
        while (input < inputEnd)
        {
            byte part = *input++;
            length += part;
            if (part != 255)
            {
                next = input;
                return length;
            }

            if (length > int.MaxValue - 1024)
            {
                break;
            }
        }

        CorruptDataException.Throw("LZ4 length is cut or too large", input - source);
        next = input;
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint ReadUInt16(byte* at)
    {
        ushort value = Unsafe.ReadUnaligned<ushort>(at);
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }
}
