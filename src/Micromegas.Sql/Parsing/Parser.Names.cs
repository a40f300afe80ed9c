using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Names: spec/sql.md §5.3.</summary>
internal sealed partial class Parser
{
    private bool AtName => Current.Kind is TokenKind.Word or TokenKind.QuotedName;

    /// <summary>Any word or quoted name, reserved or not.</summary>
    private Identifier ParseIdentifier(string expected = "a name")
    {
        if (!AtName)
            ThrowExpected(expected);
        return TakeIdentifier();
    }

    /// <summary>A word that is not reserved, or a quoted name.</summary>
    private Identifier ParseColumnName()
    {
        if (!AtName || ReservedWords.InExpression(Current.Keyword))
            ThrowExpected("a column name");
        return TakeIdentifier();
    }

    private Identifier TakeIdentifier()
    {
        ref readonly var token = ref Current;
        var span = new SourceSpan(token.Start, token.Length);
        var identifier = token.Kind switch
        {
            TokenKind.Word => new Identifier(Fold(TextOf(token)), false) { Span = span },
            TokenKind.EscapeString => new Identifier(StringDecoder.Escaped(_text, token), true) { Span = span },
            _ => new Identifier(StringDecoder.Plain(TextOf(token)), true) { Span = span },
        };
        _position++;
        return identifier;
    }

    private static string Fold(ReadOnlySpan<char> word)
    {
        if (!word.ContainsAnyInRange('A', 'Z'))
            return word.ToString();
        return string.Create(word.Length, word, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
                target[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
        });
    }

    private QualifiedName ParseQualifiedName(string expected = "a name")
    {
        var start = _position;
        var parts = new ListBuilder<Identifier>();
        parts.Add(ParseIdentifier(expected));
        while (Accept(TokenKind.Dot))
            parts.Add(ParseIdentifier());
        return new QualifiedName(parts.ToList()) { Span = SpanFrom(start) };
    }

    /// <summary>The name of a table: not a reserved word; a string is taken as a quoted name, as for files upstream.</summary>
    private QualifiedName ParseTableName()
    {
        if (At(TokenKind.String))
        {
            var file = TakeIdentifier();
            return new QualifiedName([file]) { Span = file.Span };
        }

        if (ReservedWords.AsTable(Current.Keyword))
            ThrowExpected("a table name");
        return ParseQualifiedName("a table name");
    }

    private SyntaxList<Identifier> ParseNameList()
    {
        Expect(TokenKind.LeftParen, "'('");
        var names = new ListBuilder<Identifier>();
        do
        {
            if (names.Count > 0 && At(TokenKind.RightParen))
                break;
            names.Add(ParseIdentifier("a column name"));
        }
        while (Accept(TokenKind.Comma));
        Expect(TokenKind.RightParen, "',' or ')'");
        return names.ToList();
    }

    private SyntaxList<Identifier> ParseOptionalNameList() => At(TokenKind.LeftParen) ? ParseNameList() : [];

    /// <summary>An alias behind an expression: with AS any word will do, without it only words that start no clause.</summary>
    private Identifier? ParseOptionalAlias()
    {
        if (Accept(Keyword.As))
            return At(TokenKind.String) ? TakeIdentifier() : ParseIdentifier("an alias");
        if (At(TokenKind.QuotedName) || At(TokenKind.String))
            return TakeIdentifier();
        return At(TokenKind.Word) && !ReservedWords.AsColumnAlias(Current.Keyword) ? TakeIdentifier() : null;
    }

    /// <summary>A dotted name as one text, for settings and options.</summary>
    private string ParseDottedName(string expected)
    {
        var name = ParseIdentifier(expected).Value;
        while (Accept(TokenKind.Dot))
            name += "." + ParseIdentifier().Value;
        return name;
    }

    private string ParseStringText(string expected)
    {
        if (TakeString() is not { } text)
            throw ErrorExpected(expected);
        return text;
    }

    /// <summary>An ordinary string in any notation; null, and nothing read, where there is none.</summary>
    private string? TakeString()
    {
        var text = Current.Kind switch
        {
            TokenKind.String => StringDecoder.Plain(TextOf(Current)),
            TokenKind.EscapeString => StringDecoder.Escaped(_text, Current),
            TokenKind.DollarString => StringDecoder.Dollar(TextOf(Current)),
            _ => null,
        };
        if (text is not null)
            _position++;
        return text;
    }
}
