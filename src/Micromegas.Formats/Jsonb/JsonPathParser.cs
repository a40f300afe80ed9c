using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Micromegas.Formats;

/// <summary>Parser of the JSONPath grammar of spec/sql.md §2.6.</summary>
internal ref partial struct JsonPathParser(ReadOnlySpan<byte> text)
{
    private const int MaxNesting = 100;

    private readonly ReadOnlySpan<byte> text = text;
    private int position;
    private int nesting;

    public JsonPath Parse()
    {
        SkipBlanks();
        if (TryWhole(out JsonPathStep[]? steps))
        {
            return new JsonPath(steps, null);
        }

        // Not a path to the end: a predicate about the root, or an error.
        int furthest = position;
        position = 0;
        try
        {
            JsonPathPredicate predicate = Or();
            SkipBlanks();
            if (position == text.Length)
            {
                return new JsonPath([], predicate);
            }
        }
        catch (JsonPathSyntaxException e) when (e.Position < furthest)
        {
            position = furthest;
        }

        Fail("JSONPath is invalid");
        return null;
    }

    private bool TryWhole([NotNullWhen(true)] out JsonPathStep[]? steps)
    {
        steps = null;
        List<JsonPathStep> list = [];
        if (!Take('$') && position < text.Length && IsNameByte(text[position]) && text[position] != '\\' && !StartsLikeExpression())
        {
            list.Add(new MemberStep(Name()));
        }

        try
        {
            Accessors(list);
        }
        catch (JsonPathSyntaxException e)
        {
            position = e.Position;
            return false;
        }

        SkipBlanks();
        if (position < text.Length)
        {
            return false;
        }

        steps = [.. list];
        return true;
    }

    // Numbers and exists(…) begin predicates, not shorthand names.
    private readonly bool StartsLikeExpression() => char.IsAsciiDigit((char)text[position]) || text[position..].StartsWith("exists("u8);

    private void Accessors(List<JsonPathStep> steps)
    {
        while (true)
        {
            int before = position;
            SkipBlanks();
            if (!TryAccessor(out JsonPathStep? step))
            {
                position = before;
                return;
            }

            steps.Add(step);
        }
    }

    private bool TryAccessor([NotNullWhen(true)] out JsonPathStep? step)
    {
        step = null;
        if (Take(".**"u8))
        {
            step = Descendants();
        }
        else if (Take(".*"u8))
        {
            step = new AllMembersStep();
        }
        else if (Take('.') || Take(':'))
        {
            step = new MemberStep(Peek() == '"' ? QuotedText() : Name());
        }
        else if (Take('['))
        {
            step = Bracket();
        }
        else if (Peek() == '?')
        {
            position++;
            SkipBlanks();
            Expect('(');
            JsonPathPredicate predicate = Or();
            SkipBlanks();
            Expect(')');
            step = new FilterStep(predicate);
        }

        return step is not null;
    }

    private JsonPathStep Bracket()
    {
        SkipBlanks();
        if (Peek() == '"')
        {
            byte[] name = QuotedText();
            SkipBlanks();
            Expect(']');
            return new MemberStep(name);
        }

        if (Take('*'))
        {
            SkipBlanks();
            Expect(']');
            return new AllElementsStep();
        }

        List<IndexRange> ranges = [];
        do
        {
            SkipBlanks();
            IndexBound from = Bound();
            IndexBound to = from;
            SkipBlanks();
            if (TakeWord("to"u8))
            {
                SkipBlanks();
                to = Bound();
                SkipBlanks();
            }

            ranges.Add(new IndexRange(from, to));
        }
        while (Take(','));
        Expect(']');
        return new IndexStep([.. ranges]);
    }

    private IndexBound Bound()
    {
        if (TakeWord("last"u8))
        {
            int before = position;
            SkipBlanks();
            if (Take('-'))
            {
                SkipBlanks();
                return new IndexBound(-Integer(), true);
            }

            position = before;
            return new IndexBound(0, true);
        }

        bool negative = Take('-');
        long value = Integer();
        return new IndexBound(negative ? -value : value, false);
    }

    private DescendantsStep Descendants()
    {
        if (!Take('{'))
        {
            return new DescendantsStep(0, int.MaxValue);
        }

        SkipBlanks();
        int from = (int)Integer();
        int to = from;
        SkipBlanks();
        if (TakeWord("to"u8))
        {
            SkipBlanks();
            to = TakeWord("last"u8) ? int.MaxValue : (int)Integer();
            SkipBlanks();
        }

        Expect('}');
        return new DescendantsStep(from, to);
    }

    private byte[] Name()
    {
        int start = position;
        while (position < text.Length && IsNameByte(text[position]))
        {
            position++;
        }

        if (position == start)
        {
            Fail("JSONPath: name expected");
        }

        return text[start..position].ToArray();
    }

    private byte[] QuotedText()
    {
        int start = position;
        if (Peek() != '"')
        {
            Fail("JSONPath: quoted text expected");
        }

        for (int end = position + 1; end < text.Length; end++)
        {
            if (text[end] == '\\')
            {
                end++;
            }
            else if (text[end] == '"')
            {
                using JsonbBuilder builder = new();
                if (!JsonbText.TryParse(text[start..(end + 1)], builder))
                {
                    break;
                }

                position = end + 1;
                return JsonbValue.Open(builder.Finish()).Utf8.ToArray();
            }
        }

        Fail("JSONPath: quoted text is malformed");
        return [];
    }

    private long Integer()
    {
        int start = position;
        while (position < text.Length && char.IsAsciiDigit((char)text[position]))
        {
            position++;
        }

        if (!int.TryParse(text[start..position], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
        {
            position = start;
            Fail("JSONPath: index expected");
        }

        return value;
    }

    private void Enter()
    {
        if (++nesting > MaxNesting)
        {
            Fail("JSONPath is nested too deeply");
        }
    }

    private readonly char Peek() => position < text.Length ? (char)text[position] : '\0';

    private bool Take(char expected)
    {
        if (Peek() != expected || position >= text.Length)
        {
            return false;
        }

        position++;
        return true;
    }

    private bool Take(ReadOnlySpan<byte> expected)
    {
        if (!text[position..].StartsWith(expected))
        {
            return false;
        }

        position += expected.Length;
        return true;
    }

    private bool TakeWord(ReadOnlySpan<byte> word)
    {
        int end = position + word.Length;
        return (end >= text.Length || !IsNameByte(text[end])) && Take(word);
    }

    private void Expect(char expected)
    {
        if (!Take(expected))
        {
            Fail($"JSONPath: '{expected}' expected");
        }
    }

    private void SkipBlanks()
    {
        while (position < text.Length && text[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            position++;
        }
    }

    // Everything but blanks and the punctuation of the grammar.
    private static bool IsNameByte(byte value) =>
        value > ' ' && !" .:{}[]()?@$|&<>!=+-*/%\"',"u8.Contains(value);

    [DoesNotReturn]
    private readonly void Fail(string message) => throw new JsonPathSyntaxException(message, position);
}
