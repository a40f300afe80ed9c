using System.Globalization;

namespace Micromegas.Data;

/// <summary>Sizes with units in connection strings; units are powers of 1024, with or without the <c>i</c> of their IEC names.</summary>
internal static class ByteSize
{
    private static readonly (string Suffix, int Shift)[] Units =
        [("KIB", 10), ("MIB", 20), ("GIB", 30), ("TIB", 40), ("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40), ("B", 0), ("", 0)];

    internal static long Parse(string text)
    {
        var trimmed = text.Trim();
        foreach (var (suffix, shift) in Units)
        {
            if (trimmed.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                var number = trimmed.AsSpan(0, trimmed.Length - suffix.Length).TrimEnd();
                if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || amount <= 0)
                {
                    break;
                }

                return checked((long)(amount * (1L << shift)));
            }
        }

        throw new FormatException($"'{text}' is not a size such as 512MB or 4GB.");
    }

    internal static string Format(long bytes)
    {
        foreach (var (suffix, shift) in new[] { ("GB", 30), ("MB", 20), ("KB", 10) })
        {
            if (bytes % (1L << shift) == 0)
            {
                return (bytes >> shift).ToString(CultureInfo.InvariantCulture) + suffix;
            }
        }

        return bytes.ToString(CultureInfo.InvariantCulture);
    }
}
