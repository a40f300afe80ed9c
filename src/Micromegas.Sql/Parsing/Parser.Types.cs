using System.Collections.Frozen;
using System.Globalization;
using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Type names: spec/sql.md §5.6.</summary>
internal sealed partial class Parser
{
    /// <summary>The names that, followed by a string, make a typed literal. Other names followed by a string are a column and its alias.</summary>
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_typeNames = new[]
    {
        "boolean", "bool", "tinyint", "smallint", "int2", "int", "integer", "int4", "bigint", "int8", "float", "real", "float4", "double",
        "float8", "float32", "float64", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "decimal", "numeric", "char",
        "character", "varchar", "text", "string", "bytea", "date", "time", "timestamp", "timestamptz", "timetz", "datetime", "uuid", "json",
        "jsonb", "regclass",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Looks whether a type name, with its arguments and suffixes, is followed by a string.</summary>
    private bool AtTypedLiteral()
    {
        var next = Peek(1);
        if (next.Kind is not (TokenKind.String or TokenKind.EscapeString or TokenKind.DollarString or TokenKind.Word or TokenKind.LeftParen)
            || !s_typeNames.Contains(TextOf(Current)))
            return false;
        var i = 1;
        if (Peek(i).Keyword is Keyword.Precision or Keyword.Varying or Keyword.Unsigned)
            i++;
        if (Peek(i).Kind == TokenKind.LeftParen && Peek(i + 1).Kind == TokenKind.Number)
        {
            i += 2;
            if (Peek(i).Kind == TokenKind.Comma && Peek(i + 1).Kind == TokenKind.Number)
                i += 2;
            if (Peek(i).Kind != TokenKind.RightParen)
                return false;
            i++;
        }

        if (Peek(i).Keyword is Keyword.With or Keyword.Without && Peek(i + 1).Keyword == Keyword.Time && Peek(i + 2).Keyword == Keyword.Zone)
            i += 3;
        return Peek(i).Kind is TokenKind.String or TokenKind.EscapeString or TokenKind.DollarString;
    }

    public SqlTypeName ParseType()
    {
        Enter();
        var start = _position;
        var type = ParseBaseType();
        type.Locate(SpanFrom(start));
        var suffixes = 0;
        while (true)
        {
            if (Accept(Keyword.Array))
            {
                type = new ArrayTypeName(type, null) { Span = SpanFrom(start) };
            }
            else if (At(TokenKind.LeftBracket) && Peek(Peek(1).Kind == TokenKind.Number ? 2 : 1).Kind == TokenKind.RightBracket)
            {
                _position++;
                long? size = At(TokenKind.Number) ? ParseTypeArgument() : null;
                Expect(TokenKind.RightBracket, "']'");
                type = new ArrayTypeName(type, size) { Span = SpanFrom(start) };
            }
            else
            {
                break;
            }

            if (++suffixes > MaximumNesting)
                Throw.Syntax(_text, Current.Start, $"Nested too deeply (more than {MaximumNesting} levels)");
        }

        Leave();
        return type;
    }

    private SqlTypeName ParseBaseType()
    {
        if (!AtName || ReservedWords.InExpression(Current.Keyword))
            ThrowExpected("a type");
        if (Peek(1).Kind == TokenKind.Less)
        {
            if (Accept(Keyword.Array))
                return ParseArrayType();
            if (Accept(Keyword.Map))
                return ParseMapType();
            if (Accept(Keyword.Struct))
                return ParseStructType();
        }

        if (At(Keyword.Struct, TokenKind.LeftParen))
        {
            _position++;
            return ParseStructType();
        }

        if (At(Keyword.Map, TokenKind.LeftParen))
        {
            _position++;
            return ParseMapType();
        }

        if (Accept(Keyword.Array))
            return new ArrayTypeName(null, null);
        return ParseSimpleType();
    }

    private SimpleTypeName ParseSimpleType()
    {
        var name = ParseSimpleTypeName();
        var arguments = new ListBuilder<long>();
        if (Accept(TokenKind.LeftParen))
        {
            do
            {
                arguments.Add(ParseTypeArgument());
            }
            while (Accept(TokenKind.Comma));
            Expect(TokenKind.RightParen, "',' or ')'");
        }

        var zone = TimeZoneSuffix.None;
        if (Current.Keyword is Keyword.With or Keyword.Without && Peek(1).Keyword == Keyword.Time && Peek(2).Keyword == Keyword.Zone)
        {
            zone = At(Keyword.With) ? TimeZoneSuffix.With : TimeZoneSuffix.Without;
            _position += 3;
        }

        return new SimpleTypeName(name, arguments.ToList()) { Unsigned = Accept(Keyword.Unsigned), TimeZone = zone };
    }

    private string ParseSimpleTypeName()
    {
        if (At(TokenKind.QuotedName) || Peek(1).Kind == TokenKind.Dot)
        {
            var parts = ParseQualifiedName("a type").Parts;
            return string.Join('.', parts.Select(p => p.Quoted ? p.Value : p.Value.ToUpperInvariant()));
        }

        var name = TakeUpper();
        if ((name is "DOUBLE" && At(Keyword.Precision)) || (name is "CHARACTER" or "CHAR" && At(Keyword.Varying)))
            name = $"{name} {TakeUpper()}";
        return name;
    }

    private long ParseTypeArgument()
    {
        var sign = Accept(TokenKind.Minus) ? -1 : 1;
        if (!At(TokenKind.Number) || !long.TryParse(TextOf(Current), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            throw ErrorExpected("an integer");
        _position++;
        return sign * value;
    }

    private TokenKind OpenTypeList()
    {
        if (Accept(TokenKind.LeftParen))
            return TokenKind.RightParen;
        Expect(TokenKind.Less, "'<' or '('");
        return TokenKind.Greater;
    }

    /// <summary>Closes a list of types; <c>&gt;&gt;</c> closes two.</summary>
    private void CloseTypeList(TokenKind close)
    {
        if (close == TokenKind.Greater && At(TokenKind.ShiftRight))
            _tokens[_position] = new Token(TokenKind.Greater, Keyword.None, Current.Start + 1, 1);
        else
            Expect(close, close == TokenKind.Greater ? "',' or '>'" : "',' or ')'");
    }

    private ArrayTypeName ParseArrayType()
    {
        var close = OpenTypeList();
        var element = ParseType();
        CloseTypeList(close);
        return new ArrayTypeName(element, null);
    }

    private MapTypeName ParseMapType()
    {
        var close = OpenTypeList();
        var key = ParseType();
        Expect(TokenKind.Comma, "','");
        var value = ParseType();
        CloseTypeList(close);
        return new MapTypeName(key, value);
    }

    private StructTypeName ParseStructType()
    {
        var close = OpenTypeList();
        var fields = new ListBuilder<StructTypeField>();
        do
        {
            var start = _position;
            var named = AtName && (Peek(1).Kind is TokenKind.Word or TokenKind.QuotedName or TokenKind.Colon) && !IsTypeOfTwoWords();
            var name = named ? TakeIdentifier() : null;
            if (named)
                Accept(TokenKind.Colon);
            fields.Add(new StructTypeField(name, ParseType()) { Span = SpanFrom(start) });
        }
        while (Accept(TokenKind.Comma));
        CloseTypeList(close);
        return new StructTypeName(fields.ToList());
    }

    /// <summary>Whether two words make a type rather than a field's name and type: <c>DOUBLE PRECISION</c>, <c>INT UNSIGNED</c>.</summary>
    private bool IsTypeOfTwoWords() =>
        Peek(1).Keyword is Keyword.Precision or Keyword.Varying or Keyword.Unsigned or Keyword.With or Keyword.Without
        && s_typeNames.Contains(TextOf(Current));
}
