using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Micromegas.Formats;

/// <summary>The raw Snappy format (no framing), as Parquet uses it.</summary>
/// <remarks>Format: "Snappy compressed format description" of the Snappy project. Thread-safe; allocates nothing.</remarks>
public static unsafe class SnappyBlock
{
    private const int FragmentLength = 1 << 16;
    private const int MaxHashBits = 13;
    private const int InputMargin = 15;

    /// <summary>Bytes that <paramref name="length"/> incompressible bytes may need.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or the result does not fit.</exception>
    public static int MaxCompressedLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        long needed = 32L + length + length / 6;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(needed, Array.MaxLength, nameof(length));
        return (int)needed;
    }

    /// <summary>Reads the decompressed length that precedes the data.</summary>
    /// <exception cref="CorruptDataException">There is no valid length, or it is above 2³¹ − 1.</exception>
    public static int GetDecompressedLength(ReadOnlySpan<byte> source) => ReadLength(source, out _);

    /// <summary>Compresses into <paramref name="destination"/> and returns the number of bytes written.</summary>
    /// <param name="source">Any bytes, also none; must not overlap the destination.</param>
    /// <param name="destination">At least <see cref="MaxCompressedLength"/> bytes; those beyond the result may be overwritten too.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (destination.Length < MaxCompressedLength(source.Length))
        {
            throw new ArgumentException("The destination must hold MaxCompressedLength(source.Length) bytes.", nameof(destination));
        }

        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            byte* output = to;
            uint rest = (uint)source.Length;
            for (; rest >= 0x80; rest >>= 7)
            {
                *output++ = (byte)(rest | 0x80);
            }

            *output++ = (byte)rest;
            ushort* table = stackalloc ushort[1 << MaxHashBits];
            for (int start = 0; start < source.Length; start += FragmentLength)
            {
                int length = Math.Min(FragmentLength, source.Length - start);
                new Span<ushort>(table, 1 << MaxHashBits).Clear();
                output = CompressFragment(from + start, length, output, table);
            }

            return (int)(output - to);
        }
    }

    /// <summary>Decompresses the whole of <paramref name="source"/> and returns the number of bytes written.</summary>
    /// <param name="source">Length and data.</param>
    /// <param name="destination">At least <see cref="GetDecompressedLength"/> bytes; those beyond the result may be overwritten too.</param>
    /// <exception cref="CorruptDataException">The data is malformed or does not fit the destination.</exception>
    public static int Decompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        int length = ReadLength(source, out int header);
        if (length > destination.Length)
        {
            CorruptDataException.Throw("Snappy data decompresses to more than expected", 0);
        }

        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            // The declared length is the bound for the data; the slack beyond it may be scratched.
            DecompressElements(from, from + header, from + source.Length, to, to + length, to + destination.Length);
            return length;
        }
    }

    private static int ReadLength(ReadOnlySpan<byte> source, out int header)
    {
        ulong length = 0;
        for (header = 0; header < source.Length && header < 5;)
        {
            byte part = source[header];
            length |= (ulong)(part & 0x7F) << (7 * header);
            header++;
            if (part < 0x80)
            {
                if (length > int.MaxValue)
                {
                    break;
                }

                return (int)length;
            }
        }

        CorruptDataException.Throw("Snappy data has no valid length", header);
        return 0;
    }

    private static void DecompressElements(byte* source, byte* input, byte* inputEnd, byte* destination, byte* outputEnd, byte* scratchEnd)
    {
        byte* output = destination;
        while (input < inputEnd)
        {
            uint tag = *input++;
            nint length = (nint)(tag >> 2) + 1;
            if ((tag & 3) == 0)
            {
                if (length <= 16 && inputEnd - input >= 16 && scratchEnd - output >= 16 && length <= outputEnd - output)
                {
                    OverlappingCopy.Copy16(output, input);
                }
                else
                {
                    if (length > 60)
                    {
                        int bytes = (int)length - 60;
                        length = (nint)ReadLittleEndian(input, inputEnd, bytes, source) + 1;
                        input += bytes;
                    }

                    if (length > inputEnd - input || length > outputEnd - output)
                    {
                        CorruptDataException.Throw("Snappy literal runs beyond the data", input - source);
                    }

                    Unsafe.CopyBlockUnaligned(output, input, (uint)length);
                }

                input += length;
                output += length;
                continue;
            }

            int offsetBytes = (int)(tag & 3);
            nint offset;
            if (offsetBytes == 1)
            {
                length = (nint)((tag >> 2) & 7) + 4;
                offset = (nint)(((tag >> 5) << 8) | ReadLittleEndian(input, inputEnd, 1, source));
            }
            else
            {
                offsetBytes = offsetBytes == 2 ? 2 : 4;
                offset = (nint)ReadLittleEndian(input, inputEnd, offsetBytes, source);
            }

            input += offsetBytes;
            if (offset <= 0 || offset > output - destination || length > outputEnd - output)
            {
                CorruptDataException.Throw("Snappy copy points before the data or runs beyond it", input - source);
            }

            if (length <= 16 && offset >= 8 && scratchEnd - output >= 16)
            {
                byte* match = output - offset;
                OverlappingCopy.Copy8(output, match);
                OverlappingCopy.Copy8(output + 8, match + 8);
            }
            else if (scratchEnd - output - length >= OverlappingCopy.Slack)
            {
                OverlappingCopy.Wild(output, offset, length);
            }
            else
            {
                OverlappingCopy.Exact(output, offset, length);
            }

            output += length;
        }

        if (output != outputEnd)
        {
            CorruptDataException.Throw("Snappy data ends before its declared length", input - source);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadLittleEndian(byte* input, byte* inputEnd, int bytes, byte* source)
    {
        if (inputEnd - input >= 4)
        {
            uint word = Unsafe.ReadUnaligned<uint>(input);
            word = BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
            return (uint)(word & ((1UL << (8 * bytes)) - 1));
        }

        return ReadLastLittleEndian(input, inputEnd, bytes, source);
    }

    private static uint ReadLastLittleEndian(byte* input, byte* inputEnd, int bytes, byte* source)
    {
        if (inputEnd - input < bytes)
        {
            CorruptDataException.Throw("Snappy element is cut", input - source);
        }

        uint value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value |= (uint)input[i] << (8 * i);
        }

        return value;
    }

    private static byte* CompressFragment(byte* fragment, int length, byte* output, ushort* table)
    {
        byte* inputEnd = fragment + length;
        byte* anchor = fragment;
        if (length >= InputMargin)
        {
            byte* searchEnd = inputEnd - InputMargin;
            byte* input = fragment + 1;
            while (true)
            {
                byte* match;
                uint misses = 32;
                while (true)
                {
                    if (input > searchEnd)
                    {
                        return WriteLiteral(anchor, (int)(inputEnd - anchor), output);
                    }

                    uint hash = Hash(input);
                    match = fragment + table[hash];
                    table[hash] = (ushort)(input - fragment);
                    if (Unsafe.ReadUnaligned<uint>(match) == Unsafe.ReadUnaligned<uint>(input))
                    {
                        break;
                    }

                    input += misses++ >> 5;
                }

                output = WriteLiteral(anchor, (int)(input - anchor), output);
                do
                {
                    int matched = 4 + CountEqual(input + 4, match + 4, inputEnd);
                    output = WriteCopy((int)(input - match), matched, output);
                    input += matched;
                    anchor = input;
                    if (input > searchEnd)
                    {
                        return WriteLiteral(anchor, (int)(inputEnd - anchor), output);
                    }

                    table[Hash(input - 1)] = (ushort)(input - 1 - fragment);
                    uint hash = Hash(input);
                    match = fragment + table[hash];
                    table[hash] = (ushort)(input - fragment);
                }
                while (Unsafe.ReadUnaligned<uint>(match) == Unsafe.ReadUnaligned<uint>(input));
                input++;
            }
        }

        return WriteLiteral(anchor, (int)(inputEnd - anchor), output);
    }

    private static byte* WriteLiteral(byte* literal, int length, byte* output)
    {
        if (length == 0)
        {
            return output;
        }

        int last = length - 1;
        if (last < 60)
        {
            *output++ = (byte)(last << 2);
        }
        else if (last < 256)
        {
            *output++ = 60 << 2;
            *output++ = (byte)last;
        }
        else
        {
            // A fragment has at most 65,536 bytes, so two length bytes are enough.
            *output++ = 61 << 2;
            *output++ = (byte)last;
            *output++ = (byte)(last >> 8);
        }

        Unsafe.CopyBlockUnaligned(output, literal, (uint)length);
        return output + length;
    }

    private static byte* WriteCopy(int offset, int length, byte* output)
    {
        while (length >= 68)
        {
            output = WriteTwoByteCopy(offset, 64, output);
            length -= 64;
        }

        if (length > 64)
        {
            // Leaves at least four bytes for the last copy.
            output = WriteTwoByteCopy(offset, 60, output);
            length -= 60;
        }

        if (length >= 12 || offset >= 2048)
        {
            return WriteTwoByteCopy(offset, length, output);
        }

        *output++ = (byte)(1 | ((length - 4) << 2) | ((offset >> 8) << 5));
        *output++ = (byte)offset;
        return output;
    }

    private static byte* WriteTwoByteCopy(int offset, int length, byte* output)
    {
        *output++ = (byte)(2 | ((length - 1) << 2));
        *output++ = (byte)offset;
        *output++ = (byte)(offset >> 8);
        return output;
    }

    private static int CountEqual(byte* left, byte* right, byte* leftEnd)
    {
        byte* start = left;
        while (leftEnd - left >= 8)
        {
            ulong difference = Unsafe.ReadUnaligned<ulong>(left) ^ Unsafe.ReadUnaligned<ulong>(right);
            if (difference != 0)
            {
                int zeros = BitConverter.IsLittleEndian ? BitOperations.TrailingZeroCount(difference) : BitOperations.LeadingZeroCount(difference);
                return (int)(left - start) + (zeros >> 3);
            }

            left += 8;
            right += 8;
        }

        while (left < leftEnd && *left == *right)
        {
            left++;
            right++;
        }

        return (int)(left - start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(byte* at)
    {
        uint word = Unsafe.ReadUnaligned<uint>(at);
        return (BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word)) * 0x1E35A7BD >> (32 - MaxHashBits);
    }
}
