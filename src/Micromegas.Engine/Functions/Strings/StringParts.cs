using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Parts of texts, by position and by delimiter. Positions count code points from 1.</summary>
internal static class StringParts
{
    public static void Left(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var n = a.Int64(1, row);
        if (n < 0)
        {
            n = Math.Max(0, Utf8Text.Count(text) + n);
        }
        writer.Append(text[..Utf8Text.IndexOf(text, n)]);
    }

    public static void Right(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var n = a.Int64(1, row);
        var skip = n < 0 ? (n == long.MinValue ? long.MaxValue : -n) : Math.Max(0, Utf8Text.Count(text) - n);
        writer.Append(text[Utf8Text.IndexOf(text, skip)..]);
    }

    public static void Substring(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var start = a.Int64(1, row);
        var length = long.MaxValue;
        if (a.Count > 2)
        {
            length = a.Int64(2, row);
            if (length < 0)
            {
                Throw.Engine(SqlState.InvalidParameterValue, $"negative substring length not allowed: substr(<str>, {start}, {length})");
            }
            if (start < 1)
            {
                // Positions before the text are consumed too.
                length = Math.Max(0, length + (Math.Max(start, long.MinValue + 2) - 1));
            }
        }
        text = text[Utf8Text.IndexOf(text, Math.Max(start, 1) - 1)..];
        writer.Append(text[..(length == long.MaxValue ? text.Length : Utf8Text.IndexOf(text, length))]);
    }

    public static void Overlay(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var part = a.Text(1, row);
        var start = a.Int64(2, row) - 1;
        if (start < 0)
        {
            Throw.Engine(SqlState.InvalidParameterValue, $"overlay start position must be at least 1: {a.Int64(2, row)}");
        }
        var length = a.Count > 3 ? a.Int64(3, row) : Utf8Text.Count(part);
        var from = Utf8Text.IndexOf(text, start);
        writer.Append(text[..from]);
        writer.Append(part);
        // A negative length goes on before the place, as in PostgreSQL.
        writer.Append(text[Utf8Text.IndexOf(text, length < -start ? 0 : Math.Min(start + length, int.MaxValue))..]);
    }

    public static void SplitPart(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var delimiter = a.Text(1, row);
        var n = a.Int64(2, row);
        if (n == 0)
        {
            Throw.Engine(SqlState.InvalidParameterValue, "field position must not be zero");
        }
        if (delimiter.IsEmpty)
        {
            writer.Append(n is 1 or -1 ? text : []);
            return;
        }
        if (n > 0)
        {
            for (; n > 1; n--)
            {
                var index = IndexOfBytes(text, delimiter);
                if (index < 0)
                {
                    return;
                }
                text = text[(index + delimiter.Length)..];
            }
            var end = IndexOfBytes(text, delimiter);
            writer.Append(end < 0 ? text : text[..end]);
            return;
        }
        for (; n < -1; n++)
        {
            var index = text.LastIndexOf(delimiter);
            if (index < 0)
            {
                return;
            }
            text = text[..index];
        }
        var start = text.LastIndexOf(delimiter);
        writer.Append(start < 0 ? text : text[(start + delimiter.Length)..]);
    }

    /// <summary>Delimiters are mostly one byte, for which the search has less to set up.</summary>
    private static int IndexOfBytes(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part) => part.Length == 1 ? text.IndexOf(part[0]) : text.IndexOf(part);

    public static void SubstringIndex(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var delimiter = a.Text(1, row);
        var n = a.Int64(2, row);
        if (n == 0 || delimiter.IsEmpty)
        {
            return;
        }
        if (n > 0)
        {
            var end = -delimiter.Length;
            for (; n > 0; n--)
            {
                var index = text[(end + delimiter.Length)..].IndexOf(delimiter);
                if (index < 0)
                {
                    end = text.Length;
                    break;
                }
                end += delimiter.Length + index;
            }
            writer.Append(text[..end]);
            return;
        }
        var start = text.Length;
        for (; n < 0; n++)
        {
            var index = text[..start].LastIndexOf(delimiter);
            if (index < 0)
            {
                writer.Append(text);
                return;
            }
            start = index;
        }
        writer.Append(text[(start + delimiter.Length)..]);
    }
}
