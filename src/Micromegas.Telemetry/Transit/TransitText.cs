using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>String codecs of native streams (spec/data-lake.md §4.4).</summary>
internal static class TransitText
{
    public const byte Ansi = 0;
    public const byte Wide = 1;
    public const byte Utf8Codec = 2;

    /// <summary>The text as UTF-8: a slice of the input where that is valid already, else written to <paramref name="scratch"/>.</summary>
    public static ReadOnlySpan<byte> Decode(byte codec, ReadOnlySpan<byte> bytes, PooledBuffer scratch, int position)
    {
        if (codec is Ansi or Utf8Codec)
        {
            // Ansi is not a code page: upstream reads it as UTF-8 too.
            return Utf8.IsValid(bytes) ? bytes : Repair(bytes, scratch);
        }

        if (codec != Wide)
        {
            throw new CorruptDataException($"String has the unknown codec {codec}", position);
        }

        if (bytes.Length % 2 != 0)
        {
            throw new CorruptDataException("UTF-16 string has an odd number of bytes", position);
        }

        ReadOnlySpan<char> chars = MemoryMarshal.Cast<byte, char>(bytes);
        int start = scratch.Length;
        Span<byte> room = scratch.GetSpan(chars.Length * 3);
        Utf8.FromUtf16(chars, room, out _, out int written, replaceInvalidSequences: true);
        scratch.Advance(written);
        return scratch.WrittenSpan[start..];
    }

    private static ReadOnlySpan<byte> Repair(ReadOnlySpan<byte> bytes, PooledBuffer scratch)
    {
        string text = Encoding.UTF8.GetString(bytes);
        int start = scratch.Length;
        Encoding.UTF8.GetBytes(text, scratch.Append(Encoding.UTF8.GetByteCount(text)));
        return scratch.WrittenSpan[start..];
    }
}
