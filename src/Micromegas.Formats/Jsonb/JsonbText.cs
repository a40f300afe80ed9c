using System.Text;

namespace Micromegas.Formats;

/// <summary>JSONB from and to JSON text, both as UTF-8.</summary>
public static class JsonbText
{
    /// <summary>Parses the lenient JSON of spec/sql.md §2.4 into one value of <paramref name="builder"/>, which is reset first.</summary>
    /// <returns>False when the text is not accepted; the builder is then empty.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, JsonbBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Reset();
        JsonTextParser parser = new(text, builder);
        if (parser.TryParse())
        {
            return true;
        }

        builder.Reset();
        return false;
    }

    /// <summary>Appends the value as compact JSON text (spec/sql.md §2.5).</summary>
    /// <exception cref="CorruptDataException">The value is damaged; what was appended before stays.</exception>
    public static void Format(JsonbValue value, PooledBuffer output, JsonExponent exponent = JsonExponent.Signed)
    {
        ArgumentNullException.ThrowIfNull(output);
        JsonTextFormatter.Format(value, output, exponent, 0);
    }

    /// <summary>
    /// Appends a whole document as <c>jsonb_format_json</c> does: no bytes give <c>null</c>, bytes that are not JSONB are taken as text
    /// with invalid UTF-8 replaced.
    /// </summary>
    public static void FormatDocument(ReadOnlySpan<byte> document, PooledBuffer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (document.IsEmpty)
        {
            output.Write("null"u8);
            return;
        }

        int start = output.Length;
        if (JsonbValue.TryOpen(document, out JsonbValue root))
        {
            try
            {
                JsonTextFormatter.Format(root, output, JsonExponent.Signed, 0);
                return;
            }
            catch (CorruptDataException)
            {
                // Damaged further inside: shown as text like any other bytes (spec/sql.md §1.1).
                output.Truncate(start);
            }
        }

        string text = Encoding.UTF8.GetString(document);
        Encoding.UTF8.GetBytes(text, output.Append(Encoding.UTF8.GetByteCount(text)));
    }
}

/// <summary>How positive exponents of doubles are written.</summary>
public enum JsonExponent
{
    /// <summary><c>1e+16</c>, as SQL functions render.</summary>
    Signed,

    /// <summary><c>1e16</c>, as messages with structured bodies are rendered (spec/data-lake.md §8.7).</summary>
    Unsigned,
}
