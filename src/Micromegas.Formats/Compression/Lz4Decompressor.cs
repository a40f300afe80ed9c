using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Micromegas.Formats;

/// <summary>Decoder of LZ4 blocks. Unchecked 16-byte copies wherever both ends leave room, exact copies near the ends.</summary>
internal static unsafe class Lz4Decompressor
{
    private const int MinMatch = 4;

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
