namespace Micromegas.Sql;

/// <summary>Turns offsets into lines and columns.</summary>
public static class TextPosition
{
    /// <summary>Line and column, both from 1, of an offset. Lines end with LF, CR LF or CR.</summary>
    /// <param name="text">The text.</param>
    /// <param name="position">Offset in UTF-16 code units; beyond the end counts as the end.</param>
    public static (int Line, int Column) Of(string text, int position)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (line, start) = (1, 0);
        var end = Math.Clamp(position, 0, text.Length);
        for (var i = 0; i < end; i++)
        {
            if (text[i] != '\n' && (text[i] != '\r' || (i + 1 < text.Length && text[i + 1] == '\n')))
                continue;
            line++;
            start = i + 1;
        }

        return (line, end - start + 1);
    }
}
