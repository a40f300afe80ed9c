using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using Micromegas.Sql.Lexing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Literals and parameters: spec/sql.md §5.3 and §5.5.</summary>
internal sealed partial class Parser
{
    private static readonly FrozenSet<string> s_intervalUnits = new[]
    {
        "century", "centuries", "decade", "millennium", "millenium", "millennia", "year", "quarter", "month", "week", "day", "hour", "minute",
        "second", "millisecond", "microsecond", "nanosecond",
    }.SelectMany(u => new[] { u, u + "s" }).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_intervalUnitLookup =
        s_intervalUnits.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private Literal ParseNumber()
    {
        ref readonly var token = ref Current;
        var digits = TextOf(token);
        var span = new SourceSpan(token.Start, token.Length);
        Literal literal;
        if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var integer))
            literal = new Int64Literal(integer) { Span = span };
        else if (ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var unsigned))
            literal = new UInt64Literal(unsigned) { Span = span };
        else
            literal = new Float64Literal(double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture), digits.ToString()) { Span = span };
        _position++;
        return literal;
    }

    private static Literal? Negate(Literal literal) => literal switch
    {
        Int64Literal { Value: var value } => new Int64Literal(-value),
        UInt64Literal { Value: 1UL << 63 } => new Int64Literal(long.MinValue),
        UInt64Literal { Value: var value } => new Float64Literal(-(double)value, "-" + value.ToString(CultureInfo.InvariantCulture)),
        Float64Literal { Value: var value, Text: var text } => new Float64Literal(-value, "-" + text),
        _ => null,
    };

    private StringLiteral ParsePrefixedString()
    {
        ref readonly var token = ref Current;
        var text = TextOf(token);
        var literal = token.Kind switch
        {
            TokenKind.UnicodeString => new StringLiteral(StringDecoder.Unicode(_text, token, ParseUnicodeEscape())) { Prefix = Syntax.StringPrefix.Unicode },
            TokenKind.NationalString => new StringLiteral(StringDecoder.Plain(text[1..])) { Prefix = Syntax.StringPrefix.National },
            _ => new StringLiteral(StringDecoder.Plain(text[1..])) { Prefix = Syntax.StringPrefix.Bit },
        };
        _position++;
        return literal;
    }

    /// <summary>The character of <c>UESCAPE 'c'</c> behind the current string, which then becomes the current token.</summary>
    private char ParseUnicodeEscape()
    {
        if (!IsWord(Peek(1), "UESCAPE"))
            return '\\';
        _position += 2;
        var start = Current.Start;
        var escape = TakeString();
        if (escape is not [var c] || char.IsAsciiHexDigit(c) || char.IsWhiteSpace(c) || c is '+' or '\'' or '"')
            throw Throw.SyntaxError(_text, start, "Expected a single character that is no digit, letter of a digit, sign, quote or blank");
        _position--;
        return c;
    }

    private BinaryLiteral ParseBinary()
    {
        ref readonly var token = ref Current;
        var text = TextOf(token);
        var digits = token.Kind == TokenKind.HexString ? text[2..^1] : text[2..];
        var bad = digits.IndexOfAnyExcept(s_hexDigits);
        if (bad >= 0)
            Throw.Syntax(_text, token.Start + 2 + bad, "Expected a hexadecimal digit");
        var bytes = new byte[(digits.Length + 1) / 2];
        var odd = digits.Length % 2;
        for (var i = 0; i < bytes.Length; i++)
        {
            var from = Math.Max((2 * i) - odd, 0);
            var to = (2 * i) - odd + 2;
            bytes[i] = byte.Parse(digits[from..to], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        _position++;
        return new BinaryLiteral(new SyntaxList<byte>(bytes));
    }

    private ParameterExpression ParseParameter()
    {
        var token = Current;
        _position++;
        if (token.Kind == TokenKind.QuestionMark)
            return new ParameterExpression('?', null, ++_anonymousParameters);
        if (token.Kind == TokenKind.Colon)
        {
            if (!At(TokenKind.Word) || Current.Start != token.End)
                Throw.Syntax(_text, token.Start, "Expected an expression, found ':'");
            var name = TextOf(Current).ToString();
            _position++;
            return new ParameterExpression(':', name, 0);
        }

        var text = TextOf(token);
        if (!char.IsAsciiDigit(text[1]))
            return new ParameterExpression(text[0], text[1..].ToString(), 0);
        if (!int.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            Throw.Syntax(_text, token.Start, $"Invalid parameter '{text}': parameters are numbered from 1");
        _highestParameter = Math.Max(_highestParameter, number);
        return new ParameterExpression('$', null, number);
    }

    /// <summary>INTERVAL is a name unless a value follows.</summary>
    private bool AtIntervalLiteral() => Peek(1).Kind switch
    {
        TokenKind.String or TokenKind.EscapeString or TokenKind.DollarString or TokenKind.Number or TokenKind.LeftParen
            or TokenKind.Parameter => true,
        TokenKind.Minus => Peek(2).Kind is TokenKind.Number or TokenKind.String && IsIntervalUnit(Peek(3)),
        TokenKind.QuestionMark => true,
        _ => false,
    };

    private bool IsIntervalUnit(in Token token) => token.Kind == TokenKind.Word && s_intervalUnitLookup.Contains(TextOf(token));

    private IntervalLiteral ParseInterval()
    {
        Expect(Keyword.Interval);
        var value = ParsePrefix();
        var unit = ParseIntervalUnit();
        var toUnit = unit is not null && Accept(Keyword.To) ? ParseIntervalUnit() ?? throw ErrorExpected("an interval unit") : null;
        return new IntervalLiteral(value, unit) { ToUnit = toUnit };
    }

    private string? ParseIntervalUnit()
    {
        if (!IsIntervalUnit(Current))
            return null;
        var unit = TextOf(Current).ToString();
        _position++;
        return unit;
    }

    private TypedLiteral ParseTypedLiteral()
    {
        var type = ParseType();
        return new TypedLiteral(type, ParseStringText("a string"));
    }
}
