namespace Micromegas.Formats;

/// <summary>Predicates and the expressions that they compare.</summary>
internal ref partial struct JsonPathParser
{
    private JsonPathPredicate Or()
    {
        JsonPathPredicate left = And();
        while (true)
        {
            SkipBlanks();
            if (!Take("||"u8))
            {
                return left;
            }

            left = new LogicalPredicate(false, left, And());
        }
    }

    private JsonPathPredicate And()
    {
        JsonPathPredicate left = Condition();
        while (true)
        {
            SkipBlanks();
            if (!Take("&&"u8))
            {
                return left;
            }

            left = new LogicalPredicate(true, left, Condition());
        }
    }

    private JsonPathPredicate Condition()
    {
        SkipBlanks();
        Enter();
        try
        {
            if (Take("exists"u8))
            {
                SkipBlanks();
                Expect('(');
                SkipBlanks();
                PathExpression path = Path();
                SkipBlanks();
                Expect(')');
                return new ExistsPredicate(path);
            }

            int start = position;
            int level = nesting;
            if (Take('('))
            {
                // Either a predicate in parentheses or an arithmetic operand of a comparison.
                try
                {
                    JsonPathPredicate inner = Or();
                    SkipBlanks();
                    Expect(')');
                    return inner;
                }
                catch (JsonPathSyntaxException)
                {
                    position = start;
                    nesting = level;
                }
            }

            return ComparisonOrPrefix();
        }
        finally
        {
            nesting--;
        }
    }

    private JsonPathPredicate ComparisonOrPrefix()
    {
        JsonPathExpression left = Sum();
        SkipBlanks();
        if (TakeWord("starts"u8))
        {
            SkipBlanks();
            if (!TakeWord("with"u8))
            {
                Fail("JSONPath: 'with' expected");
            }

            SkipBlanks();
            return new StartsWithPredicate(left, QuotedText());
        }

        JsonPathComparison comparison;
        if (Take("=="u8))
        {
            comparison = JsonPathComparison.Equal;
        }
        else if (Take("!="u8) || Take("<>"u8))
        {
            comparison = JsonPathComparison.NotEqual;
        }
        else if (Take("<="u8))
        {
            comparison = JsonPathComparison.LessOrEqual;
        }
        else if (Take(">="u8))
        {
            comparison = JsonPathComparison.GreaterOrEqual;
        }
        else if (Take('<'))
        {
            comparison = JsonPathComparison.Less;
        }
        else if (Take('>'))
        {
            comparison = JsonPathComparison.Greater;
        }
        else
        {
            Fail("JSONPath: comparison expected");
            return null;
        }

        return new ComparisonPredicate(comparison, left, Sum());
    }

    private JsonPathExpression Sum()
    {
        JsonPathExpression left = Product();
        while (true)
        {
            SkipBlanks();
            if (Peek() is not ('+' or '-'))
            {
                return left;
            }

            left = new ArithmeticExpression(text[position++], left, Product());
        }
    }

    private JsonPathExpression Product()
    {
        JsonPathExpression left = Operand();
        while (true)
        {
            SkipBlanks();
            if (Peek() is not ('*' or '/' or '%'))
            {
                return left;
            }

            left = new ArithmeticExpression(text[position++], left, Operand());
        }
    }

    private JsonPathExpression Operand()
    {
        SkipBlanks();
        Enter();
        JsonPathExpression operand;
        switch (Peek())
        {
            case '+' or '-':
                operand = new SignExpression(text[position++] == '-', Operand());
                break;
            case '(':
                position++;
                operand = Sum();
                SkipBlanks();
                Expect(')');
                break;
            case '@' or '$':
                operand = Path();
                break;
            default:
                operand = Literal();
                break;
        }

        nesting--;
        return operand;
    }

    private PathExpression Path()
    {
        bool fromRoot = Peek() == '$';
        if (!fromRoot && Peek() != '@')
        {
            Fail("JSONPath: '@' or '$' expected");
        }

        position++;
        List<JsonPathStep> steps = [];
        Accessors(steps);
        return new PathExpression(fromRoot, [.. steps]);
    }

    private LiteralExpression Literal()
    {
        int start = position;
        int end = position;
        if (Peek() == '"')
        {
            byte[] content = QuotedText();
            return new LiteralExpression(JsonPathScalar.Document(builder => builder.AddString(content)));
        }

        if (TakeWord("null"u8) || TakeWord("true"u8) || TakeWord("false"u8))
        {
            end = position;
        }
        else
        {
            while (end < text.Length && (text[end] is (byte)'.' or (byte)'e' or (byte)'E' || char.IsAsciiDigit((char)text[end])
                || (end > start && text[end] is (byte)'+' or (byte)'-' && text[end - 1] is (byte)'e' or (byte)'E')))
            {
                end++;
            }
        }

        using JsonbBuilder parsed = new();
        if (end == start || !JsonbText.TryParse(text[start..end], parsed))
        {
            Fail("JSONPath: value expected");
        }

        position = end;
        return new LiteralExpression(parsed.Finish().ToArray());
    }
}
