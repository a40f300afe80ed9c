using System.Globalization;
using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Doubles as upstream's plain text: shortest digits that round-trip, never an exponent, no trailing <c>.0</c> (spec/data-lake.md §8.2).</summary>
internal static class PlainDouble
{
    public static void Format(double value, PooledBuffer output)
    {
        string text = value switch
        {
            double.PositiveInfinity => "inf",
            double.NegativeInfinity => "-inf",
            _ => value.ToString("R", CultureInfo.InvariantCulture),
        };
        int exponentAt = text.IndexOf('E', StringComparison.Ordinal);
        if (exponentAt >= 0)
        {
            int exponent = int.Parse(text.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            string sign = text[0] == '-' ? "-" : "";
            string digits = text[sign.Length..exponentAt].Replace(".", "", StringComparison.Ordinal);
            text = exponent < 0
                ? sign + "0." + new string('0', -exponent - 1) + digits
                : sign + digits.PadRight(exponent + 1, '0');
        }

        Encoding.ASCII.GetBytes(text, output.Append(text.Length));
    }
}
