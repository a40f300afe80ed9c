using System.Buffers;
using System.Text;

namespace Micromegas.Sql.Lexing;

/// <summary>Splits a text into tokens (spec/sql.md §5.3). Blanks and comments are dropped.</summary>
internal ref struct Lexer(string text)
{
    private readonly string _text = text;
    private int _position;

    /// <summary>All tokens, the last of kind <see cref="TokenKind.End"/>.</summary>
    public static Token[] Tokenize(string text)
    {
        // Statements of the corpus have a token for every five to six characters.
        var tokens = new Token[(text.Length / 5) + 8];
        var count = 0;
        var lexer = new Lexer(text);
        while (true)
        {
            var token = lexer.Next();
            if (count == tokens.Length)
                Array.Resize(ref tokens, tokens.Length * 2);
            tokens[count++] = token;
            if (token.Kind == TokenKind.End)
                return tokens;
        }
    }

    /// <summary>Whether the text, unquoted, is read as this very name.</summary>
    public static bool IsName(string text)
    {
        if (text.AsSpan().ContainsAnyInRange('A', 'Z') || text.Length == 0 || (!char.IsLetter(text[0]) && text[0] is not ('_' or '#')
            && !char.IsSurrogate(text[0])))
            return false;
        var lexer = new Lexer(text);
        return lexer.IsNamePart(0) && lexer.Next() is { Kind: TokenKind.Word } token && token.Length == text.Length;
    }

    private readonly char At(int offset) => _position + offset < _text.Length ? _text[_position + offset] : '\0';

    private Token Next()
    {
        SkipBlanks();
        if (_position >= _text.Length)
            return new Token(TokenKind.End, Keyword.None, _text.Length, 0);
        var c = _text[_position];
        if (char.IsAsciiLetter(c) || c == '_')
            return StringPrefix(c) is { } prefixed ? prefixed : Word();
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(At(1))))
            return Number();
        return c switch
        {
            '\'' => Quoted(TokenKind.String, 0, '\''),
            '"' or '`' => Quoted(TokenKind.QuotedName, 0, c),
            '$' => Dollar(),
            '@' when IsNameStart(1) => NamedParameter(),
            '#' when IsNamePart(1) => Word(),
            _ when IsNameStart(0) => Word(),
            _ => Operator(),
        };
    }

    private void SkipBlanks()
    {
        while (_position < _text.Length)
        {
            var c = _text[_position];
            if (c is ' ' or '\n' or '\t' or '\r' || char.IsWhiteSpace(c) || c == '\uFEFF')
                _position++;
            else if (c == '-' && At(1) == '-')
                SkipLine();
            else if (c == '/' && At(1) == '*')
                SkipComment();
            else
                return;
        }
    }

    private void SkipLine()
    {
        var end = _text.AsSpan(_position).IndexOfAny('\n', '\r');
        _position = end < 0 ? _text.Length : _position + end;
    }

    private void SkipComment()
    {
        var start = _position;
        var depth = 0;
        do
        {
            if (_position + 1 >= _text.Length)
                Throw.Syntax(_text, start, "Unterminated comment that starts");
            if (_text[_position] == '/' && _text[_position + 1] == '*')
            {
                depth++;
                _position += 2;
            }
            else if (_text[_position] == '*' && _text[_position + 1] == '/')
            {
                depth--;
                _position += 2;
            }
            else
            {
                _position++;
            }
        }
        while (depth > 0);
    }

    private readonly bool IsNameStart(int offset)
    {
        var c = At(offset);
        if (c < 0x80)
            return char.IsAsciiLetter(c) || c == '_';
        return char.IsLetter(c) || (char.IsHighSurrogate(c) && Rune.TryCreate(c, At(offset + 1), out var rune) && Rune.IsLetter(rune));
    }

    private readonly bool IsNamePart(int offset)
    {
        var c = At(offset);
        if (c < 0x80)
            return char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || (c == '#' && At(offset + 1) != '>');
        return char.IsLetterOrDigit(c) || char.IsLowSurrogate(c) || IsNameStart(offset)
            || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark;
    }

    private Token Word()
    {
        var start = _position++;
        while (IsNamePart(0))
            _position++;
        var keyword = KeywordTable.Find(_text.AsSpan(start, _position - start));
        return new Token(TokenKind.Word, keyword, start, _position - start);
    }

    private Token NamedParameter()
    {
        var start = _position++;
        while (IsNamePart(0))
            _position++;
        return new Token(TokenKind.Parameter, Keyword.None, start, _position - start);
    }

    private Token? StringPrefix(char c)
    {
        if (At(1) == '\'')
        {
            switch (c)
            {
                case 'e' or 'E':
                    return Quoted(TokenKind.EscapeString, 1, '\'');
                case 'x' or 'X':
                    return Quoted(TokenKind.HexString, 1, '\'');
                case 'n' or 'N':
                    return Quoted(TokenKind.NationalString, 1, '\'');
                case 'b' or 'B':
                    return Quoted(TokenKind.BitString, 1, '\'');
            }
        }

        return c is 'u' or 'U' && At(1) == '&' && At(2) == '\'' ? Quoted(TokenKind.UnicodeString, 2, '\'') : null;
    }

    /// <summary>A quoted token; a doubled quote stands for itself, and in E strings a backslash protects the next character.</summary>
    private Token Quoted(TokenKind kind, int prefix, char quote)
    {
        var start = _position;
        var i = start + prefix + 1;
        while (i < _text.Length)
        {
            if (_text[i] == quote)
            {
                if (i + 1 >= _text.Length || _text[i + 1] != quote)
                {
                    _position = i + 1;
                    return new Token(kind, Keyword.None, start, _position - start);
                }

                i++;
            }
            else if (_text[i] == '\\' && kind == TokenKind.EscapeString)
            {
                i++;
            }

            i++;
        }

        throw Throw.SyntaxError(_text, start, quote == '\'' ? "Unterminated string that starts" : "Unterminated quoted name that starts");
    }

    /// <summary><c>$1</c>, <c>$name</c>, <c>$$text$$</c>, <c>$tag$text$tag$</c>.</summary>
    private Token Dollar()
    {
        var start = _position;
        var i = start + 1;
        while (i < _text.Length && (char.IsLetterOrDigit(_text[i]) || _text[i] == '_'))
            i++;
        var isTag = i < _text.Length && _text[i] == '$' && !char.IsAsciiDigit(_text[start + 1]);
        if (isTag)
        {
            var tag = _text.AsSpan(start, i + 1 - start);
            var length = _text.AsSpan(i + 1).IndexOf(tag, StringComparison.Ordinal);
            if (length < 0)
                Throw.Syntax(_text, start, "Unterminated dollar-quoted string that starts");
            _position = i + 1 + length + tag.Length;
            return new Token(TokenKind.DollarString, Keyword.None, start, _position - start);
        }

        if (i == start + 1)
            Throw.Syntax(_text, start, "Expected a number or name behind '$'");
        _position = i;
        return new Token(TokenKind.Parameter, Keyword.None, start, i - start);
    }

    private Token Number()
    {
        var start = _position;
        if (_text[start] == '0' && At(1) is 'x' or 'X' && char.IsAsciiHexDigit(At(2)))
        {
            _position += 2;
            while (char.IsAsciiHexDigit(At(0)))
                _position++;
            return new Token(TokenKind.HexNumber, Keyword.None, start, _position - start);
        }

        SkipDigits();
        if (At(0) == '.')
        {
            _position++;
            SkipDigits();
        }

        if (At(0) is 'e' or 'E' && (char.IsAsciiDigit(At(1)) || (At(1) is '+' or '-' && char.IsAsciiDigit(At(2)))))
        {
            _position += 2;
            SkipDigits();
        }

        return new Token(TokenKind.Number, Keyword.None, start, _position - start);
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(At(0)))
            _position++;
    }

    private Token Operator()
    {
        var (kind, length) = OperatorTable.Match(_text.AsSpan(_position));
        if (length == 0)
        {
            if (Rune.DecodeFromUtf16(_text.AsSpan(_position), out var rune, out _) != OperationStatus.Done)
                rune = Rune.ReplacementChar;
            Throw.Syntax(_text, _position, Rune.IsControl(rune) ? $"Unexpected character U+{rune.Value:X4}" : $"Unexpected character '{rune}'");
        }

        var token = new Token(kind, Keyword.None, _position, length);
        _position += length;
        return token;
    }
}
