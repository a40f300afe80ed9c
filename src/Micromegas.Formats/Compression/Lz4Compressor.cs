using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Micromegas.Formats;

/// <summary>Greedy LZ4 encoder with one hash table of positions: for any matches one of 4,096 on the stack, which is the trade-off of liblz4's default level.</summary>
internal static unsafe class Lz4Compressor
{
    private const int MinMatch = 4;             // what a length of 0 stands for
    private const int LastLiterals = 5;         // the last five bytes are always literals
    private const int MatchLimit = 12;          // a match starts at least twelve bytes before the end
    private const int MaxOffset = 65535;
    private const int SkipShift = 6;            // after 64 misses the search steps by two bytes, and so on

    /// <summary>
    /// Compresses <paramref name="length"/> bytes from <paramref name="start"/>; matches may reach back to <paramref name="data"/>.
    /// The output has room for MaxCompressedLength(length) bytes.
    /// </summary>
    public static int Compress(byte* data, int start, int length, byte* destination, Lz4Matches matches = Lz4Matches.Any)
    {
        byte* anchor = data + start;
        byte* inputEnd = anchor + length;
        byte* output = destination;
        if (length > MatchLimit)
        {
            output = matches == Lz4Matches.Long
                ? CompressLong(data, anchor, inputEnd, output, out anchor)
                : CompressAny(data, anchor, inputEnd, output, out anchor);
        }

        return (int)(WriteLastLiterals(anchor, inputEnd, output) - destination);
    }

    private static byte* CompressAny(byte* data, byte* anchor, byte* inputEnd, byte* output, out byte* rest)
    {
        uint* table = stackalloc uint[1 << Lz4AnyMatch.HashBits];
        return CompressMatches<Lz4AnyMatch>(table, data, anchor, inputEnd, output, out rest);
    }

    private static byte* CompressLong(byte* data, byte* anchor, byte* inputEnd, byte* output, out byte* rest)
    {
        uint[] table = ArrayPool<uint>.Shared.Rent(1 << Lz4LongMatch.HashBits);
        Array.Clear(table);
        try
        {
            fixed (uint* first = table)
            {
                return CompressMatches<Lz4LongMatch>(first, data, anchor, inputEnd, output, out rest);
            }
        }
        finally
        {
            ArrayPool<uint>.Shared.Return(table);
        }
    }

    private static byte* CompressMatches<TMatch>(uint* table, byte* data, byte* anchor, byte* inputEnd, byte* output, out byte* rest)
        where TMatch : struct, ILz4Match
    {
        byte* searchEnd = inputEnd - MatchLimit;
        byte* matchEnd = inputEnd - LastLiterals;
        byte* input = anchor;
        byte* previous = input - data > MaxOffset ? input - MaxOffset : data;
        for (; previous < input; previous += 3)
        {
            table[TMatch.Hash(Read64(previous))] = (uint)(previous - data);
        }

        table[TMatch.Hash(Read64(input))] = (uint)(input - data);
        input++;
        while (true)
        {
            byte* match;
            uint misses = 1u << SkipShift;
            while (true)
            {
                if (input > searchEnd)
                {
                    rest = anchor;
                    return output;
                }

                ulong word = Read64(input);
                uint hash = TMatch.Hash(word);
                match = data + table[hash];
                table[hash] = (uint)(input - data);
                if (input - match <= MaxOffset && TMatch.IsMatch(match, input))
                {
                    break;
                }

                input += misses++ >> SkipShift;
            }

            while (input > anchor && match > data && input[-1] == match[-1])
            {
                input--;
                match--;
            }

            byte* token = output++;
            output = WriteLiterals(token, anchor, (nint)(input - anchor), output);
            while (true)
            {
                int offset = (int)(input - match);
                *output++ = (byte)offset;
                *output++ = (byte)(offset >> 8);
                nint extra = CountEqual(input + MinMatch, match + MinMatch, matchEnd);
                input += extra + MinMatch;
                output = WriteMatchLength(token, extra, output);
                anchor = input;
                if (input > searchEnd)
                {
                    rest = anchor;
                    return output;
                }

                table[TMatch.Hash(Read64(input - 2))] = (uint)(input - 2 - data);
                uint hash = TMatch.Hash(Read64(input));
                match = data + table[hash];
                table[hash] = (uint)(input - data);
                if (input - match > MaxOffset || !TMatch.IsMatch(match, input))
                {
                    break;
                }

                token = output++;
                *token = 0;
            }

            input++;
        }
    }

    // The literals are followed by at least twelve input bytes and by the output those need, so that 8-byte steps may overshoot.
    private static byte* WriteLiterals(byte* token, byte* literals, nint count, byte* output)
    {
        if (count >= 15)
        {
            *token = 15 << 4;
            output = WriteLength(count - 15, output);
        }
        else
        {
            *token = (byte)(count << 4);
        }

        byte* end = output + count;
        while (output < end)
        {
            OverlappingCopy.Copy8(output, literals);
            output += 8;
            literals += 8;
        }

        return end;
    }

    private static byte* WriteMatchLength(byte* token, nint extra, byte* output)
    {
        if (extra >= 15)
        {
            *token |= 15;
            return WriteLength(extra - 15, output);
        }

        *token |= (byte)extra;
        return output;
    }

    private static byte* WriteLastLiterals(byte* anchor, byte* inputEnd, byte* output)
    {
        nint count = (nint)(inputEnd - anchor);
        byte* token = output++;
        *token = (byte)(Math.Min(count, 15) << 4);
        if (count >= 15)
        {
            output = WriteLength(count - 15, output);
        }

        Unsafe.CopyBlockUnaligned(output, anchor, (uint)count);
        return output + count;
    }

    private static byte* WriteLength(nint length, byte* output)
    {
        for (; length >= 255; length -= 255)
        {
            *output++ = 255;
        }

        *output++ = (byte)length;
        return output;
    }

    private static nint CountEqual(byte* left, byte* right, byte* leftEnd)
    {
        byte* start = left;
        while (leftEnd - left >= 8)
        {
            ulong difference = Read64(left) ^ Read64(right);
            if (difference != 0)
            {
                return (nint)(left - start) + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            left += 8;
            right += 8;
        }

        while (left < leftEnd && *left == *right)
        {
            left++;
            right++;
        }

        return (nint)(left - start);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Read64(byte* at)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(at);
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }
}
