using System.Buffers.Binary;
using System.Text;

namespace Micromegas.Data.Reading;

/// <summary>
/// Gives short texts that came before as the same string: columns of telemetry (names, targets, hosts) repeat a few. A column whose texts do not repeat is
/// noticed, and costs nothing from then on.
/// </summary>
internal sealed class TextPool
{
    private const int Entries = 256;
    private const int LongestText = 64;
    private const int MostCredit = 1024;
    private string[]? _texts = new string[Entries];
    private int _credit = MostCredit;

    /// <summary>The text of UTF-8 bytes.</summary>
    internal string Get(ReadOnlySpan<byte> bytes)
    {
        if (_texts is not { } texts || bytes.Length > LongestText)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        ref var entry = ref texts[Hash(bytes) % Entries];
        // Never equal for what is not ASCII: such texts are made anew each time.
        if (entry is { } known && Ascii.Equals(bytes, known))
        {
            _credit = Math.Min(_credit + 1, MostCredit);
            return known;
        }

        if (--_credit == 0)
        {
            _texts = null;
        }

        return entry = Encoding.UTF8.GetString(bytes);
    }

    // Its first and last bytes and its length tell most texts of a column apart.
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        if (bytes.Length >= sizeof(ulong))
        {
            hash ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes) * 0x9E3779B97F4A7C15;
            hash ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes[^sizeof(ulong)..]);
        }
        else
        {
            foreach (var b in bytes)
            {
                hash = (hash << 8) ^ b ^ (hash >> 56);
            }
        }

        return (uint)((hash * 0x9E3779B97F4A7C15) >> 32);
    }
}
