using System.Globalization;

namespace Micromegas.Golden.Types;

/// <summary>A cursor over the text of a type, shared by the parsers of the two spellings.</summary>
internal ref struct TypeText(string text)
{
    private int position;

    public readonly bool AtEnd => position == text.Length;

    public readonly bool StartsWith(string expected) => text.AsSpan(position).StartsWith(expected, StringComparison.Ordinal);

    public bool Take(string expected)
    {
        if (!StartsWith(expected))
        {
            return false;
        }

        position += expected.Length;
        return true;
    }

    public void Expect(string expected)
    {
        if (!Take(expected))
        {
            throw Unreadable($"expected '{expected}'");
        }
    }

    /// <summary>Letters, digits and underscores.</summary>
    public string Word()
    {
        var start = position;
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] is '_'))
        {
            position++;
        }

        return position > start ? text[start..position] : throw Unreadable("expected a name");
    }

    public int Number()
    {
        var start = position;
        if (position < text.Length && text[position] == '-')
        {
            position++;
        }

        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return int.TryParse(text.AsSpan(start, position - start), CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Unreadable("expected a number");
    }

    /// <summary>Everything before the next occurrence of the mark, which is taken too.</summary>
    public string Until(string mark)
    {
        var end = text.IndexOf(mark, position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Unreadable($"expected '{mark}'");
        }

        var taken = text[position..end];
        position = end + mark.Length;
        return taken;
    }

    public readonly FormatException Unreadable(string why) => new($"Type '{text}', at {position}: {why}.");
}
